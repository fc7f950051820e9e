"""The imperative shell round the verbs: one piece of work after the other, each kept at once."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field

from lorewright.errors import LorewrightError, OutsideError, StorageError
from lorewright.jobs.report import Progress, Report, Step, Watch, reasons
from lorewright.lineage import Ref
from lorewright.records import Record
from lorewright.store import (
    Making,
    MemoKey,
    RunItem,
    RunState,
    Store,
    add_run_item,
    begin_run,
    end_run,
    memo_key,
    seconds,
)

AHEAD = 64
"""The most pieces of work that are begun and not settled."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work: what goes in, and the work itself.

    Inputs may be named late, for work that first has to bring its input in.
    """

    label: str
    begin: Callable[[], "Prepared"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A piece whose inputs are known, so that it can be looked up before it is done."""

    inputs: tuple[Ref, ...]
    work: Callable[[], Iterable[Record]]
    weight: int = 1
    """How much of the whole it is, in the unit of the progress bar."""


def run(
    pieces: Iterable[Piece],
    *,
    step: Step,
    store: Store,
    watch: Watch = lambda _progress: None,
    ahead: int = AHEAD,
) -> Report:
    """Do every piece once; keep what it makes, and keep going when one fails.

    Pieces are pulled lazily, and what a piece makes is committed together with the memo that
    it was done, so a run that is cut off at any point goes on where it was. Only a failure of
    something all pieces need (the disk, the database) ends the run.

    Args:
        pieces: the work.
        step: what is done.
        store: where what is made is kept.
        watch: is told of each piece.
        ahead: the most pieces that are begun and not settled; few where each is large.

    Raises:
        OutsideError: when the store fails.
    """
    current, started = _Run(step, store, watch, ahead), time.monotonic()
    try:
        for piece in pieces:
            current.start(piece)
        current.settle(down_to=0)
    except BaseException:
        with suppress(StorageError):  # when the store is what failed, that is told already
            current.end("interrupted")
        raise
    report = current.report
    report.rejected.update(reasons(report.made, store))
    report.took_s = time.monotonic() - started
    current.end("partial" if report.failed else "done")
    return report


@dataclass(slots=True)
class _Started:
    """A piece that is done, or found done, and whose commit may still be under way."""

    label: str
    weight: int = 1
    memo: MemoKey | None = None
    made: list[Ref] = field(default_factory=list[Ref])
    commit: Future[None] | None = None
    error: LorewrightError | None = None

    @property
    def is_ready(self) -> bool:
        return self.commit is None or self.commit.done()


class _Run:
    """One run while it lasts."""

    def __init__(self, step: Step, store: Store, watch: Watch, ahead: int) -> None:
        self.report = Report(step.name)
        self._step = step
        self._store = store
        self._watch = watch
        self._ahead = ahead
        self._number = begin_run(store, step.name)
        self._started: deque[_Started] = deque()
        self._notes: deque[Future[None]] = deque()
        self._settled = 0

    def start(self, piece: Piece) -> None:
        self.settle(down_to=self._ahead - 1)
        self.report.pieces += 1
        self._started.append(self._do(piece))

    def settle(self, *, down_to: int) -> None:
        """Settle what is committed, and wait for commits until `down_to` pieces are left."""
        while self._started and (len(self._started) > down_to or self._started[0].is_ready):
            self._settle(self._started.popleft())
        while self._notes and (down_to == 0 or self._notes[0].done()):
            self._notes.popleft().result()

    def end(self, state: RunState) -> None:
        end_run(self._store, self._number, state)

    def _do(self, piece: Piece) -> _Started:
        began = time.monotonic()
        try:
            ready = piece.begin()
            memo = memo_key(
                self._step.name,
                code=self._step.code,
                inputs=ready.inputs,
                recipe=self._step.recipe,
            )
            known = self._store.memo(memo)
            if known is not None:
                return _Started(piece.label, ready.weight, memo, known)
            records = list(ready.work())
            making = Making(self._step.name, seconds(time.monotonic() - began))
            commit = self._store.submit(records, memo=memo, making=making)
        except OutsideError:
            raise
        except LorewrightError as error:
            return _Started(piece.label, error=error)
        made = [record.ref for record in records]
        return _Started(piece.label, ready.weight, memo, made, commit)

    def _settle(self, one: _Started) -> None:
        error = one.error or _commit_error(one)
        if error is not None:
            one.made.clear()
            self.report.failed.append((one.label, error))
            item = RunItem(one.label, "failed", error.sentence)
        else:
            self.report.count(one.made, names=True)
            self.report.again += one.commit is None
            item = RunItem(one.label, "again" if one.commit is None else "made", memo=one.memo)
        self._notes.append(add_run_item(self._store, self._number, self._settled, item))
        self._settled += 1
        self._watch(Progress(one.label, one.weight, len(one.made)))


def _commit_error(one: _Started) -> LorewrightError | None:
    """What the store has against this piece alone, such as a parent that is not there."""
    try:
        if one.commit is not None:
            one.commit.result()
    except OutsideError:
        raise
    except LorewrightError as error:
        return error
    return None
