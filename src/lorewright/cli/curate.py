"""`lorewright curate`: freeze a dataset."""

import click

from lorewright.cli.balance import balance
from lorewright.cli.face import Face, face_command, sum_of
from lorewright.cli.groups import also_alone
from lorewright.flows.datasets import curate_dataset
from lorewright.flows.ratings import in_words, members_of, ratings_of


@click.command()
@click.option("--name", default="dataset", show_default=True, help="What to call it.")
@face_command
def freeze(face: Face, name: str) -> None:
    """Sift the proposed examples, split them by section, and freeze them as a dataset.

    Gates and duplicates first; then whole sections are held out, and second questions about
    taught facts are kept back. Every rejected example keeps its reason. The same examples and
    settings give the same root on every machine. `lorewright curate balance` counts conversations.

    \b
    Examples:
      lorewright curate
      lorewright curate --name coach
    """
    with face.store() as store:
        data = curate_dataset(store, face.settings, name=name)
        ratings = ratings_of(store, members_of(store, data))
    rejected = sum(lost.count for lost in data.rejected_by_reason)
    face.say(sum_of("example", data.accepted, rejected, 0))
    for split in data.splits:
        face.say(f"  {split.count:>7,}  {split.split}")
    for lost in data.rejected_by_reason:
        face.say(f"  {lost.count:>7,}  rejected: {lost.reason.replace('_', ' ')}")
    face.say(in_words(ratings))
    face.say(f"{name}@latest is {data.ref.short}, root {data.root}")
    face.result(
        "curate",
        dataset=data.ref,
        root=data.root,
        requested=data.requested,
        accepted=data.accepted,
        splits={split.split.value: split.count for split in data.splits},
        rejected={lost.reason: lost.count for lost in data.rejected_by_reason},
        judged=ratings.judged,
        mean_rating=str(ratings.overall.value) if ratings.overall else None,
    )
    face.note("next: lorewright train")


curate = also_alone("curate", freeze)
curate.add_command(balance)
