"""A command at a pseudo-terminal, as somebody sits before one."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from cli.program import QUICK

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """Types keys, and waits for words on the screen."""

    def __init__(self, *words: str, settings: Mapping[str, str] | None = None) -> None:
        self._here, there = pty.openpty()
        self._seen = ""
        self._raw = b""
        # What the shell starts in the background ignores Ctrl-C, and so would its children.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lorewright", *words],
            env={**os.environ, **QUICK, "TERM": "xterm", "COLUMNS": "100", **(settings or {})},
            stdin=there,
            stdout=there,
            stderr=there,
            start_new_session=True,
        )
        signal.signal(signal.SIGINT, before)
        os.close(there)

    def see(self, words: str, *, seconds: float = 60.0) -> str:
        """Wait until `words` come up, and give what was shown up to their end."""
        ends = time.monotonic() + seconds
        while words not in self._seen:
            assert time.monotonic() < ends, f"{words!r} was never shown; {self._seen!r} was"
            assert self._read(), f"the program ended without {words!r}; it said {self._seen!r}"
        before, _, self._seen = self._seen.partition(words)
        return before + words

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._here, keys.encode())

    def interrupt(self, *, seconds: float = 60.0) -> None:
        """What the shell does for Ctrl-C, once the program waits for a key.

        Between the last look of an interpreter for signals and its call to read there is a moment
        in which a signal is noted and ends no call; a person presses again, a test waits.
        """
        ends = time.monotonic() + seconds
        before, now = ("", ""), self._sleeps()
        while before != now or now[0] != "S":
            assert time.monotonic() < ends, f"the program never waited; it said {self._seen!r}"
            time.sleep(0.2)
            before, now = now, self._sleeps()
        self.process.send_signal(signal.SIGINT)

    def end(self, *, seconds: float = 120.0) -> tuple[int, str]:
        """Wait for the end: the exit code, and what was shown since the last look."""
        ends = time.monotonic() + seconds
        while self._read():
            if time.monotonic() > ends:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"the program did not end; it said {self._seen!r}")
        os.close(self._here)
        return self.process.wait(30), self._seen

    def _sleeps(self) -> tuple[str, str]:
        """The state of the process, `S` while it waits, and how often it went to sleep so far."""
        told = Path(f"/proc/{self.process.pid}/status").read_text()
        fields = dict(line.split(":", 1) for line in told.splitlines())
        return fields["State"].split()[0], fields["voluntary_ctxt_switches"].strip()

    def _read(self) -> bool:
        ready, _, _ = select.select([self._here], [], [], 1.0)
        if not ready:
            return True
        try:
            found = os.read(self._here, 4096)
        except OSError:  # how Linux says that nobody is at the other side any more
            return False
        self._raw += found
        whole = self._raw.decode(errors="ignore")
        self._raw = b""
        self._seen += _ESCAPES.sub("", whole).replace("\r\n", "\n")
        return bool(found)
