"""Which code did a step: the hash of everything in the rooms that do it."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable


@cache
def code_version(*rooms: str) -> str:
    """The SHA-256 over every source and data file of `rooms`, such as `lorewright.analyze`.

    Computed rather than written down, so that nobody can forget to raise it: when the code
    of a step changes, what it made before is made anew, and equal results keep their names.
    """
    hasher = hashlib.sha256()
    for room in rooms:
        for name, content in _files(room, resources.files(room)):
            hasher.update(f"{name} {len(content)}\n".encode() + content)
    return hasher.hexdigest()


def _files(path: str, folder: Traversable) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{path}/{entry.name}"
        if not entry.is_dir():
            yield name, entry.read_bytes()
        elif entry.name != "__pycache__":
            yield from _files(name, entry)
