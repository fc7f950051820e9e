"""Keys and lines that somebody types at a terminal."""

import os
import sys
import termios
import tty
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import click

INTERRUPT, END = "\x03", "\x04"
ESCAPE = b"\x1b"


class Keys:
    """What is typed: keys one by one, even when they come faster than they are asked for.

    Between `listening` and its end the terminal hands over every key at once and shows none,
    so that no key is lost while a decision is being kept.
    """

    def __init__(self) -> None:
        self._typed: deque[str] = deque()
        self._terminal = sys.stdin.fileno()
        self._before: list[Any] = []

    @contextmanager
    def listening(self) -> Generator[None]:
        """Take keys as they come; afterwards the terminal is as it was."""
        self._before = termios.tcgetattr(self._terminal)
        try:
            self._listen()
            yield
        finally:
            self._rest()

    @contextmanager
    def resting(self) -> Generator[None]:
        """Leave the terminal to somebody else in between: a line, an editor.

        What was typed ahead is let go, since it was meant for something else.
        """
        self._typed.clear()
        termios.tcflush(self._terminal, termios.TCIFLUSH)
        self._rest()
        try:
            yield
        finally:
            self._listen()

    def next(self) -> str:
        """The next key; empty when the terminal has gone or somebody says it is the end.

        Raises:
            KeyboardInterrupt: on Ctrl-C.
        """
        while not self._typed:
            try:
                typed = os.read(self._terminal, 64)
            except OSError:  # how Linux says that the terminal has gone
                return ""
            if not typed:
                return ""
            if not typed.startswith(ESCAPE):  # arrows and the like mean nothing here
                self._typed.extend(typed.decode(errors="replace"))
        key = self._typed.popleft()
        if key == INTERRUPT:
            raise KeyboardInterrupt
        return "" if key == END else key

    def line(self, prompt: str) -> str:
        """A line of words.

        Raises:
            Abort: on Ctrl-C, and when the terminal has gone.
        """
        with self.resting():
            said = click.prompt(prompt, default="", show_default=False, err=True)
        return str(said).strip()

    def _listen(self) -> None:
        tty.setcbreak(self._terminal, termios.TCSANOW)
        mode = termios.tcgetattr(self._terminal)
        # Ctrl-C comes as a key: no decision is cut off while it is being kept.
        mode[tty.LFLAG] &= ~termios.ISIG
        termios.tcsetattr(self._terminal, termios.TCSANOW, mode)

    def _rest(self) -> None:
        termios.tcsetattr(self._terminal, termios.TCSANOW, self._before)
