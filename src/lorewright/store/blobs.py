"""Bytes by their content: a folder, or any S3-compatible store, by URL."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from lorewright.errors import BadSettings, StorageError
from lorewright.records import Blob

if TYPE_CHECKING:
    from obstore import ObjectMeta


class BlobReader(Protocol):
    """Anything that can bring back the bytes of a blob."""

    def get(self, blob: Blob) -> bytes:
        """The bytes that `blob` names."""
        ...


class BlobStore:
    """Content-addressed bytes under `sha256/ab/cdef…` of an obstore URL.

    Writing is atomic: a blob is there whole or not at all.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self._store: ObjectStore = (
                LocalStore(prefix=Path(url.removeprefix("file://")), mkdir=True)
                if url.startswith(("/", "file://"))
                else from_url(url)
            )
        except (BaseError, ValueError) as error:
            raise BadSettings(
                f"the blob store's URL cannot be used: {_first_line(error)}",
                where="blobs",
                hint="use a folder, or a URL such as s3://bucket/prefix",
            ) from error

    def put(self, content: bytes) -> Blob:
        """Keep `content`; keeping the same bytes twice keeps one."""
        digest = hashlib.sha256(content).hexdigest()
        blob = Blob(sha256=digest, size=len(content))
        if self.size(digest) != len(content):
            try:
                obstore.put(self._store, _path(digest), content)
            except (BaseError, OSError) as error:
                raise StorageError(
                    f"a blob of {len(content):,} bytes could not be written: {_first_line(error)}",
                    where=self.url,
                    hint="free some space or check the folder's rights, then run the same "
                    "command again; it continues",
                ) from error
        return blob

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

    def delete(self, digest: str) -> None:
        """Destroy the bytes under `digest`, if there are any."""
        try:
            obstore.delete(self._store, _path(digest))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise StorageError(
                f"the blob {digest[:12]} cannot be deleted: {_first_line(error)}", where=self.url
            ) from error

    def digests(self) -> Iterator[str]:
        """The name of everything that lies in the store."""
        batches: Iterable[Sequence[ObjectMeta]] = obstore.list(self._store, prefix="sha256")  # pyright: ignore[reportUnknownMemberType] - its Arrow variant is untyped
        for batch in batches:
            for found in batch:
                yield found["path"].removeprefix("sha256/").replace("/", "")


def _path(digest: str) -> str:
    return f"sha256/{digest[:2]}/{digest[2:]}"


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
