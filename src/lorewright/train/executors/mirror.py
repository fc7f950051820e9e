"""What a job says elsewhere, written down here as if it had been said here.

The events that a job writes on another machine are appended to its `events.jsonl` on this one,
every byte once, so whoever reads that file need not know where the job runs.
"""

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

from lorewright.train.events import EVENTS_FILE

MIRROR_FILE = "mirror.json"
"""How many bytes of every source were taken over; also the lock of whoever takes over."""


class Said(NamedTuple):
    """Whole lines of an events file elsewhere."""

    lines: bytes
    begin: int
    """The byte they begin at; 0 although more was asked for when the file is another one."""
    is_all: bool
    """Whether there is no more at present."""


def catch_up(jobdir: Path, source: str, read: Callable[[int], Said]) -> None:
    """Append to the job's events here what `source` has said since last time.

    Args:
        jobdir: the job's folder on this machine.
        source: what the other place is called; each is followed on its own.
        read: gives the lines after a byte; called until that is all.
    """
    with (jobdir / MIRROR_FILE).open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        taken = _taken(file)
        while True:
            said = read(taken.get(source, 0))
            if said.lines:
                _append(jobdir / EVENTS_FILE, said.lines)
            taken[source] = said.begin + len(said.lines)
            file.truncate(0)
            file.write(json.dumps(taken))
            file.flush()
            if said.is_all:
                return


def _taken(file: IO[str]) -> dict[str, int]:
    file.seek(0)
    try:
        return {str(source): int(to) for source, to in json.load(file).items()}
    except ValueError:
        return {}  # new, or torn by a crash: then lines are taken over once more


def _append(path: Path, lines: bytes) -> None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        size = os.fstat(handle).st_size
        torn = size and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, (b"\n" if torn else b"") + lines)
    finally:
        os.close(handle)
