"""Which Lorewright a machine has; two of the same kind make the same adapter of the same job."""

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import lorewright
from lorewright.records import Value

ROOMS = ("train", "inference", "templates", "records", "lineage")
"""Whose code shapes an adapter."""
LIBRARIES = ("torch", "transformers", "peft", "safetensors", "tokenizers")


class Version(Value):
    """What is installed on a machine."""

    lorewright: str
    code: str
    """A hash of the source files that shape an adapter."""
    python: str
    libraries: dict[str, str]
    """Those of the extra `train` that are installed."""


def version_here() -> Version:
    """What is installed on this machine."""
    return Version(
        lorewright=version("lorewright"),
        code=_code(),
        python=platform.python_version(),
        libraries={name: found for name in LIBRARIES if (found := _installed(name))},
    )


def difference(here: Version, there: Version) -> str | None:
    """Why a job of `here` must not run `there`, as a sentence; None when it may."""
    if there.lorewright != here.lorewright:
        return (
            f"the machine has Lorewright {there.lorewright}, and here is {here.lorewright}; "
            "they may train differently"
        )
    if there.code != here.code:
        return (
            f"both machines have Lorewright {here.lorewright}, but its source files differ "
            f"({there.code[:12]} there, {here.code[:12]} here)"
        )
    missing = [name for name in LIBRARIES if name not in there.libraries]
    if missing:
        return f"the machine cannot train: {', '.join(missing)} is not installed there"
    return None


@cache
def _code() -> str:
    root, digest = Path(lorewright.__file__).parent, hashlib.sha256()
    for path in sorted(path for room in ROOMS for path in (root / room).rglob("*.py")):
        body = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(root).as_posix()} {body}\n".encode())
    return digest.hexdigest()


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
