"""How near training comes to what is held out, and what it comes least near to."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from lorewright.errors import MissingExtra
from lorewright.measures.leakage import Held

_AT_ONCE = 512


class Neighbour(NamedTuple):
    """A held-out text and the training text that is most alike."""

    held_out: str
    trained: str
    """Empty where nothing that is trained on has a feature in common."""
    cosine: float
    """Of TF-IDF over characters, from 0 to 1; of the two most alike parts."""


class HoldOutReach(NamedTuple):
    """The nearest training text of everything that is held out."""

    neighbours: tuple[Neighbour, ...]
    """In the order of the held-out texts."""

    @property
    def farthest(self) -> Neighbour:
        """What training says least about: a result there is about something new."""
        return min(self.neighbours, key=lambda one: one.cosine)

    @property
    def nearest(self) -> Neighbour:
        """What comes nearest to a leak."""
        return max(self.neighbours, key=lambda one: one.cosine)

    @property
    def mean(self) -> float:
        """Of the cosines."""
        return sum(one.cosine for one in self.neighbours) / len(self.neighbours)


def hold_out_reach(held_out: Sequence[Held], trained: Iterable[Held]) -> HoldOutReach | None:
    """Find the nearest neighbour in training of each held-out text, by its characters.

    A leak is looked for at the near end. The far end says how much of what is tested training
    covers at all: where even the farthest is near, a test says nothing about new cases.

    Args:
        held_out: the smaller side; it is held in memory.
        trained: read once, some at a time.

    Returns:
        None without any held-out text that has a part.

    Raises:
        MissingExtra: when numpy or scikit-learn is not installed.
    """
    names = [one.name for one in held_out for _ in one.parts]
    if not names:
        return None
    try:
        from lorewright.measures.likeness import Nearest
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"comparing texts needs {error.name}", hint='pip install "lorewright[prove]"'
        ) from error
    nearest = Nearest([part for one in held_out for part in one.parts])
    rest = iter(trained)
    while batch := list(islice(rest, _AT_ONCE)):
        nearest.read([(one.name, part) for one in batch for part in one.parts])
    best: dict[str, Neighbour] = {}
    for name, cosine, label in zip(names, nearest.best, nearest.labels, strict=True):
        if name not in best or cosine > best[name].cosine:
            best[name] = Neighbour(name, label, cosine)
    return HoldOutReach(tuple(best.values()))
