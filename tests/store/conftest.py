"""Every test of the store runs on SQLite and, where Debian's packages are there, on PostgreSQL."""

import shutil
import tempfile
from collections.abc import Callable, Generator
from itertools import count
from pathlib import Path

import pytest

from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from postgres import PostgresServer


@pytest.fixture(scope="session")
def fresh_postgres() -> Generator[Callable[[], str]]:
    """Starts a server of its own; each call names an empty schema on it."""
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    if not PostgresServer.is_installed():
        pytest.skip("Debian's postgresql is not installed")
    folder = Path(tempfile.mkdtemp(prefix="lorewright-postgres-"))
    try:
        with PostgresServer(folder) as address, psycopg.connect(address, autocommit=True) as admin:
            numbers = count()

            def fresh() -> str:
                schema = f"w{next(numbers)}"
                admin.execute(f"CREATE SCHEMA {schema}")
                return f"{address}?options=-csearch_path%3D{schema}"

            yield fresh
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings of a workspace on each of the databases."""
    if request.param == "sqlite":
        return Settings()
    fresh: Callable[[], str] = request.getfixturevalue("fresh_postgres")
    return Settings(database=fresh())


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "workspace")
    workspace.make()
    return workspace


@pytest.fixture
def store(workspace: Workspace, settings: Settings) -> Generator[Store]:
    with workspace.open(settings) as store:
        yield store


@pytest.fixture
def sqlite_store(workspace: Workspace) -> Generator[Store]:
    """For what has nothing to do with the database."""
    with workspace.open(Settings()) as store:
        yield store
