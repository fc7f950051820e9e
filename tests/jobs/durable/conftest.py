"""Workspaces on both databases for runs, and processes that work in them."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from jobs.durable.processes import Process
from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from store.conftest import fresh_postgres as fresh_postgres  # noqa: PLC0414 - pytest looks it up


@pytest.fixture(autouse=True)
def nothing_left_running() -> Generator[None]:
    yield
    for process in [*Process.started]:
        process.kill()


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Settings:
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
def log(tmp_path: Path) -> Path:
    """Where the work writes down every call that it makes."""
    return tmp_path / "calls.log"
