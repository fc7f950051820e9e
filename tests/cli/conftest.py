"""Workspaces to run commands in: an empty one, and one in which the story was told once."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.program import QUICK, SAMPLE, Running, done, training_in
from cli.story import ELSEWHERE, FORMATS, PLANTED, SPLITS, Story


@pytest.fixture(autouse=True)
def nothing_left_running(tmp_path: Path) -> Iterator[None]:
    """After a test that failed, what it started must not go on."""
    yield
    for running in [*Running.started]:
        running.kill()
    for process in training_in(tmp_path):
        os.kill(process, signal.SIGKILL)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace that is the one commands work in."""
    folder = tmp_path / "workspace"
    done("init", str(folder))
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(folder))
    monkeypatch.chdir(tmp_path)
    for name in QUICK:
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(scope="session")
def story_once(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The whole story on two sources, in settings that make it short; nobody changes it."""
    place = tmp_path_factory.mktemp("story")
    workspace, elsewhere = place / "workspace", place / ELSEWHERE
    planted = place / PLANTED.file_name
    planted.write_text(PLANTED.text, encoding="utf-8")
    here = ("--workspace", str(workspace))
    said = {
        "ingest": done("ingest", str(SAMPLE), str(planted), *here),
        **{verb: done(verb, *here) for verb in ("analyze", "generate", "curate", "train")},
        "evaluate": done("evaluate", *here),
        "report": done("report", *here),
    }
    for name in FORMATS:
        done("export", "--format", name, *SPLITS, *here)
    done("export", "--format", "alpaca", *SPLITS, "--out", str(elsewhere), *here)
    return Story(workspace, elsewhere, said)


@pytest.fixture
def story(story_once: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    """A copy of it, in which commands work unless they are told otherwise."""
    copied = tmp_path / "workspace"
    shutil.copytree(story_once.workspace, copied)
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(copied))
    monkeypatch.chdir(tmp_path)
    yield story_once._replace(workspace=copied)
    shutil.rmtree(copied)
