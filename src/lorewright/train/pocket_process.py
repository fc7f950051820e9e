"""Making the pocket base in a process of its own, so that its memory goes when it is done."""

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

from lorewright import errors
from lorewright.errors import LorewrightError, TrainingFailed
from lorewright.settings import PocketSettings
from lorewright.train.events import Event, Listener
from lorewright.train.pocket import make_pocket

CHECK_S = 0.2
"""How often to ask whether it should go on."""


class _Trouble(NamedTuple):
    """An error as it crosses from one process to another."""

    kind: str
    sentence: str
    where: str | None
    hint: str | None


class _Lesson(NamedTuple):
    """What the process is to do."""

    texts: Sequence[str]
    folder: Path
    settings: PocketSettings
    threads: int


def make_pocket_apart(
    texts: Sequence[str],
    folder: Path,
    *,
    settings: PocketSettings,
    threads: int = 2,
    on_event: Listener = lambda _event: None,
    check: Callable[[], None] = lambda: None,
) -> None:
    """As `make_pocket`, in another process; that one ends with this one.

    `check` is called a few times a second; what it raises ends the other process.

    Raises:
        TrainingFailed: when the process died; other errors as it met them.
    """
    context = multiprocessing.get_context("spawn")
    hears, speaks = context.Pipe(duplex=False)
    process = context.Process(
        target=_work, args=(speaks, _Lesson(texts, folder, settings, threads)), daemon=True
    )
    _start_deaf(process)
    speaks.close()
    try:
        _listen(hears, on_event, check)
    finally:
        process.terminate()
        process.join()
        hears.close()
    if not folder.exists():
        raise TrainingFailed(
            "the process that makes the pocket base died",
            hint="often the system stops a process that takes too much memory; run the same "
            "command again",
        )


def _start_deaf(process: BaseProcess) -> None:
    """Start a process to which Ctrl-C means nothing, though it reaches the whole group.

    The parent decides what it means, and ends the process. What a thread blocks is blocked in
    what it starts, from its first moment.
    """
    resource_tracker.ensure_running()  # once it starts, it lets all signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _listen(hears: Connection, on_event: Listener, check: Callable[[], None]) -> None:
    while True:
        while not hears.poll(CHECK_S):
            check()
        try:
            said = hears.recv()
        except EOFError:
            return
        if isinstance(said, Event):
            on_event(said)
        else:
            trouble = _Trouble(*said)
            kind = getattr(errors, trouble.kind, TrainingFailed)
            raise kind(trouble.sentence, where=trouble.where, hint=trouble.hint)


def _work(speaks: Connection, lesson: _Lesson) -> None:
    try:
        make_pocket(
            lesson.texts,
            lesson.folder,
            settings=lesson.settings,
            threads=lesson.threads,
            on_event=speaks.send,
        )
    except LorewrightError as error:
        kind = type(error).__name__
        speaks.send(tuple(_Trouble(kind, error.sentence, error.where, error.hint)))
    except BrokenPipeError:
        pass  # whoever wanted the model is gone
    finally:
        speaks.close()
