"""Runs are tried on SQLite; the store's own tests hold both databases equal."""

from collections.abc import Generator
from pathlib import Path

import pytest

from lorewright.settings import Settings
from lorewright.store import Store, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "workspace")
    workspace.make()
    return workspace


@pytest.fixture
def store(workspace: Workspace) -> Generator[Store]:
    with workspace.open(Settings()) as store:
        yield store
