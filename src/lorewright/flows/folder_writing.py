"""A folder that is handed out: written beside its place, hashed on the way, then put there."""

import hashlib
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Self

from lorewright.errors import StorageError, UsageError
from lorewright.lineage import Ref
from lorewright.release import FileFact
from lorewright.store import Purpose, Store, Workspace, forget_file, remember_file, written_files


class HandedOut:
    """The files of one folder, and their hashes.

    Everything is remembered before it is written, so that erasing a source finds it.

    Args:
        workspace: where files are remembered.
        store: the same.
        place: where the folder will lie.
        purpose: what it is.
        rests_on: the record that its files rest on.
        mark: the file by which an older one of its kind is known, which is replaced.
    """

    def __init__(
        self,
        workspace: Workspace,
        store: Store,
        place: Path,
        *,
        purpose: Purpose,
        rests_on: Ref,
        mark: str,
    ) -> None:
        self._workspace, self._store = workspace, store
        self._purpose: Purpose = purpose
        self._rests_on = rests_on
        self._place = place
        self.draft = place.with_name(f"{place.name}.unfinished")
        """Where the files lie until all are there."""
        self._mark = mark
        self.files: dict[str, FileFact] = {}

    def __enter__(self) -> Self:
        """Make room.

        Raises:
            UsageError: when the place holds something else.
        """
        if self._place.exists() and not self._may_be_replaced():
            raise UsageError(
                "this place holds something else",
                where=str(self._place),
                hint="name a folder that is empty or not there with --out",
            )
        for folder in (self._place, self.draft):
            self._remember(folder, None)
        try:
            shutil.rmtree(self.draft, ignore_errors=True)
            self.draft.mkdir(parents=True)
        except OSError as error:
            raise StorageError.from_system(
                error, doing="the folder cannot be made", where=str(self.draft)
            ) from error
        return self

    def __exit__(self, *failure: object) -> None:
        """Put the folder in its place, or take the draft away when something went wrong."""
        if failure[0] is None:
            self._put_in_place()
        shutil.rmtree(self.draft, ignore_errors=True)
        for folder in (self.draft, self._place):
            if not folder.exists():
                forget_file(self._store, self._workspace.local_path(folder))

    def write(self, path: str, content: bytes) -> FileFact:
        """Write one file."""
        with self.open(path) as file:
            file.write(content)
        return self.files[path]

    def take(self, path: str) -> FileFact:
        """Count in a file that another program wrote into the draft."""
        target = self.draft / path
        with target.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.files[path] = FileFact(path, digest, target.stat().st_size)
        return self.files[path]

    @contextmanager
    def open(self, path: str) -> Generator["_Hashing"]:
        """A file that is written piece by piece."""
        target = self.draft / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            hashing = _Hashing(file)
            yield hashing
        self.files[path] = FileFact(path, hashing.digest.hexdigest(), hashing.size)

    def _put_in_place(self) -> None:
        before = f"{self._workspace.local_path(self._place)}/"
        for known in written_files(self._store):
            if known.path.startswith(before):
                forget_file(self._store, known.path)
        for path, file in self.files.items():
            self._remember(self._place / path, file.sha256)
        if self._place.is_dir():
            shutil.rmtree(self._place)
        self.draft.rename(self._place)

    def _remember(self, path: Path, sha256: str | None) -> None:
        remember_file(
            self._store,
            self._workspace.local_path(path),
            self._purpose,
            self._rests_on,
            sha256,
        )

    def _may_be_replaced(self) -> bool:
        if self._place.is_symlink() or not self._place.is_dir():
            return False
        return (self._place / self._mark).is_file() or not any(self._place.iterdir())


class _Hashing:
    """A file and the hash of what was written into it."""

    def __init__(self, file: IO[Any]) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Append `piece`."""
        self._file.write(piece)
        self.digest.update(piece)
        self.size += len(piece)
