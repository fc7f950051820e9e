"""Checkpoints that are either whole or not there."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.inference import library

KEPT = 2


class Checkpoint(NamedTuple):
    """The state of a training run after some step."""

    tensors: dict[str, Any]
    facts: dict[str, Any]
    """Everything that is no tensor, as JSON."""


def write_checkpoint(folder: Path, step: int, checkpoint: Checkpoint, *, spec: str) -> None:
    """Keep `checkpoint` in `folder` under its step, and drop all but the newest two.

    Everything is written beside its place and renamed into it at the end, so a process that
    is killed leaves either a whole checkpoint or none.

    Args:
        folder: where the checkpoints of one job lie.
        step: how many steps are done.
        checkpoint: the state; no pickles are written.
        spec: the fingerprint of the job.
    """
    folder.mkdir(exist_ok=True)
    unfinished = folder / ".unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        _write(unfinished, checkpoint, spec)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)  # a full disk gets its room back
        raise
    place = folder / f"step-{step:09d}"
    shutil.rmtree(place, ignore_errors=True)
    unfinished.rename(place)
    flush_folder(folder)
    for old in _steps(folder)[:-KEPT]:
        shutil.rmtree(old)


def _write(unfinished: Path, checkpoint: Checkpoint, spec: str) -> None:
    library("safetensors.torch").save_file(checkpoint.tensors, unfinished / "tensors.safetensors")
    state = {
        "spec": spec,
        "sha256": _sha256(unfinished / "tensors.safetensors"),
        "facts": checkpoint.facts,
    }
    (unfinished / "state.json").write_text(json.dumps(state), encoding="utf-8")
    flush(unfinished)


def newest_checkpoint(folder: Path, *, spec: str) -> Checkpoint | None:
    """The newest checkpoint that is whole and belongs to the job `spec`; None without one."""
    for place in reversed(_steps(folder)):
        tensors = place / "tensors.safetensors"
        try:
            state = json.loads((place / "state.json").read_bytes())
            if state["spec"] == spec and state["sha256"] == _sha256(tensors):
                return Checkpoint(library("safetensors.torch").load_file(tensors), state["facts"])
        except (OSError, ValueError, KeyError):
            continue  # damaged from outside; the one before it will do
    return None


class KeptCheckpoint(NamedTuple):
    """A checkpoint on the disk, without what is in it."""

    step: int
    folder: Path
    size: int
    sha256: str
    """Of its tensors, as it says itself."""


def kept_checkpoints(folder: Path) -> list[KeptCheckpoint]:
    """The checkpoints that lie in `folder`, the oldest first; none of them is checked."""
    found: list[KeptCheckpoint] = []
    for place in _steps(folder):
        try:
            sha256 = json.loads((place / "state.json").read_bytes())["sha256"]
            size = sum(path.stat().st_size for path in place.iterdir())
        except (OSError, ValueError, KeyError):
            continue  # it is being removed, or was damaged from outside
        found.append(KeptCheckpoint(int(place.name.removeprefix("step-")), place, size, sha256))
    return found


def flush(folder: Path) -> None:
    """Make sure that the files of `folder` and their names are on the disk."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    flush_folder(folder)


def flush_folder(folder: Path) -> None:
    """Make sure that the names in `folder` are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _steps(folder: Path) -> list[Path]:
    return sorted(folder.glob("step-*"))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
