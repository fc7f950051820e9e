"""Training jobs on a screen while they run: a live table on a terminal, lines elsewhere."""

import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

from lorewright.cli.face import Face
from lorewright.cli.job_lines import in_short
from lorewright.cli.run import span
from lorewright.flows.training_jobs import JobView, history_of
from lorewright.store import Store

if TYPE_CHECKING:
    from rich.console import RenderableType

SAID_EVERY_S = 10.0
BARS = "▁▂▃▄▅▆▇█"
WIDTH = 32
"""Bars of a sparkline, and of the progress beside it."""

Tell = Callable[[Sequence[JobView]], None]


@contextmanager
def watching_jobs(face: Face, store: Store) -> Generator[Tell]:
    """Something to be told how jobs stand, twice a second."""
    if face.quiet:
        yield lambda _views: None
    elif sys.stderr.isatty():
        with _live(store) as tell:
            yield tell
    else:
        yield _lines(face)


def sparkline(values: Sequence[float], *, width: int = WIDTH) -> str:
    """Numbers as bars, the last `width` means of equal parts; the highest is the full bar."""
    if not values:
        return ""
    count = min(width, len(values))
    edges = [len(values) * part // count for part in range(count + 1)]
    means = [sum(values[start:end]) / (end - start) for start, end in pairwise(edges)]
    low, high = min(means), max(means)
    spread = high - low or 1.0
    return "".join(BARS[round((mean - low) / spread * (len(BARS) - 1))] for mean in means)


def _lines(face: Face) -> Tell:
    said: dict[str, tuple[float, str, str]] = {}

    def tell(views: Sequence[JobView]) -> None:
        for view in views:
            line = f"{view.job.id}: {view.state}, {in_short(view)}"
            at, state, before = said.get(view.job.id, (float("-inf"), "", ""))
            is_due = time.monotonic() - at >= SAID_EVERY_S and line != before
            if is_due or view.state != state:
                said[view.job.id] = (time.monotonic(), view.state, line)
                face.note(line)

    return tell


@contextmanager
def _live(store: Store) -> Generator[Tell]:
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), refresh_per_second=4, transient=True) as screen:
        losses = _Losses(store)

        def tell(views: Sequence[JobView]) -> None:
            screen.update(jobs_on_screen(views, {view.job.id: losses.of(view) for view in views}))

        yield tell


class _Losses:
    """The loss of every step so far, read on from where it was read to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: dict[str, dict[int, float]] = {}

    def of(self, view: JobView) -> list[float]:
        seen = self._seen.setdefault(view.job.id, {})
        for step in history_of(self._store, view.job.id, since=max(seen, default=-1)):
            if step.loss is not None:
                seen[step.step] = step.loss
        return [seen[step] for step in sorted(seen)]


def jobs_on_screen(views: Sequence[JobView], losses: dict[str, list[float]]) -> "RenderableType":
    """One row for each job: progress in loss tokens, loss, pace, time left and cost."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE)
    for heading in ("job", "state", "loss tokens", "loss", "held out", "tokens/s", "left", "cost"):
        table.add_column(heading, no_wrap=heading != "loss")
    for view in views:
        job = view.job
        table.add_row(
            job.id,
            view.state,
            _progress(view),
            f"{sparkline(losses[job.id])} {_number(job.loss, 3)}".strip(),
            _number(job.held_out_loss, 3),
            _number(job.tokens_per_s, 0),
            span(view.eta_s) if view.eta_s else "",
            f"${view.cost_usd:.4f}",
        )
    return table


def _progress(view: JobView) -> str:
    done, of = view.job.loss_tokens, view.job.total_loss_tokens
    if view.progress is None or not of:
        return ""
    filled = round(view.progress * 10)
    return f"{'█' * filled}{'░' * (10 - filled)} {view.progress:.0%} of {of:,}" if done else "0 %"


def _number(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:,.{places}f}"
