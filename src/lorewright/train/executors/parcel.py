"""Files on their way between machines: a tar stream that ends with the hash of every file.

The list comes last, so it can be made while the files are read once; a stream that was cut
off has none and is refused.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import IO, NoReturn

from pydantic import TypeAdapter, ValidationError

from lorewright.errors import BadRecord, StorageError
from lorewright.records import HashedFile

LIST = "files.json"
"""The name of the last member; no file of a job is called so."""
LARGEST_LIST = 2**22
_FILES = TypeAdapter(tuple[HashedFile, ...])


def pack(stream: IO[bytes], files: Mapping[str, Path]) -> tuple[HashedFile, ...]:
    """Write `files` to `stream`, by the names they shall have.

    All are opened before the first is sent, so what is removed meanwhile still arrives whole.
    """
    sent: list[HashedFile] = []
    with (
        ExitStack() as opened,
        tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        handles = {name: opened.enter_context(path.open("rb")) for name, path in files.items()}
        for name, file in handles.items():
            size = file.seek(0, io.SEEK_END)
            file.seek(0)
            reading = _Reading(file)
            tar.addfile(_member(name, size), reading)
            sent.append(HashedFile(path=name, sha256=reading.digest.hexdigest(), size=size))
        listed = json.dumps([file.model_dump() for file in sent]).encode()
        tar.addfile(_member(LIST, len(listed)), io.BytesIO(listed))
    return tuple(sent)


def unpack(stream: IO[bytes], folder: Path, *, most_bytes: int | None = None) -> list[HashedFile]:
    """Read a parcel into `folder`, which must be empty; whoever calls moves it to its place.

    Args:
        stream: from `pack`, from whatever side; its content is not trusted.
        folder: an empty folder.
        most_bytes: stop when the files together are larger.

    Returns:
        The files, each checked against the list.

    Raises:
        BadRecord: when the parcel is cut off, altered, too large, or holds anything but plain
            files below `folder`.
        StorageError: when the disk does not take it.
    """
    listed: bytes | None = None
    total = 0
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                if listed is not None:
                    _refuse("a parcel goes on after its list")
                total += member.size
                if most_bytes is not None and total > most_bytes:
                    _refuse(f"a parcel is larger than the {most_bytes} bytes that are taken")
                if member.name == LIST:
                    listed = _listed(tar, member)
                else:
                    _check(member)
                    tar.extract(member, folder, filter="data")
        _drain(stream)
    except tarfile.TarError as error:
        raise BadRecord(
            f"a parcel was cut off or is damaged: {error}", hint="send it again"
        ) from error
    except OSError as error:
        raise StorageError.from_system(error, doing="a parcel cannot be unpacked") from error
    return _verified(folder, listed)


def hashes_of(folder: Path, names: Iterable[str]) -> list[HashedFile]:
    """The files of `folder` called `names`, by their hashes."""
    found: list[HashedFile] = []
    for name in names:
        with (folder / name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        found.append(HashedFile(path=name, sha256=digest, size=(folder / name).stat().st_size))
    return found


def files_below(folder: Path, *, prefix: str = "") -> dict[str, Path]:
    """Every file below `folder`, by its name there with `prefix` before it."""
    return {
        f"{prefix}{path.relative_to(folder).as_posix()}": path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def name_of(files: Iterable[HashedFile]) -> str:
    """What files together, such as a base model, are called: the hash of their hashes and names."""
    lines = sorted(f"{file.sha256} {file.path}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


class _Reading:
    """Hashes what is read from a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        body = self._file.read(size)
        self.digest.update(body)
        return body


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    return member


def _check(member: tarfile.TarInfo) -> None:
    path = PurePosixPath(member.name)
    if not member.isreg() or path.is_absolute() or ".." in path.parts:
        _refuse(f"a parcel holds something that is no plain file of its own: {member.name!r}")


def _listed(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    body = tar.extractfile(member) if member.isreg() and member.size <= LARGEST_LIST else None
    return body.read() if body is not None else _refuse("the list of a parcel cannot be read")


def _drain(stream: IO[bytes]) -> None:
    """Read what padding is left, so that the sender is not cut off in its last write."""
    while stream.read(2**16):
        pass


def _verified(folder: Path, listed: bytes | None) -> list[HashedFile]:
    if listed is None:
        _refuse("a parcel was cut off before its end")
    try:
        promised = list(_FILES.validate_json(listed))
    except ValidationError as error:
        raise BadRecord("the list of a parcel cannot be read", hint="send it again") from error
    arrived = hashes_of(folder, files_below(folder))
    if sorted(arrived, key=_by_path) != sorted(promised, key=_by_path):
        _refuse("the files of a parcel are not those of its list")
    return arrived


def _by_path(file: HashedFile) -> str:
    return file.path


def _refuse(sentence: str) -> NoReturn:
    raise BadRecord(sentence, hint="send it again")
