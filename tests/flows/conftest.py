"""Workspaces for tests of flows: a small one, a made-up trained one, and a place for keys."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows.proved import Proved, locked_contest
from flows.small_workspace import Small, small
from lorewright.flows.releasing import Released, Wish, release_adapter
from lorewright.release import SigningKey
from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from made_up import MadeUp, make_up

KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


class World(NamedTuple):
    workspace: Workspace
    store: Store
    made: MadeUp

    def release(self, *, key: SigningKey = KEY, **wish: object) -> Released:
        """Release what was made up."""
        return release_adapter(
            self.workspace, self.store, Wish()._replace(**wish), signer=lambda: key
        )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "workspace")
    workspace.make()
    return workspace


@pytest.fixture
def store(workspace: Workspace) -> Generator[Store]:
    with workspace.open(Settings()) as store:
        yield store


@pytest.fixture
def world(workspace: Workspace, store: Store) -> World:
    return World(workspace, store, make_up(store))


@pytest.fixture
def proved(workspace: Workspace, store: Store) -> Proved:
    """A made-up adapter whose sixty scenarios lie under a lock."""
    return locked_contest(workspace, store)


@pytest.fixture
def keys_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "lorewright" / "keys"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Small]:
    """A workspace with one small document that was analyzed and described."""
    with small(tmp_path) as made:
        made.analyze()
        yield made
