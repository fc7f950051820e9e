"""Opening the database: SQLite in the workspace, or PostgreSQL by URL."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.event import listen
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from lorewright.errors import BadSettings, MissingExtra, StorageError

HEAD = "0001"
"""The newest migration."""


class Database:
    """One engine that reads and one that writes.

    On SQLite the writing connection begins with BEGIN IMMEDIATE, so two processes queue up
    instead of failing half-way, and deleted rows are overwritten with zeros.

    Args:
        url: a SQLAlchemy URL; `sqlite:///…` or `postgresql+psycopg://…`.
    """

    def __init__(self, url: str) -> None:
        self.reading = _engine(url, begin="BEGIN")
        self.is_sqlite = self.reading.dialect.name == "sqlite"
        self._writing = _engine(url, begin="BEGIN IMMEDIATE") if self.is_sqlite else self.reading
        self._migrate()

    @contextmanager
    def read(self) -> Generator[sa.Connection]:
        """A connection that sees one consistent state."""
        with _storage_errors(), self.reading.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Generator[sa.Connection]:
        """A transaction that is committed at the end, or not at all."""
        with _storage_errors(), self._writing.begin() as connection:
            yield connection

    def compact(self) -> None:
        """Rewrite the files so that nothing deleted is left in them.

        PostgreSQL keeps its own log and backups; those are out of our reach.
        """
        with _storage_errors(), self._writing.connect() as connection:
            autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
            if self.is_sqlite:
                autocommit.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                autocommit.exec_driver_sql("VACUUM")
                autocommit.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                autocommit.exec_driver_sql("VACUUM FULL")

    def close(self) -> None:
        """Give all connections back."""
        self.reading.dispose()
        self._writing.dispose()

    def _migrate(self) -> None:
        with _storage_errors():
            if self._revision() != HEAD:
                self._upgrade()

    def _revision(self) -> str | None:
        with self.reading.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.scalar(sa.text("SELECT version_num FROM alembic_version"))

    def _upgrade(self) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.set_main_option("path_separator", "os")
        with self._writing.begin() as connection:
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise StorageError(
                    f"the database was made by another version of Lorewright: {error}",
                    hint="install the version that made it, or a newer one",
                ) from error


def _engine(url: str, *, begin: str) -> sa.Engine:
    try:
        engine = sa.create_engine(url)
    except (ArgumentError, NoSuchModuleError) as error:
        raise BadSettings(
            f"the database URL cannot be used: {error}",
            where="database",
            hint="use sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME",
        ) from error
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"this database needs {error.name}", hint='pip install "lorewright[postgres]"'
        ) from error
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine, begin)
    return engine


def _tune_sqlite(engine: sa.Engine, begin: str) -> None:
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, not the driver
        for pragma in (
            "busy_timeout=30000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    def start(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql(begin)

    listen(engine, "connect", connect)
    listen(engine, "begin", start)


@contextmanager
def _storage_errors() -> Generator[None]:
    try:
        yield
    except DBAPIError as error:
        raise storage_error(error) from error


def storage_error(error: DBAPIError) -> StorageError:
    """The database's complaint as one sentence with a way out."""
    said = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no reason given"
    hints = {
        "full": "free some space on the disk and run the same command again; it continues",
        "locked": "another process is writing; wait for it to end and run the command again",
        "malformed": "restore the database from a backup; `lorewright verify` says what is lost",
        "not a database": "the file is not a Lorewright database; name another workspace",
        "connection": "is the database server running, and is the URL right?",
    }
    hint = next((hint for sign, hint in hints.items() if sign in said), None)
    return StorageError(f"the database says: {said}", hint=hint)
