"""The program as tests run it: words in; exit code, results and messages out."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest

from lorewright.cli import main

QUICK = {
    "LOREWRIGHT_TRAINING__POCKET__STEPS": "15",
    "LOREWRIGHT_TRAINING__EPOCHS": "1",
    "LOREWRIGHT_TRAINING__FORCE": '["too-few-steps"]',
    "LOREWRIGHT_EVALUATION__PERMUTATIONS": "200",
    "LOREWRIGHT_EVALUATION__PROOF__PERMUTATIONS": "200",
    "LOREWRIGHT_EVALUATION__PROOF__ANSWERS__TOKENS": "8",
}
"""Settings that make training and testing short; the code is the same."""

PATIENCE_S = 400.0
"""For a machine that is busy with other things."""

SAMPLE = Path(__file__).parents[2] / "src" / "lorewright" / "samples" / "handbook.md"


class Said(NamedTuple):
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> dict[str, Any]:
        """The one JSON object on stdout; two, or anything beside it, are an error."""
        return json.loads(self.out)


def lorewright(*words: str, settings: Mapping[str, str] | None = None) -> Said:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as environment, redirect_stdout(out), redirect_stderr(err):
        for name, value in {**QUICK, **(settings or {})}.items():
            environment.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main(list(words))
    code = ended.value.code
    assert isinstance(code, int)
    return Said(code, out.getvalue(), err.getvalue())


def done(*words: str, settings: Mapping[str, str] | None = None) -> Said:
    """Run a command that must end with 0."""
    said = lorewright(*words, settings=settings)
    assert said.code == 0, said
    return said


def told(*words: str, settings: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a command that must end with 0 tells other programs."""
    return done(*words, "--json", settings=settings).told


class Running:
    """A command in a process of its own, at the head of its own group as in a terminal."""

    started: ClassVar[list["Running"]] = []
    """Those that may still run, for whoever cleans up after a test that failed."""

    def __init__(self, *words: str, settings: Mapping[str, str] | None = None) -> None:
        # What the shell starts in the background ignores Ctrl-C, and so would its children.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lorewright", *words],
            env={**os.environ, **QUICK, **(settings or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        signal.signal(signal.SIGINT, before)
        self.started.append(self)

    def interrupt(self) -> None:
        """What Ctrl-C does: the whole group hears it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def wait(self, seconds: float = PATIENCE_S) -> Said:
        """Let it end."""
        out, err = self.process.communicate(timeout=seconds)
        self.started.remove(self)
        return Said(self.process.returncode, out, err)

    def kill(self) -> None:
        """End it and all that it started in its group."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()
        self.started.remove(self)


def until(condition: Callable[[], bool], *, seconds: float = PATIENCE_S) -> None:
    """Wait for something to become true."""
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.02)


def training_in(workspace: Path) -> list[int]:
    """The processes that train in a workspace."""
    found: list[int] = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"lorewright.train.run" in words and any(
                word.startswith(os.fsencode(workspace)) for word in words
            ):
                found.append(int(folder.name))
    return found
