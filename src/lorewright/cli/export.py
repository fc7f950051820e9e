"""`lorewright export`: a dataset for other tools, or conversations as a training file."""

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from lorewright import plugins
from lorewright.cli.exported import Options, export_to_file
from lorewright.cli.face import Face, counted, face_command
from lorewright.conversations.formats import FORMATS
from lorewright.errors import UsageError
from lorewright.flows.exporting import Exported, export_dataset
from lorewright.flows.naming import find
from lorewright.records import Dataset, QualityTier, Split

ONLY_CONVERSATIONS = (
    "name", "raw", "header", "check", "personas", "arcs", "topics", "tiers", "consultants",
    "reviewed", "controls",
)  # fmt: skip
"""Options that say nothing about a dataset."""


@click.command()
@click.argument("dataset", required=False)
@click.option(
    "--format",
    "exporter",
    type=click.Choice([*plugins.names("exporters"), *FORMATS]),
    default="openai-chat",
    show_default=True,
    help=f"What the other tool reads; {', '.join(FORMATS)} are made of conversations.",
)
@click.option(
    "--split",
    "splits",
    type=click.Choice([split.value for split in Split]),
    multiple=True,
    default=[Split.TRAIN.value, Split.VALID.value],
    show_default=True,
    help="Which splits of a dataset; may be given several times.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder; by default one in the workspace.",
)
@click.option(
    "--conversations", is_flag=True, help="Conversations; as brightrun-v4 unless --format says."
)
@click.option(
    "--name",
    default="conversations",
    show_default=True,
    help="Of the training file; its version rises when its conversations change.",
)
@click.option("--raw", is_flag=True, help="Conversations as they came, before any stage.")
@click.option(
    "--header", is_flag=True, help="Persona, arc and topic before the system prompt, to steer by."
)
@click.option(
    "--check", is_flag=True, help="Read the training file back and compare it with the records."
)
@click.option("--persona", "personas", multiple=True, metavar="KEY", help="Only this persona.")
@click.option("--arc", "arcs", multiple=True, metavar="KEY", help="Only this emotional arc.")
@click.option("--topic", "topics", multiple=True, metavar="KEY", help="Only this topic.")
@click.option(
    "--consultant", "consultants", multiple=True, metavar="KEY", help="Only this consultant."
)
@click.option(
    "--tier",
    "tiers",
    multiple=True,
    type=click.Choice([tier.value for tier in QualityTier]),
    help="Only conversations of this tier.",
)
@click.option("--reviewed", is_flag=True, help="Only conversations that somebody has read.")
@click.option("--controls", is_flag=True, help="Neutral counterparts, not their originals.")
@face_command
def export(
    face: Face,
    *,
    dataset: str | None,
    exporter: str,
    splits: tuple[str, ...],
    out: Path | None,
    conversations: bool,
    **only: Any,
) -> None:
    """Write DATASET (the newest by default) for another tool, one file per split.

    Beside each file lies one that names the example and the evidence of every line. Exports
    inside the workspace are checked by verify and destroyed by erase.

    With --conversations, or a format that is made of them, it writes conversations: the newest
    complete enrichment of each, in a training file with a name and a version, or for reading.
    Every one that is left out is counted with its reason.

    \b
    Examples:
      lorewright export
      lorewright export coach --format llama3 --split train --out ./for-training
      lorewright export --conversations --format brightrun-v4 --check
      lorewright export --format csv --raw
      lorewright export --format brightrun-v4-jsonl --arc fear_to_confidence --name fear
    """
    if conversations or exporter in FORMATS:
        _refuse(dataset, exporter)
        export_to_file(face, Options(format=_format(exporter), out=out, **only))
        return
    for param in click.get_current_context().command.params:
        if param.name in ONLY_CONVERSATIONS and _is_given(param.name):
            raise UsageError(
                f"{param.opts[0]} is about conversations, and this exports a dataset",
                hint=f"add --conversations, or one of the formats {', '.join(FORMATS)}",
            )
    _export_dataset(face, dataset, exporter, splits, out)


def _format(exporter: str) -> str:
    return exporter if _is_given("exporter") else FORMATS[0]


def _is_given(option: str) -> bool:
    source = click.get_current_context().get_parameter_source(option)
    return source is not ParameterSource.DEFAULT


def _refuse(dataset: str | None, exporter: str) -> None:
    """Stop before a wish is passed over.

    Raises:
        UsageError: when something is asked for that conversations do not have.
    """
    if exporter not in FORMATS and _is_given("exporter"):
        raise UsageError(
            f"{exporter} is a format of datasets",
            hint=f"conversations are written as {', '.join(FORMATS)}",
        )
    if dataset is not None:
        raise UsageError(
            "a dataset holds examples, and this format is made of conversations",
            hint="leave the name out; --name says what the training file is called",
        )
    if _is_given("splits"):
        raise UsageError("conversations are in no split", hint="leave --split out")


def _export_dataset(
    face: Face, dataset: str | None, exporter: str, splits: tuple[str, ...], out: Path | None
) -> None:
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
