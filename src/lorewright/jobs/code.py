"""Which code did a step: the hash of everything in the rooms that do it."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable


@cache
def code_version(*rooms: str, without: tuple[str, ...] = ()) -> str:
    """The SHA-256 over every source and data file of `rooms`, such as `lorewright.analyze`.

    What `without` names counts for nothing: files and folders that shape no result, as paths
    such as `lorewright.train/preflight`.

    Computed rather than written down, so that nobody can forget to raise it: when the code
    of a step changes, what it made before is made anew, and equal results keep their names.
    """
    hasher = hashlib.sha256()
    for room in rooms:
        for name, content in _files(room, resources.files(room), without):
            hasher.update(f"{name} {len(content)}\n".encode() + content)
    return hasher.hexdigest()


def _files(path: str, folder: Traversable, without: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{path}/{entry.name}"
        if name in without:
            continue
        if not entry.is_dir():
            yield name, entry.read_bytes()
        elif entry.name != "__pycache__":
            yield from _files(name, entry, without)
