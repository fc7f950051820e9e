"""The bucket that a job elsewhere keeps things in, as seen from this machine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from lorewright.errors import BadRecord, BadSettings, StorageError
from lorewright.records import HashedFile
from lorewright.train.executors.kept import EVENTS, FILES, STOP, part_begin
from lorewright.train.executors.landing import CHECKPOINTS
from lorewright.train.executors.mirror import Said
from lorewright.train.executors.parcel import hashes_of
from lorewright.train.result import RESULT_FILE, Result

T = TypeVar("T")


class Bucket:
    """What one job keeps below a URL.

    Args:
        url: `s3://bucket/prefix`, `gs://…`, `az://…` or `file:///folder`; the credentials are
            those of the environment.
        job: what the job is called there.
    """

    def __init__(self, url: str, job: str) -> None:
        self._url, self._job = url, job
        try:
            self._store: ObjectStore = (
                LocalStore(prefix=Path(url.removeprefix("file://")), mkdir=True)
                if url.startswith("file://")
                else from_url(url)
            )
        except (BaseError, ValueError, OSError) as error:
            raise BadSettings(
                f"the bucket cannot be used: {_first_line(error)}",
                where=url,
                hint="use a URL such as s3://bucket/prefix",
            ) from error

    def said(self, since: int) -> Said:
        """The events from byte `since` on."""
        parts = sorted(
            (begin, name) for name in self._names(EVENTS) if (begin := part_begin(name)) is not None
        )
        lines, first = b"", since
        for begin, name in self._from(parts, since):
            body = self._get(name)
            lines += body[max(0, since - begin) :] if begin <= since else body
        return Said(lines[: lines.rfind(b"\n") + 1], first, is_all=True)

    def is_whole(self) -> bool:
        """Whether the result is there."""
        return self._find(RESULT_FILE) is not None

    def newest_checkpoint(self) -> str | None:
        """The newest checkpoint that is there whole."""
        names = (name.rpartition("/")[2] for name in self._names(CHECKPOINTS))
        listed = [name.removesuffix(".json") for name in names if name.startswith("step-")]
        return max(listed, default=None)

    def receive_checkpoint(self, name: str, folder: Path) -> None:
        """Fill `folder` with the files of a checkpoint."""
        files = FILES.validate_json(self._get(self._path(f"{CHECKPOINTS}/{name}.json")))
        self._receive(f"{CHECKPOINTS}/{name}/", files, folder)

    def receive_result(self, folder: Path) -> None:
        """Fill `folder` with the result."""
        body = self._get(self._path(RESULT_FILE))
        result = Result.model_validate_json(body)
        (folder / RESULT_FILE).write_bytes(body)
        self._receive("", (result.history,), folder)
        (folder / "result").mkdir()
        self._receive("result/", result.files, folder / "result")

    def ask_to_stop(self) -> None:
        """Leave word that the job is to stop with a checkpoint."""
        self._met(lambda: obstore.put(self._store, self._path(STOP), b"stop\n"))

    def take_back_stop(self) -> None:
        """Take such a word back, so that the job can be started again."""
        if self._find(STOP) is not None:
            self._met(lambda: obstore.delete(self._store, self._path(STOP)))

    def remove(self) -> None:
        """Remove everything of the job, and see that nothing is left.

        Raises:
            StorageError: when something could not be removed.
        """
        for name in self._names(None):
            self._met(lambda name=name: obstore.delete(self._store, name))
        left = self._names(None)
        if left:
            raise StorageError("something of the job is still in the bucket", where=left[0])

    def _from(self, parts: list[tuple[int, str]], since: int) -> list[tuple[int, str]]:
        """The parts that reach beyond `since`: the last that begins before it, and later ones."""
        before = [part for part in parts if part[0] <= since]
        return before[-1:] + [part for part in parts if part[0] > since]

    def _receive(self, prefix: str, files: tuple[HashedFile, ...], folder: Path) -> None:
        for file in files:
            if not _is_plain(file.path):
                raise BadRecord("a file in the bucket has a name that leads elsewhere")
            self._download(self._path(f"{prefix}{file.path}"), folder / file.path)
        if tuple(hashes_of(folder, [file.path for file in files])) != files:
            raise BadRecord(
                "a file in the bucket is missing or altered",
                where=self._url,
                hint="look again later; it may still be on its way",
            )

    def _download(self, name: str, path: Path) -> None:
        def fetch() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                for part in obstore.get(self._store, name).stream():
                    file.write(part)

        self._met(fetch)

    def _get(self, name: str) -> bytes:
        return self._met(lambda: bytes(obstore.get(self._store, name).bytes()))

    def _find(self, name: str) -> int | None:
        try:
            return obstore.head(self._store, self._path(name))["size"]
        except FileNotFoundError:
            return None
        except BaseError as error:
            raise self._trouble(error) from error

    def _names(self, below: str | None) -> list[str]:
        prefix = self._job if below is None else self._path(below)
        pages: Any = self._met(lambda: [*obstore.list(self._store, prefix)])  # pyright: ignore[reportUnknownMemberType] - no arrow
        return [str(one["path"]) for page in pages for one in page]

    def _path(self, name: str) -> str:
        return f"{self._job}/{name}"

    def _met(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except (BaseError, FileNotFoundError) as error:
            raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> StorageError:
        return StorageError(
            f"the bucket does not do what it is asked: {_first_line(error)}",
            where=self._url,
            hint="is the URL right, and are its credentials in the environment?",
        )


def _is_plain(name: str) -> bool:
    parts = Path(name).parts
    return bool(parts) and not Path(name).is_absolute() and ".." not in parts


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:300]
