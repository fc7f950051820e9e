"""Blobs are named by their bytes, kept whole, and destroyed without a trace."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import a_blob
from lorewright.errors import BadSettings, StorageError
from lorewright.store import BlobStore


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return BlobStore("memory://" if request.param == "memory" else str(tmp_path / "blobs"))


def place_of(folder: Path, content: bytes) -> Path:
    digest = hashlib.sha256(content).hexdigest()
    return folder / "blobs" / "sha256" / digest[:2] / digest[2:]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=2000))
def test_what_is_put_can_be_got_back(blobs: BlobStore, content: bytes) -> None:
    blob = blobs.put(content)

    assert blob == a_blob(content) == blobs.put(content)
    assert blobs.get(blob) == content
    assert blobs.size(blob.sha256) == len(content)


def test_nothing_lies_under_another_name(blobs: BlobStore) -> None:
    with pytest.raises(StorageError, match="is missing"):
        blobs.get(a_blob(b"never kept"))

    assert blobs.read("0" * 64) is None
    assert blobs.size("0" * 64) is None
    assert blobs.delete("0" * 64) is False


def test_what_is_deleted_is_gone(blobs: BlobStore) -> None:
    kept, doomed = blobs.put(b"kept"), blobs.put(b"doomed")

    assert blobs.delete(doomed.sha256) is True
    assert blobs.delete(doomed.sha256) is False
    assert blobs.read(doomed.sha256) is None
    assert blobs.get(kept) == b"kept"


def test_altered_bytes_are_not_handed_out(tmp_path: Path) -> None:
    blobs = BlobStore(str(tmp_path / "blobs"))
    blob = blobs.put(b"content")
    place_of(tmp_path, b"content").write_bytes(b"Content")

    with pytest.raises(StorageError, match="has been altered"):
        blobs.get(blob)


def test_a_blob_that_was_cut_short_is_put_anew(tmp_path: Path) -> None:
    blobs = BlobStore(str(tmp_path / "blobs"))
    blob = blobs.put(b"content")
    place_of(tmp_path, b"content").write_bytes(b"cont")

    assert blobs.put(b"content") == blob
    assert blobs.get(blob) == b"content"


def test_what_a_killed_process_left_is_destroyed_with_the_blob(tmp_path: Path) -> None:
    blobs = BlobStore(str(tmp_path / "blobs"))
    blob, other = blobs.put(b"content"), blobs.put(b"other")
    place = place_of(tmp_path, b"content")
    place.with_name(f"{place.name}#1").write_bytes(b"cont")

    blobs.delete(blob.sha256)

    assert [file for file in (tmp_path / "blobs").rglob("*") if file.is_file()] == [
        place_of(tmp_path, b"other")
    ]
    assert blobs.get(other) == b"other"


def test_what_a_killed_process_left_of_a_blob_that_never_was_is_destroyed(tmp_path: Path) -> None:
    blobs = BlobStore(str(tmp_path / "blobs"))
    place = place_of(tmp_path, b"content")
    place.parent.mkdir(parents=True)
    place.with_name(f"{place.name}#12").write_bytes(b"cont")

    assert blobs.delete(a_blob(b"content").sha256) is False
    assert list(place.parent.iterdir()) == []


@pytest.mark.parametrize("url", ["s3://", "nope://x", "http//x\0"])
def test_a_url_that_cannot_be_used_is_told(url: str) -> None:
    with pytest.raises(BadSettings, match="cannot be used"):
        BlobStore(url)


def test_a_place_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(BadSettings, match="cannot be used"):
        BlobStore(str(tmp_path / "file" / "blobs"))


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    blobs = BlobStore(str(tmp_path / "blobs"))
    place = place_of(tmp_path, b"content")
    place.mkdir(parents=True)  # a folder stands where the file should be
    (place / "inside").write_bytes(b"")

    with pytest.raises(StorageError, match="7 bytes could not be written") as caught:
        blobs.put(b"content")
    assert "free some space" in (caught.value.hint or "")
