"""Small workspaces for tests of flows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.small_workspace import Small, small


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Small]:
    """A workspace with one small document that was analyzed and described."""
    with small(tmp_path) as made:
        made.analyze()
        yield made
