"""The files that are brought in: finding them in folders, and reading them."""

import hashlib
import os
import stat
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from lorewright.errors import Unreadable
from lorewright.records import Blob
from lorewright.settings import SETTINGS_FILE

PART = 1 << 20
"""Bytes of a file that are in memory at a time."""

KEPT_BY_A_WORKSPACE = frozenset(
    {
        SETTINGS_FILE,
        "lorewright.db",
        "lorewright.db-wal",
        "lorewright.db-shm",
        "blobs",
        "jobs",
        "exports",
        "reports",
        "releases",
    }
)
"""What a workspace keeps in its folder for itself: nobody's documents."""


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that `paths` name, each once; folders are walked in order.

    Hidden files and what a workspace keeps for itself are left out of a folder. A folder that
    cannot be listed, and a link that leads to a folder outside of it, are given as they are, so
    that reading them tells why. Links to folders are never followed: what lies inside is found
    without them, and what lies outside was not asked for.
    """
    seen: set[str] = set()
    for path in paths:
        for found in _walk(path) if path.is_dir() else (path,):
            whole = os.path.realpath(found)
            if whole not in seen:
                seen.add(whole)
                yield found


def read_file(path: Path) -> bytes:
    """All bytes of a regular file.

    Raises:
        Unreadable: when it is gone, is no regular file, or may not be read.
    """
    with _opened(path) as file:
        return file.read()


def digest_of(path: Path) -> Blob:
    """The name that a regular file has by its bytes, however many there are.

    Raises:
        Unreadable: when it is gone, is no regular file, or may not be read.
    """
    with _opened(path) as file:
        digest = hashlib.sha256()
        while part := file.read(PART):
            digest.update(part)
        return Blob(sha256=digest.hexdigest(), size=file.tell())


@contextmanager
def _opened(path: Path) -> Generator[BinaryIO]:
    try:
        path.name.encode()
    except UnicodeEncodeError as error:
        raise Unreadable(
            "the name of the file is not valid UTF-8",
            where=str(path),
            hint="give it another name",
        ) from error
    if path.is_symlink() and path.is_dir():
        raise Unreadable(
            "this link leads to a folder outside of the one that was named",
            where=str(path),
            hint="if you mean its files too, name that folder itself",
        )
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable(
                f"this is a {_what_is(path)}, not a file that can be read to its end",
                where=str(path),
                hint="name a file, or a folder of files",
            )
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        raise Unreadable(
            "there is no such file",
            where=str(path),
            hint="check the name; was it moved or deleted meanwhile?",
        ) from error
    except OSError as error:
        raise Unreadable(
            f"the file cannot be read: {(error.strerror or 'unknown reason').lower()}",
            where=str(path),
            hint="may you read it? Then run the same command again",
        ) from error


def _walk(folder: Path) -> Iterator[Path]:
    closed: list[Path] = []
    root = Path(os.path.realpath(folder))

    def note(error: OSError) -> None:
        closed.append(Path(os.fsdecode(error.filename)))

    for place, folders, files in os.walk(folder, onerror=note):
        own = KEPT_BY_A_WORKSPACE if SETTINGS_FILE in files else frozenset[str]()
        folders[:] = sorted(name for name in folders if _is_wanted(name, own))
        yield from (path for name in folders if _leads_out(path := Path(place, name), root))
        yield from (Path(place, name) for name in sorted(files) if _is_wanted(name, own))
    yield from closed


def _leads_out(path: Path, root: Path) -> bool:
    """Whether a folder is a link to one that does not lie in `root`."""
    return path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root)


def _is_wanted(name: str, own: frozenset[str]) -> bool:
    return not name.startswith(".") and name not in own


def _what_is(path: Path) -> str:
    if path.is_dir():
        return "folder"
    return "pipe" if path.is_fifo() else "device or socket"
