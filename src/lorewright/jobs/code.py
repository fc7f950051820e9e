"""Which code did a step: the hash of everything in the rooms that do it."""

import hashlib
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
        _add(hasher, room, resources.files(room))
    return hasher.hexdigest()


def _add(hasher: "hashlib._Hash", path: str, folder: Traversable) -> None:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{path}/{entry.name}"
        if entry.is_dir():
            if entry.name != "__pycache__":
                _add(hasher, name, entry)
        else:
            content = entry.read_bytes()
            hasher.update(f"{name} {len(content)}\n".encode() + content)
