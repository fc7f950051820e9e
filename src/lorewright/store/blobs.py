"""Bytes by their content: a folder, or any S3-compatible store, by URL."""

import hashlib
import os
from pathlib import Path
from typing import Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from lorewright.errors import BadSettings, StorageError
from lorewright.records import Blob


class BlobReader(Protocol):
    """Anything that can bring back the bytes of a blob."""

    def get(self, blob: Blob) -> bytes:
        """The bytes that `blob` names."""
        ...


class BlobStore:
    """Content-addressed bytes under `sha256/ab/cdef…` of a folder or an obstore URL.

    Writing is atomic: a blob is there whole or not at all. In a folder it is on the disk
    before `put` returns, so that no record can be kept whose blob a power cut takes away.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        is_folder = url.startswith("file://") or "://" not in url
        self._folder = Path(url.removeprefix("file://")) if is_folder else None
        try:
            self._store: ObjectStore = (
                LocalStore(prefix=self._folder, mkdir=True) if self._folder else from_url(url)
            )
        except (BaseError, ValueError, OSError) as error:
            raise BadSettings(
                f"the blob store's URL cannot be used: {_first_line(error)}",
                where="blobs",
                hint="use a folder, or a URL such as s3://bucket/prefix",
            ) from error

    def put(self, content: bytes) -> Blob:
        """Keep `content`; keeping the same bytes twice keeps one."""
        blob = blob_of(content)
        self._keep(blob, content)
        return blob

    def put_file(self, path: Path, blob: Blob) -> None:
        """Keep the bytes of a file under their name, a part at a time."""
        self._keep(blob, path)

    def _keep(self, blob: Blob, content: bytes | Path) -> None:
        if self.size(blob.sha256) == blob.size:
            return
        try:
            obstore.put(self._store, _path(blob.sha256), content)
            if self._folder:
                _to_disk(self._folder / _path(blob.sha256))
        except (BaseError, OSError) as error:
            raise StorageError(
                f"a blob of {blob.size:,} bytes could not be written: {_first_line(error)}",
                where=self.url,
                hint="free some space or check the folder's rights, then run the same "
                "command again; it continues",
            ) from error

    def get(self, blob: Blob) -> bytes:
        """The bytes of `blob`, after checking that they are the ones it names.

        Raises:
            StorageError: when they are missing or altered.
        """
        content = self.read(blob.sha256)
        if content is None:
            raise StorageError(
                f"the blob {blob.sha256[:12]} is missing",
                where=self.url,
                hint="restore it from a backup; `lorewright verify` lists all that is missing",
            )
        if hashlib.sha256(content).hexdigest() != blob.sha256:
            raise StorageError(
                f"the blob {blob.sha256[:12]} has been altered",
                where=self.url,
                hint="restore it from a backup; `lorewright verify` lists all that is altered",
            )
        return content

    def read(self, digest: str) -> bytes | None:
        """Whatever lies under `digest`, unchecked; None when nothing does."""
        try:
            return bytes(obstore.get(self._store, _path(digest)).bytes())
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise StorageError(
                f"the blob {digest[:12]} cannot be read: {_first_line(error)}", where=self.url
            ) from error

    def size(self, digest: str) -> int | None:
        """The size in bytes of what lies under `digest`; None when nothing does."""
        try:
            return obstore.head(self._store, _path(digest))["size"]
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise StorageError(
                f"the blob store cannot be read: {_first_line(error)}", where=self.url
            ) from error

    def delete(self, digest: str) -> bool:
        """Destroy the bytes under `digest`; whether there were any."""
        was_there = self.size(digest) is not None
        try:
            if was_there:
                obstore.delete(self._store, _path(digest))
            self._delete_unfinished(digest)
        except (BaseError, OSError) as error:
            raise StorageError(
                f"the blob {digest[:12]} cannot be deleted: {_first_line(error)}",
                where=self.url,
                hint="check the folder's rights, then run the same command again; it continues",
            ) from error
        return was_there

    def _delete_unfinished(self, digest: str) -> None:
        """Destroy what a `put` that was cut off has left: obstore writes to NAME#1 first."""
        if self._folder:
            place = self._folder / _path(digest)
            for left in place.parent.glob(f"{place.name}#*"):
                left.unlink()


def blob_of(content: bytes) -> Blob:
    """The name of `content`, whether or not it is kept."""
    return Blob(sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def _path(digest: str) -> str:
    return f"sha256/{digest[:2]}/{digest[2:]}"


def _to_disk(path: Path) -> None:
    """Wait until a file and its names in the folders above it are on the disk."""
    for place in (path, path.parent, path.parent.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
