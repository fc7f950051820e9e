"""Processes that work on runs, to be stopped, killed and looked at."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

from lorewright.settings import Settings
from lorewright.store import Workspace

PATIENCE_S = 120.0
TESTS = Path(__file__).parents[2]


class Process:
    """A command or a worker in a process of its own."""

    started: ClassVar[list["Process"]] = []

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        role: Literal["command", "worker"] = "worker",
        request: Mapping[str, Any] | None = None,
        takeover_s: float = 60.0,
    ) -> None:
        told = {
            "folder": str(workspace.folder),
            "database": settings.database,
            "role": role,
            "request": request,
            "takeover_s": takeover_s,
        }
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jobs.durable.program", json.dumps(told)],
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        signal.signal(signal.SIGINT, before)
        self.started.append(self)

    @property
    def pid(self) -> int:
        return self.process.pid

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self) -> tuple[int, str, str]:
        try:
            out, err = self.process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGUSR1)
            time.sleep(1)
            self.process.kill()
            pytest.fail("it does not end: {} {}".format(*self.process.communicate()))
        self.started.remove(self)
        return self.process.returncode, out, err

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.communicate()
        self.started.remove(self)


def until(condition: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    ends = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.02)
