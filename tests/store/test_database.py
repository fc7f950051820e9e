"""The database is made, moved on and locked, and complains in words."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from lorewright.errors import BadRecord, BadSettings, Busy, MissingExtra, StorageError
from lorewright.settings import Settings
from lorewright.store import Database, Store, Workspace
from lorewright.store.database import HEAD
from lorewright.store.tables import metadata, records


def test_the_migrations_make_the_tables_that_the_code_uses(store: Store) -> None:
    with store.database.read() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True})

        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD


def test_opening_again_changes_nothing(workspace: Workspace, settings: Settings) -> None:
    for _ in range(3):
        with workspace.open(settings) as store:
            assert store.counts() == {}


def test_a_database_of_a_newer_version_is_left_alone(
    workspace: Workspace, settings: Settings
) -> None:
    with workspace.open(settings) as store:
        store.write(lambda db: db.execute(sa.text("UPDATE alembic_version SET version_num='9999'")))

    with pytest.raises(StorageError, match="another version of Lorewright") as caught:
        workspace.open(settings).__enter__()

    assert "9999" in caught.value.sentence
    assert "newer" in (caught.value.hint or "")


def test_a_transaction_is_kept_whole_or_not_at_all(store: Store) -> None:
    row = {"kind": "recipe", "id": b"1" * 32, "schema": 1, "body": b"{}"}

    with pytest.raises(BadRecord, match="refuses"):
        store.write(lambda db: db.execute(records.insert(), [row, row]))

    assert store.counts() == {}


def test_a_missing_parent_is_refused_by_the_database_itself(store: Store) -> None:
    with pytest.raises(BadRecord, match="refuses"):
        store.write(
            lambda db: db.execute(metadata.tables["aliases"].insert(), {"name": "x", "record": 7})
        )


def test_compacting_leaves_the_database_in_use(store: Store) -> None:
    store.database.compact()

    assert store.counts() == {}


def test_compacting_postgres_leaves_the_tables_of_others_alone(
    workspace: Workspace, fresh_postgres: Callable[[], str]
) -> None:
    url = fresh_postgres()
    node = sa.text("SELECT pg_relation_filenode(CAST(:name AS regclass))")
    with workspace.open(Settings(database=url)) as store:
        store.write(lambda db: db.execute(sa.text("CREATE TABLE theirs (x integer)")))
        with store.database.read() as db:
            before = {name: db.scalar(node, {"name": name}) for name in ("theirs", "records")}

        store.database.compact()

        with store.database.read() as db:
            after = {name: db.scalar(node, {"name": name}) for name in ("theirs", "records")}
    assert after["theirs"] == before["theirs"]
    assert after["records"] != before["records"]


def test_a_reader_sees_one_state(store: Store) -> None:
    query = sa.select(sa.func.count()).select_from(records)
    row = {"kind": "recipe", "id": b"1" * 32, "schema": 1, "body": b"{}"}

    with store.database.read() as db:
        before = db.scalar(query)
        store.write(lambda writing: writing.execute(records.insert(), row))
        assert db.scalar(query) == before == 0
    assert store.counts() == {"recipe": 1}


@pytest.mark.parametrize(
    "url",
    ["nonsense", "foo://x", "mysql://u@h/x", "postgresql://u@h:abc/x", "postgresql+psycopg2://u@h/x"],
)  # fmt: skip
def test_a_url_that_names_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(BadSettings) as caught:
        Database(url)

    assert caught.value.where == "database"
    assert "postgresql://USER@HOST/NAME" in (caught.value.hint or "")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_server_that_cannot_be_reached_is_told_without_the_password(scheme: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StorageError, match="Connection refused") as caught:
        Database(f"{scheme}://lore:hush@127.0.0.1:1/x")

    told = f"{caught.value.sentence} {caught.value.where} {caught.value.hint}"
    assert "hush" not in told
    assert "127.0.0.1" in (caught.value.where or "")
    assert "is the database server running" in (caught.value.hint or "")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_bytes(b"this is not a database, it only looks like one\n" * 100)

    with pytest.raises(StorageError, match="not a database") as caught:
        Database(f"sqlite:///{file}")

    assert str(file) in (caught.value.where or "")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="unable to open") as caught:
        Database(f"sqlite:///{tmp_path}/nowhere/x.db")

    assert "may you write" in (caught.value.hint or "")


def test_a_damaged_database_is_told(workspace: Workspace) -> None:
    with workspace.open(Settings()) as store:
        store.database.compact()
    file = workspace.folder / "lorewright.db"
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\x5a" * 4096 + content[8192:])

    with pytest.raises(StorageError) as caught, workspace.open(Settings()) as store:
        store.counts()

    assert re.search("malformed|database", caught.value.sentence)


def test_somebody_else_who_writes_is_waited_for(workspace: Workspace, settings: Settings) -> None:
    """Two stores in one process stand for two processes: they share no lock in memory."""
    with workspace.open(settings) as one, workspace.open(settings) as other:
        row = {"kind": "recipe", "id": b"1" * 32, "schema": 1, "body": b"{}"}
        with one.database.write() as db:
            db.execute(records.insert(), row)
            queued = other.queue(
                lambda writing: writing.scalar(sa.select(sa.func.count()).select_from(records))
            )
            assert not queued.done()
        assert queued.result(timeout=20) == 1


def test_whoever_wants_to_be_alone_waits_for_nobody(
    workspace: Workspace, settings: Settings
) -> None:
    with workspace.open(settings):
        with pytest.raises(Busy, match="another lorewright command"):
            workspace.open(settings, alone=True).__enter__()
        with workspace.open(settings) as beside:
            assert beside.counts() == {}
    with workspace.open(settings, alone=True):
        with pytest.raises(Busy) as caught:
            workspace.open(settings).__enter__()
        assert "wait for it to end" in (caught.value.hint or "")
    with workspace.open(settings, alone=True) as again:
        assert again.counts() == {}


def test_workspaces_on_other_machines_see_each_other_through_the_server(
    tmp_path: Path, fresh_postgres: Callable[[], str]
) -> None:
    here, there = Workspace(tmp_path / "here"), Workspace(tmp_path / "there")
    here.make()
    there.make()
    settings = Settings(database=fresh_postgres())

    with here.open(settings):
        with pytest.raises(Busy, match="working with this database"):
            there.open(settings, alone=True).__enter__()
        with there.open(settings) as beside:
            assert beside.counts() == {}
    with here.open(settings, alone=True), pytest.raises(Busy):
        there.open(settings).__enter__()


def test_no_connection_is_left_behind(
    workspace: Workspace, fresh_postgres: Callable[[], str]
) -> None:
    url = fresh_postgres()
    ours = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'leak' AND pid <> "
        "pg_backend_pid()"
    )
    for number in range(3):
        with workspace.open(Settings(database=f"{url}&application_name=leak")) as store:
            list(store.names("recipe"))
            with pytest.raises(BadRecord):
                store.write(lambda db: db.execute(sa.text("SELECT 1/0")))
            assert store.counts() == {}, number
    watcher = Database(url)
    with watcher.read() as db:
        left = db.scalar(ours)
    watcher.close()

    assert left == 0


def test_a_driver_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(MissingExtra, match="needs psycopg") as caught:
        Database("postgresql://lore@127.0.0.1/x")

    assert "lorewright[postgres]" in (caught.value.hint or "")


def test_a_database_of_an_older_version_is_brought_along(
    workspace: Workspace, settings: Settings
) -> None:
    def set_back(db: sa.Connection) -> None:
        older = {"records", "edges", "tombstones", "makings", "blobs", "blob_uses", "memos"}
        older |= {"memo_outputs", "files", "aliases", "runs", "run_items"}
        for table in reversed([one.name for one in metadata.sorted_tables]):
            if table in older:
                continue
            db.execute(sa.text(f"DROP TABLE {table}"))
        db.execute(sa.text("UPDATE alembic_version SET version_num='0001'"))

    with workspace.open(settings) as store:
        store.write(set_back)

    with workspace.open(settings) as store, store.database.read() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD
