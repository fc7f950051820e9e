"""Dealing keys so evenly that at every moment no two differ by more than one."""

from collections.abc import Iterator, Sequence
from itertools import count
from random import Random

LOOK_AHEAD = 4
"""So many keys of a deck are compared before one is taken."""


class Deck:
    """Keys by number, dealt again and again in an order of chance.

    Every key is dealt once before any is dealt a second time. A key of which there are some
    already joins when the others have caught up.

    Args:
        seed: what the order comes from.
        filled: of each key how many there are already.
    """

    def __init__(self, seed: str, filled: Sequence[int]) -> None:
        self.left: list[int] = []
        """What is dealt and not taken; look, and call `take`."""
        self._lot = Random(seed)  # noqa: S311 - no secret rests on it
        self._filled = filled
        self._level = min(filled)

    def deal(self) -> None:
        """Deal another round."""
        round_ = [one for one, there in enumerate(self._filled) if there <= self._level]
        chance = self._lot.random
        self.left += sorted(round_, key=lambda _key: chance())
        self._level += 1

    def take(self, key: int) -> None:
        """Take a key out of `left`, where it need not be any more."""
        try:
            self.left.remove(key)
        except ValueError:
            return


def in_turn(seed: str, filled: Sequence[int]) -> Iterator[int]:
    """Keys without end, each as often as the others before and after."""
    deck = Deck(seed, filled)
    while True:
        if not deck.left:
            deck.deal()
        yield deck.left.pop(0)


def by_quota(seed: str, quotas: Sequence[int]) -> Iterator[int]:
    """Each key as often as its quota says, in rounds."""
    lot = Random(seed)  # noqa: S311 - no secret rests on it
    for number in count():
        round_ = [one for one, quota in enumerate(quotas) if quota > number]
        if not round_:
            return
        lot.shuffle(round_)
        yield from round_
