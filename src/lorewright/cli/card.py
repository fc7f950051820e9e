"""`lorewright card`: a dataset with its card, for a hub or a colleague."""

from pathlib import Path

import click

from lorewright.cli.face import Face, counted, face_command, sum_of
from lorewright.flows.naming import find
from lorewright.flows.publishing import publish_dataset
from lorewright.records import Dataset
from lorewright.release import share


@click.command()
@click.argument("dataset", required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder; by default one in the workspace.",
)
@click.option(
    "--allow-unknown-licence",
    is_flag=True,
    help="Hand out words under a licence that nobody said.",
)
@face_command
def card(face: Face, dataset: str | None, out: Path | None, *, allow_unknown_licence: bool) -> None:
    """Write DATASET (the newest by default) as a folder with everything that is known of it.

    Every split with its evidence, the card with its counts, gates, licences and coverage, a
    bibliography, and Croissant metadata. It is refused while the licence of a source is
    unknown, since the examples repeat its words.

    \b
    Examples:
      lorewright card
      lorewright card coach --out ./coach-dataset
    """
    with face.store() as store:
        data = find(store, dataset, Dataset)
        done = publish_dataset(
            face.workspace, store, data, out=out, allow_unknown_licence=allow_unknown_licence
        )
    facts = done.facts
    face.say(sum_of("proposal", facts.accepted, facts.turned_down, facts.failed))
    for one in facts.sources:
        face.say(
            f"  {share(one.covered, one.characters):>7} of {one.file_name} covered by "
            f"{counted(one.examples, 'example')}, licence {one.licence}"
        )
    for sentence in facts.erased:
        face.say(f"  {sentence}")
    face.say(f"{counted(len(done.files), 'file')} in {done.folder}")
    face.result(
        "card",
        dataset=data.ref,
        root=data.root,
        requested=facts.requested,
        accepted=facts.accepted,
        rejected=facts.turned_down,
        failed=facts.failed,
        characters=facts.characters,
        covered=facts.covered,
        sources=[
            {
                "source": one.ref,
                "licence": one.licence,
                "examples": one.examples,
                "characters": one.characters,
                "covered": one.covered,
            }
            for one in facts.sources
        ],
        folder=str(done.folder),
        files=[file._asdict() for file in done.files],
    )
