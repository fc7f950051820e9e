"""`lorewright export`: a dataset for other tools."""

from pathlib import Path

import click

from lorewright import plugins
from lorewright.cli.face import Face, counted, face_command
from lorewright.flows.exporting import Exported, export_dataset
from lorewright.flows.naming import find
from lorewright.records import Dataset, Split


@click.command()
@click.argument("dataset", required=False)
@click.option(
    "--format",
    "exporter",
    type=click.Choice(plugins.names("exporters")),
    default="openai-chat",
    show_default=True,
    help="What the other tool reads.",
)
@click.option(
    "--split",
    "splits",
    type=click.Choice([split.value for split in Split]),
    multiple=True,
    default=[Split.TRAIN.value, Split.VALID.value],
    show_default=True,
    help="Which splits; may be given several times.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder; by default one in the workspace.",
)
@face_command
def export(
    face: Face, dataset: str | None, exporter: str, splits: tuple[str, ...], out: Path | None
) -> None:
    """Write DATASET (the newest by default) for another tool, one file per split.

    Beside each file lies one that names the example and the evidence of every line. Exports
    inside the workspace are checked by verify and destroyed by erase.

    \b
    Examples:
      lorewright export
      lorewright export coach --format llama3 --split train --out ./for-training
    """
    chosen = tuple(Split(split) for split in splits)
    with face.store() as store:
        data = find(store, dataset, Dataset)
        written = list(
            export_dataset(
                face.workspace, store, data, exporter=exporter, splits=chosen, folder=out
            )
        )
    for one in written:
        _show(face, one)
    face.result(
        "export",
        dataset=data.ref,
        files=[
            {
                "split": one.split.value,
                "path": str(one.path),
                "lineage": str(one.lineage),
                "members": one.members,
                "written": one.written,
                "refused": [{"example": ref, "reason": why} for ref, why in one.refused],
                "erased": one.erased,
            }
            for one in written
        ],
    )


def _show(face: Face, one: Exported) -> None:
    face.say(f"{one.split}: {counted(one.written, 'example')} in {one.path}")
    face.say(
        f"  {counted(one.members, 'member')} = {one.written:,} written + "
        f"{len(one.refused):,} refused + {one.erased:,} erased"
    )
    for ref, why in one.refused:
        face.say(f"  refused: {ref.short}: {why}")
