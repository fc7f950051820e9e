"""Which scenarios of a proof are shown, and the file that holds all of them."""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import heappush, heappushpop
from pathlib import Path

from lorewright.evaluate.proof import ProofArm
from lorewright.flows.proof_pairs import as_line
from lorewright.pictures import ArmShown, PairShown, PairsShown

MOST = 60
"""Scenarios on the page; all of them stand in the file beside it."""


@dataclass(frozen=True, slots=True)
class ReadPairs:
    """What is left of all scenarios once each was read."""

    pairs: PairsShown
    differences: tuple[float, ...]
    """Of the ratings, tuned less prompted base, where both were rated and both answered."""
    longer_by: tuple[float, ...]
    """How many words longer the mean tuned answer is, for the same scenarios."""


def read_pairs(
    pairs: Iterable[PairShown], *, most: int = MOST, full: Path | None = None
) -> ReadPairs:
    """Read every scenario once: write it down, count it, and keep it where it is to be shown.

    Shown are those where the tuned arm is furthest behind and furthest ahead, a third each, and
    the first by name: nobody chooses them.

    Args:
        pairs: all scenarios in the order of their names.
        most: how many are shown.
        full: the file that gets a JSON line for each.
    """
    chosen = _Chosen(most)
    scenarios = answers = failed = 0
    differences: list[float] = []
    longer_by: list[float] = []
    with _writing(full) as write:
        for pair in pairs:
            write(pair)
            chosen.see(pair)
            scenarios += 1
            answers += sum(one.text is not None for arm in pair.arms for one in arm.replies)
            failed += sum(one.text is None for arm in pair.arms for one in arm.replies)
            longer = _longer(pair)
            if pair.difference is not None and longer is not None:
                differences.append(pair.difference)
                longer_by.append(longer)
    shown = chosen.in_order()
    return ReadPairs(
        PairsShown(
            shown=shown,
            scenarios=scenarios,
            answers=answers,
            failed=failed,
            how_chosen=_how(len(shown), scenarios),
            full=full.name if full else None,
        ),
        tuple(differences),
        tuple(longer_by),
    )


class _Chosen:
    """Keeps the few of many that may be shown, and never more than twice as many."""

    def __init__(self, most: int) -> None:
        self._most, self._third = most, most // 3
        self._seen = 0
        self._ahead: list[tuple[float, int, PairShown]] = []
        self._behind: list[tuple[float, int, PairShown]] = []
        self._named: list[PairShown] = []

    def see(self, pair: PairShown) -> None:
        """Keep it, or not."""
        self._seen += 1
        if len(self._named) < self._most:
            self._named.append(pair)
        if pair.difference is None:
            return
        left = self._push(self._behind, -pair.difference, pair)
        if left is not None and left.difference is not None:
            self._push(self._ahead, left.difference, left)

    def in_order(self) -> tuple[PairShown, ...]:
        """The furthest behind first, and those without a difference last."""
        kept = {one.scenario: one for *_, one in [*self._behind, *self._ahead]}
        for one in self._named:
            if len(kept) < self._most:
                kept.setdefault(one.scenario, one)
        return tuple(
            sorted(
                kept.values(),
                key=lambda one: (one.difference is None, one.difference or 0, one.scenario),
            )
        )

    def _push(
        self, heap: list[tuple[float, int, PairShown]], size: float, pair: PairShown
    ) -> PairShown | None:
        """Whoever has no place any more. Of equals the first stays."""
        entry = (size, -self._seen, pair)
        if len(heap) < self._third:
            heappush(heap, entry)
            return None
        return heappushpop(heap, entry)[2] if heap else pair


@contextmanager
def _writing(full: Path | None) -> Generator[Callable[[PairShown], None]]:
    if full is None:
        yield lambda _pair: None
        return
    with full.open("w", encoding="utf-8") as file:

        def write(pair: PairShown) -> None:
            file.write(f"{as_line(pair)}\n")

        yield write


def _longer(pair: PairShown) -> float | None:
    ours, theirs = (
        next((_words(one) for one in pair.arms if one.arm == arm), None)
        for arm in (ProofArm.TUNED, ProofArm.PROMPTED)
    )
    return None if ours is None or theirs is None else ours - theirs


def _words(arm: ArmShown) -> float | None:
    """Of its mean answer; None where nothing came."""
    lengths = [len(one.text.split()) for one in arm.replies if one.text is not None]
    return sum(lengths) / len(lengths) if lengths else None


def _how(shown: int, scenarios: int) -> str:
    if shown == scenarios:
        return "Every scenario, the one where the tuned adapter is furthest behind first."
    return (
        f"{shown:,} of {scenarios:,} scenarios: those where the tuned adapter is furthest behind "
        "and furthest ahead, a third each, and the first by name; the furthest behind first."
    )
