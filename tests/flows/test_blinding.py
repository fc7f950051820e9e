"""The secret of blind ratings is made once, and nobody else may read it."""

import stat
from pathlib import Path

import pytest

from lorewright.errors import Refused, StorageError, Unreadable
from lorewright.evaluate.blinding import SECRET_BYTES
from lorewright.flows.blinding import FILE, blinding_secret
from lorewright.store import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "workspace")
    made.make()
    return made


def test_the_same_secret_is_found_again_and_another_workspace_has_another(
    workspace: Workspace, tmp_path: Path
) -> None:
    other = Workspace(tmp_path / "other")
    other.make()

    first = blinding_secret(workspace)

    assert len(first) == SECRET_BYTES
    assert blinding_secret(workspace) == first != blinding_secret(other)


def test_nobody_else_may_read_it(workspace: Workspace) -> None:
    blinding_secret(workspace)
    file = workspace.folder / FILE

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    with pytest.raises(Refused, match="others may read the secret"):
        blinding_secret(workspace)


@pytest.mark.parametrize("words", ["", "not hexadecimal", "abcd"])
def test_another_file_in_its_place_is_refused(workspace: Workspace, words: str) -> None:
    file = workspace.folder / FILE
    file.write_text(words)
    file.chmod(0o600)

    with pytest.raises(Unreadable, match="not the secret"):
        blinding_secret(workspace)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be kept"):
        blinding_secret(Workspace(tmp_path / "nowhere"))
