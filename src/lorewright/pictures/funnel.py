"""The funnel: what was asked for, what was turned down and why, what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from lorewright.errors import BadRecord
from lorewright.pictures.figures import counted, plain, share
from lorewright.pictures.lanes import Lanes
from lorewright.pictures.picture import Canvas, Picture, Table, Words, nothing_to_draw, picture

_MOST_REASONS = 9


@dataclass(frozen=True, slots=True)
class Losses:
    """How many candidates were lost for one reason."""

    reason: str
    """A key such as `near_duplicate`."""
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of every candidate."""

    requested: int
    accepted: int
    rejected: tuple[Losses, ...] = ()
    failed: int = 0

    def __post_init__(self) -> None:
        if self.requested != self.accepted + self.turned_down + self.failed:
            raise BadRecord(
                f"{self.requested} requested is not {self.accepted} accepted + "
                f"{self.turned_down} rejected + {self.failed} failed"
            )

    @property
    def turned_down(self) -> int:
        """Rejected for any reason."""
        return sum(lost.count for lost in self.rejected)


class _Step(NamedTuple):
    name: str
    candidates: int
    class_: str


def funnel(counts: Counts, *, key: str = "funnel") -> Picture:
    """Draw how the candidates became fewer, one step per reason, largest first."""
    lost = sorted(counts.rejected, key=lambda one: (-one.count, one.reason))
    rejected = [_Step(f"Rejected: {plain(one.reason)}", one.count, "bar-lost") for one in lost]
    words = Words(
        "From candidates to examples",
        "Bars from top to bottom: everything requested, what each reason takes away, and what "
        "is accepted.",
        _reading(counts, lost),
    )
    table = Table(
        "What became of every candidate",
        ("Step", "Candidates", "Share"),
        tuple(
            (step.name, f"{step.candidates:,}", share(step.candidates, counts.requested))
            for step in _steps(counts, rejected)
        ),
    )
    drawn = _steps(counts, _few(rejected))
    return picture(key, words, table, lambda canvas: _draw(canvas, drawn))


def _reading(counts: Counts, lost: Sequence[Losses]) -> str:
    failed = f" + {counts.failed:,} failed" if counts.failed else ""
    reading = (
        f"{counts.requested:,} requested = {counts.accepted:,} accepted + "
        f"{counts.turned_down:,} rejected{failed}; "
        f"{share(counts.accepted, counts.requested)} accepted."
    )
    if lost:
        reading += f" The most frequent reason: {plain(lost[0].reason)} ({lost[0].count:,})."
    return reading


def _steps(counts: Counts, rejected: Sequence[_Step]) -> list[_Step]:
    failed = [_Step("Failed", counts.failed, "bar-failed")] if counts.failed else []
    return [
        _Step("Requested", counts.requested, "bar-whole"),
        *rejected,
        *failed,
        _Step("Accepted", counts.accepted, "bar-kept"),
    ]


def _few(rejected: list[_Step]) -> list[_Step]:
    """At most `_MOST_REASONS` steps: the rarest reasons become one."""
    if len(rejected) <= _MOST_REASONS:
        return rejected
    shown, rest = rejected[: _MOST_REASONS - 1], rejected[_MOST_REASONS - 1 :]
    together = f"Rejected: {counted(len(rest), 'other reason')}"
    return [*shown, _Step(together, sum(step.candidates for step in rest), "bar-lost")]


def _draw(canvas: Canvas, steps: list[_Step]) -> tuple[Markup, float]:
    whole = steps[0].candidates
    if not whole:
        return nothing_to_draw("Nothing was requested.")
    lanes = Lanes(canvas, top=4)
    scale, left, drawn = lanes.scale(whole), whole, Markup("")
    for row, (name, count, class_) in enumerate(steps):
        is_lost = 0 < row < len(steps) - 1
        start = left - count if is_lost else 0
        drawn += lanes.words(row, name, f"{count:,} · {share(count, whole)}")
        drawn += lanes.bar(row, scale(start), scale(start + count), class_=class_)
        left = start if is_lost else left
    return drawn, lanes.bottom(len(steps))
