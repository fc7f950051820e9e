"""A workspace is a folder, wherever it lies and whatever it is called."""

from pathlib import Path

import pytest

from builders import WORDS, keep_document
from lorewright.errors import BadSettings, NotYet, StorageError
from lorewright.settings import Settings, load_settings
from lorewright.store import Workspace


def test_a_folder_becomes_a_workspace_and_stays_one(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "deep" / "coach")
    assert not workspace.exists()

    workspace.make()
    workspace.settings_file.write_text('operator = "Ada"\n', encoding="utf-8")
    workspace.make()

    assert workspace.exists()
    assert load_settings(workspace.settings_file).operator == "Ada"


def test_the_settings_that_come_with_it_can_be_read(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.make()

    assert load_settings(workspace.settings_file).model_dump() == load_settings(None).model_dump()


@pytest.mark.parametrize("name", ["with space", "what?#%20", "ünï", "a'b\"c", "x:memory:"])
def test_a_folder_of_any_name_will_do(tmp_path: Path, name: str) -> None:
    workspace = Workspace(tmp_path / name)
    workspace.make()

    for _ in range(2):
        with workspace.open(Settings()) as store:
            assert store.document(keep_document(store).ref).words == WORDS
    assert {path.name for path in tmp_path.iterdir()} == {name}
    assert {path.name for path in workspace.folder.iterdir()} == {
        ".lock", "blobs", "lorewright.db", "lorewright.toml",
    }  # fmt: skip


def test_blobs_may_lie_in_another_folder(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    workspace.make()

    for place in ("../bytes", str(tmp_path / "absolute"), f"file://{tmp_path}/by-url"):
        with workspace.open(Settings(blobs=place)) as store:
            store.put_blob(b"content")
    for place in ("bytes", "absolute", "by-url"):
        assert len(list((tmp_path / place).rglob("*/*/*"))) == 1
    assert not (workspace.folder / "blobs").exists()


def test_a_blob_store_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.make()

    with pytest.raises(BadSettings) as caught:
        workspace.open(Settings(blobs="nope://bucket")).__enter__()

    assert caught.value.where == "blobs"


def test_a_folder_that_is_no_workspace_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(NotYet) as caught:
        Workspace(tmp_path).open(Settings()).__enter__()

    assert "lorewright init" in (caught.value.hint or "")
    assert list(tmp_path.iterdir()) == []


def test_a_workspace_cannot_be_made_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")

    with pytest.raises(StorageError, match="cannot be made here"):
        Workspace(tmp_path / "file" / "inside").make()


def test_a_path_is_remembered_as_seen_from_the_workspace(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    workspace.make()

    assert workspace.local_path(workspace.exports / "a.jsonl") == "exports/a.jsonl"
    assert workspace.local_path(workspace.jobs / ".." / "reports" / "b") == "reports/b"
    assert workspace.local_path(tmp_path / "c") == str(tmp_path.resolve() / "c")
    assert workspace.reports.parent == workspace.folder


def test_a_lock_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.make()
    (tmp_path / ".lock").mkdir()

    with pytest.raises(StorageError, match="cannot be used"):
        workspace.open(Settings()).__enter__()
