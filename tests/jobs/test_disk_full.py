"""A full disk ends a run with a hint, and with room again the same run goes on."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.event import listen

from builders import an_example
from jobs.pieces import a_document_in, a_step, some_pieces
from lorewright.errors import StorageError
from lorewright.jobs import run
from lorewright.records import Record
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, verify

PIECES = 120


def limit(store: Store, pages: int) -> None:
    """Let the database have so many pages and no more, as a full disk would."""
    engine = store.database._writing  # pyright: ignore[reportPrivateUsage]

    def set_limit(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    listen(engine, "begin", set_limit)


def test_a_full_disk_ends_a_run_that_goes_on_when_there_is_room(workspace: Workspace) -> None:
    def work(number: int) -> Iterator[Record]:
        yield an_example(document, question=f"{number}? " + "x" * 2000)

    with workspace.open(Settings()) as store:
        document, step = a_document_in(store), a_step(store)
        limit(store, 80)
        with pytest.raises(StorageError, match="full") as caught:
            run(some_pieces(PIECES, work), step=step, store=store)
        kept = store.counts().get("example", 0)
        assert verify(store, workspace.folder).is_intact

    assert caught.value.exit_code == 4
    assert "free some space" in (caught.value.hint or "")
    assert kept < PIECES
    with workspace.open(Settings()) as store:
        report = run(some_pieces(PIECES, work), step=step, store=store)
        assert report.again == kept
        assert report.accepted == store.counts()["example"] == PIECES
        assert verify(store, workspace.folder).is_intact
