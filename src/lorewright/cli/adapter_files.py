"""`lorewright adapters merge` and `gguf`: an adapter as files that other programs read."""

from pathlib import Path

import click

from lorewright.cli.face import Face, counted, face_command
from lorewright.flows import adapter_files, registry
from lorewright.flows.adapter_files import CONTROL, FileWish, told_of
from lorewright.flows.registry import Entry
from lorewright.train import OUT_TYPES, Merged

_base = click.option("--base", help="The folder of a base from outside, or its name on a hub.")
_force = click.option(
    "--force",
    type=click.Choice([CONTROL]),
    multiple=True,
    help="Do it although the adapter is this.",
)


@click.command()
@click.argument("adapter", required=False)
@_base
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder; by default one in the workspace.",
)
@_force
@face_command
def merge(
    face: Face, adapter: str | None, base: str | None, out: Path | None, force: tuple[str, ...]
) -> None:
    """Write ADAPTER (the newest by default) and its base as one model folder.

    It holds weights, tokenizer, config, chat template and `lineage.json`. The folder is read
    back and asked what base and adapter were asked; it is kept only when it answers alike.

    \b
    Examples:
      lorewright adapters merge coach@approved
      lorewright adapters merge coach@2 --base ./Mistral-7B-Instruct-v0.3 --out ./coach-2
    """
    wish = FileWish(base or face.settings.training.base, out, frozenset(force))
    with face.store() as store:
        entry = registry.entry_of(store, adapter)
        _note_memory(face, entry)
        done = adapter_files.merge(face.workspace, store, entry, wish)
    face.say(f"{counted(len(done.files), 'file')} in {done.folder}")
    _say_merged(face, done.merged, beside_four_bits=done.beside_four_bits)
    face.result(
        "adapters",
        adapter=entry.adapter.ref,
        folder=str(done.folder),
        files=[file._asdict() for file in done.files],
        merged=told_of(done.merged),
        trained_beside_four_bits=done.beside_four_bits,
    )


@click.command()
@click.argument("adapter", required=False)
@_base
@click.option(
    "--type",
    "out_type",
    type=click.Choice(OUT_TYPES),
    default="f16",
    show_default=True,
    help="How numbers are stored.",
)
@click.option("--alone", is_flag=True, help="Only the adapter, for llama.cpp's --lora.")
@click.option(
    "--converter",
    type=click.Path(path_type=Path, dir_okay=False),
    help="llama.cpp's converter; by default one that is installed.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file; by default one in the workspace.",
)
@_force
@face_command
def gguf(  # noqa: PLR0913 - one parameter per option
    face: Face,
    adapter: str | None,
    *,
    base: str | None,
    out_type: str,
    converter: Path | None,
    out: Path | None,
    force: tuple[str, ...],
    alone: bool,
) -> None:
    """Write ADAPTER (the newest by default) as a GGUF file, through llama.cpp's converter.

    It is merged into its base first, unless it is to stand alone. The converter is not part of
    Lorewright; without it the command says what to install.

    \b
    Examples:
      lorewright adapters gguf coach@approved --type q8_0
      lorewright adapters gguf coach@2 --alone --converter ../llama.cpp/convert_lora_to_gguf.py
    """
    wish = FileWish(
        base or face.settings.training.base, out, frozenset(force), out_type, alone, converter
    )
    with face.store() as store:
        entry = registry.entry_of(store, adapter)
        if not alone:
            _note_memory(face, entry)
        done = adapter_files.write_gguf(face.workspace, store, entry, wish)
    face.say(f"{done.path}: {done.size:,} bytes, {counted(done.header.tensors, 'tensor')}")
    if done.merged:
        _say_merged(face, done.merged, beside_four_bits=done.beside_four_bits)
    face.result(
        "adapters",
        adapter=entry.adapter.ref,
        path=str(done.path),
        size=done.size,
        type=out_type,
        alone=alone,
        gguf_version=done.header.version,
        tensors=done.header.tensors,
        merged=told_of(done.merged) if done.merged else None,
    )


def _note_memory(face: Face, entry: Entry) -> None:
    needed = 4 * entry.base.parameters / 2**30 if entry.base else 0
    if needed >= 1:
        face.note(f"merging takes about {needed:,.0f} GiB of memory")


def _say_merged(face: Face, merged: Merged, *, beside_four_bits: bool) -> None:
    face.say(
        f"merged logits differ from base and adapter by at most {merged.largest:.2g} "
        f"({merged.bound:.2g} allowed; the adapter itself moves them by {merged.moved:.2g}), "
        f"over {counted(merged.tokens, 'token')}; weights stored as {merged.stored_as}"
    )
    if merged.largest > merged.moved / 2:
        face.say(
            "rounding moves the answers half as far as the adapter or more; serve base and adapter "
            "apart"
        )
    if beside_four_bits:
        face.say(
            "it was trained beside a base in four bits and is merged into the unquantised "
            "weights, so it answers a little otherwise than while it was trained"
        )
