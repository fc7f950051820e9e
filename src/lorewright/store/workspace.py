"""A workspace: the folder that holds a database, blobs, jobs, exports and reports."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from lorewright.errors import Busy, NotYet, StorageError
from lorewright.settings import SETTINGS_FILE, Settings, settings_text
from lorewright.store.blobs import BlobStore
from lorewright.store.database import Database
from lorewright.store.record_store import Store


class Workspace:
    """Where everything about one body of knowledge lies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    @property
    def settings_file(self) -> Path:
        """The operator's settings."""
        return self.folder / SETTINGS_FILE

    @property
    def jobs(self) -> Path:
        """One folder per training job."""
        return self.folder / "jobs"

    @property
    def exports(self) -> Path:
        """Where exports go unless another place is named."""
        return self.folder / "exports"

    @property
    def reports(self) -> Path:
        """Where reports go unless another place is named."""
        return self.folder / "reports"

    @property
    def evaluations(self) -> Path:
        """Locks of evaluations, one folder for each, and answers that are not whole yet."""
        return self.folder / "evaluations"

    @property
    def releases(self) -> Path:
        """Where releases go unless another place is named."""
        return self.folder / "releases"

    def exists(self) -> bool:
        """Whether the folder has been made a workspace."""
        return self.settings_file.is_file()

    def must_exist(self) -> None:
        """Find out whether the folder has been made a workspace.

        Raises:
            NotYet: when it has not.
        """
        if not self.exists():
            raise NotYet(
                "there is no workspace here",
                where=str(self.folder),
                hint="make one with `lorewright init`, or name one with --workspace",
            )

    def make(self) -> None:
        """Turn the folder into a workspace; an existing one is left as it is.

        Raises:
            StorageError: when the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not self.exists():
                self.settings_file.write_text(settings_text(), encoding="utf-8")
        except OSError as error:
            raise StorageError.from_system(
                error, doing="a workspace cannot be made here", where=str(self.folder)
            ) from error

    def local_path(self, path: Path) -> str:
        """`path` as the store remembers it: relative inside the workspace, else absolute."""
        resolved = path.resolve()
        inside = resolved.is_relative_to(self.folder)
        return str(resolved.relative_to(self.folder) if inside else resolved)

    @contextmanager
    def open(self, settings: Settings, *, alone: bool = False) -> Generator[Store]:
        """Open the store; several processes may, unless one wants to be alone.

        Raises:
            NotYet: when the folder is not a workspace.
            Busy: when another process stands in the way.
        """
        self.must_exist()
        with self._lock(alone=alone):
            blobs = BlobStore(self.blobs_url(settings))
            database = Database(self.database_url(settings))
            store = Store(database, blobs)
            try:
                with database.presence(alone=alone):
                    yield store
            finally:
                store.close()

    def database_url(self, settings: Settings) -> str | sa.URL:
        """Where the database is."""
        # Put together from its parts, since a folder's name may hold what means something in
        # a URL.
        return settings.database or sa.URL.create(
            "sqlite", database=str(self.folder / "lorewright.db")
        )

    def blobs_url(self, settings: Settings) -> str:
        """Where the blobs are: a folder, or a URL."""
        named = settings.blobs or "blobs"
        return named if "://" in named else str(self.folder / named)

    @contextmanager
    def _lock(self, *, alone: bool) -> Generator[None]:
        try:
            handle = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StorageError.from_system(
                error, doing="the workspace cannot be used", where=str(self.folder)
            ) from error
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise Busy(
                "another lorewright command is working in this workspace",
                where=str(self.folder),
                hint="wait for it to end, then run this command again",
            ) from error
        try:
            yield
        finally:
            os.close(handle)
