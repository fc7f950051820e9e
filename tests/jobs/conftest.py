"""Runs are tried on SQLite; what several processes share, on both databases."""

from collections.abc import Generator
from pathlib import Path

import pytest

from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from store.conftest import fresh_postgres, settings

__all__ = ["fresh_postgres", "settings"]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "workspace")
    workspace.make()
    return workspace


@pytest.fixture
def store(workspace: Workspace) -> Generator[Store]:
    with workspace.open(Settings()) as store:
        yield store
