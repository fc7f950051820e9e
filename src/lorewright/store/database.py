"""Opening the database: SQLite in the workspace, or PostgreSQL by URL."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.event import listen
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
)

from lorewright.errors import MORE_ROOM, BadRecord, BadSettings, Busy, MissingExtra, StorageError
from lorewright.store.tables import metadata

HEAD = "0005"
"""The newest migration."""

DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
"""The databases that the store speaks, as people write them in a URL."""

WRITING, PRESENT = 0x10E3, 0x10E4
"""PostgreSQL advisory locks: of the process that writes, and of those that are there."""


HANGS_S = 120
"""How long a process that hangs in the midst of writing may keep all others from it."""

SQLITE_STATEMENTS = 32
"""Prepared statements that each connection keeps. The driver would keep 128 in each of a dozen
connections: with lists of many lengths that is most of what a long run grows by."""
SQLITE_CACHE_KIB = 512
"""Pages that each connection keeps; the system keeps the file itself in its own cache."""

_WRITE_LOCK = sa.select(
    sa.func.set_config("idle_in_transaction_session_timeout", f"{HANGS_S}s", True),
    sa.func.pg_advisory_xact_lock(WRITING),
)


class Database:
    """One engine that reads and one that writes.

    Only one process writes at a time, so that two queue up instead of failing half-way: on
    SQLite the writing connection begins with BEGIN IMMEDIATE, on PostgreSQL with an advisory
    lock. On SQLite deleted rows are overwritten with zeros.

    Args:
        url: a SQLAlchemy URL; `sqlite:///…` or `postgresql://…`.
    """

    def __init__(self, url: str | sa.URL) -> None:
        known = _known_url(url)
        self.is_sqlite = known.drivername == "sqlite"
        self._where = known.render_as_string(hide_password=True)
        engine = _engine(known)
        if self.is_sqlite:
            self.reading, self._writing = engine, _engine(known)
            _tune_sqlite(self.reading, "BEGIN")
            _tune_sqlite(self._writing, "BEGIN IMMEDIATE")
        else:
            self.reading = engine.execution_options(isolation_level="REPEATABLE READ")
            self._writing = engine
        try:
            self._migrate()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Generator[sa.Connection]:
        """A connection that sees one consistent state."""
        with self._storage_errors(), self.reading.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Generator[sa.Connection]:
        """A transaction that is committed at the end, or not at all."""
        with self._storage_errors(), self._writing.begin() as connection:
            if not self.is_sqlite:
                connection.execute(_WRITE_LOCK)
            yield connection

    @contextmanager
    def presence(self, *, alone: bool) -> Generator[None]:
        """Be there, with others or alone, as far as processes on other machines go.

        A database server is shared by machines that see no lock file of each other. The lock
        lies in a transaction that stays open and does nothing, since poolers of connections
        keep no other kind.

        Raises:
            Busy: when another process stands in the way.
        """
        if self.is_sqlite:
            yield
            return
        lock = sa.func.pg_try_advisory_xact_lock if alone else _shared_lock
        with self._storage_errors(), self._writing.connect() as connection:
            connection.detach()  # it ends with this block, even when the pool was closed before
            if not connection.scalar(sa.select(lock(PRESENT))):
                raise Busy(
                    "another lorewright command is working with this database",
                    where=self._where,
                    hint="wait for it to end, then run this command again",
                )
            let_go_of_snapshot(connection)
            yield

    def compact(self) -> None:
        """Rewrite the files so that nothing deleted is left in them.

        PostgreSQL keeps its own log and backups; those are out of our reach.
        """
        with self._storage_errors(), self._writing.connect() as connection:
            autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
            if self.is_sqlite:
                _empty_log(autocommit)
                autocommit.exec_driver_sql("VACUUM")
                _empty_log(autocommit)
            else:
                for table in metadata.tables:  # the database may hold tables of others
                    autocommit.exec_driver_sql(f"VACUUM FULL {table}")

    def close(self) -> None:
        """Give all connections back."""
        self.reading.dispose()
        self._writing.dispose()

    def _migrate(self) -> None:
        with self._storage_errors():
            if self._revision() != HEAD:
                self._upgrade()

    def _revision(self) -> str | None:
        with self.reading.connect() as connection:
            return _revision_in(connection)

    def _upgrade(self) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.set_main_option("path_separator", "os")
        with self.write() as connection:
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise StorageError(
                    f"the database was made by another version of Lorewright: {error}",
                    where=self._where,
                    hint="install the version that made it, or a newer one",
                ) from error

    @contextmanager
    def _storage_errors(self) -> Generator[None]:
        try:
            yield
        except (DataError, IntegrityError) as error:
            raise BadRecord(f"the database refuses what was to be kept: {_said(error)}") from error
        except DBAPIError as error:
            raise _in_words(error, self._where) from error


def let_go_of_snapshot(connection: sa.Connection) -> None:
    """Let a transaction that stays open see nothing, so that nothing waits for its end.

    PostgreSQL keeps what the last query with parameters saw until the next query; meanwhile
    dead rows cannot be cleared away and indexes cannot be built beside others' work.
    """
    connection.exec_driver_sql("SELECT 1")


def revision_of(url: str | sa.URL) -> str | None:
    """The migration that a database is at; None when it is empty. Changes and makes nothing.

    Raises:
        StorageError: when it cannot be reached.
    """
    known = _known_url(url)
    where = known.render_as_string(hide_password=True)
    if known.drivername == "sqlite" and known.database:
        only_read = f"file:{quote(known.database)}"
        known = known.set(database=only_read).update_query_dict({"mode": "ro", "uri": "true"})
    engine = _engine(known)
    try:
        with engine.connect() as connection:
            return _revision_in(connection)
    except DBAPIError as error:
        raise _in_words(error, where) from error
    finally:
        engine.dispose()


def _revision_in(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(sa.text("SELECT version_num FROM alembic_version"))


def _known_url(url: str | sa.URL) -> sa.URL:
    try:
        known = sa.make_url(url)
    except (ArgumentError, ValueError) as error:
        raise _bad_url() from error
    if known.drivername not in DRIVERS:
        raise _bad_url()
    return known.set(drivername=DRIVERS[known.drivername])


def _bad_url() -> BadSettings:
    return BadSettings(
        "the database URL cannot be used",
        where="database",
        hint="use sqlite:///FILE or postgresql://USER@HOST/NAME",
    )


def _engine(url: sa.URL) -> sa.Engine:
    try:
        if url.drivername == "sqlite":
            return sa.create_engine(url, connect_args={"cached_statements": SQLITE_STATEMENTS})
        return sa.create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"this database needs {error.name}", hint='pip install "lorewright[postgres]"'
        ) from error


def _tune_sqlite(engine: sa.Engine, begin: str) -> None:
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, not the driver
        for pragma in (
            "busy_timeout=30000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"cache_size=-{SQLITE_CACHE_KIB}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    def start(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql(begin)

    listen(engine, "connect", connect)
    listen(engine, "begin", start)


def _shared_lock(key: int) -> sa.Function[Any]:
    return sa.func.pg_try_advisory_xact_lock_shared(key)


def _empty_log(connection: sa.Connection) -> None:
    is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    if is_busy:
        raise StorageError(
            "the database's log cannot be emptied while another process reads",
            hint="wait for it to end and run the command again; it continues",
        )


def _said(error: DBAPIError) -> str:
    return next(iter(str(error.orig).strip().splitlines()), "no reason given")


def _in_words(error: DBAPIError, where: str) -> StorageError:
    """The database's complaint as one sentence with a way out."""
    said = _said(error)
    hints = {
        "disk is full": MORE_ROOM,
        "No space left": MORE_ROOM,
        "disk I/O error": f"if the disk is full, {MORE_ROOM}; if it is not, it may be failing",
        "readonly": "change the rights of the file and of its folder",
        "unable to open": "is the folder there, and may you write into it?",
        "locked": "another process is writing; wait for it to end and run the command again",
        "malformed": "restore the database from a backup; `lorewright verify` says what is lost",
        "not a database": "the file is not a Lorewright database; name another workspace",
        "connection": "is the database server running, and is the URL right?",
    }
    hint = next((hint for sign, hint in hints.items() if sign in said), None)
    return StorageError(f"the database says: {said}", where=where, hint=hint)
