"""How much of each of some texts stands in a stream of other texts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lorewright.similarity.ngrams import ngrams

_PLACES = 8
"""Of the table for each n-gram that is watched, about: so few places are taken by two."""
_LETTERS = 4
"""Of the shortest words that a usual text has in the mean."""
_FEWEST, _MOST = 1 << 16, 1 << 28
_BEYOND = 31
"""Bits of a hash that the second place is not told by."""


class _Found(NamedTuple):
    share: float
    readers: Counter[int]


class Overlaps:
    """Finds the n-grams of watched texts in whatever is read.

    Memory grows with the texts that are watched, two to four bytes for each of their characters,
    and hardly with those that are read: watch the smaller side. What is watched is gone through
    twice, so that no n-gram of it is kept: first a table notes where the hashes of all its
    n-grams point to; of what is read only n-grams that point there as well are remembered; and
    when something is asked for about a watched text, its n-grams are looked up among these.

    Args:
        watched: each a text in parts, such as a question and an answer; no n-gram goes from
            one part to the next.
        n: words per n-gram.
        whole: whether a part of fewer words counts as one n-gram.
    """

    def __init__(self, watched: Sequence[Sequence[str]], n: int, *, whole: bool = True) -> None:
        self._watched = watched
        self._n = n
        self._whole = whole
        self._labels: dict[int, str] = {}
        self._readers: dict[str, int] = {}
        self._asked: tuple[int, _Found] | None = None
        letters = sum(len(part) for parts in watched for part in parts)
        size = 1 << (_PLACES * letters // _LETTERS).bit_length()
        self._table = bytearray(min(max(size, _FEWEST), _MOST))
        self._mask = len(self._table) - 1
        for parts in watched:
            for gram in self._grams(parts):
                place = hash(gram)
                self._table[place & self._mask] |= 1
                self._table[place >> _BEYOND & self._mask] |= 2

    def read(self, text: str, *, label: str) -> None:
        """Look for everything watched in `text`, which is known by `label`."""
        table, mask = self._table, self._mask
        held = [
            gram
            for gram in ngrams(text, self._n, whole=self._whole)
            if table[hash(gram) & mask] & 1 and table[hash(gram) >> _BEYOND & mask] & 2
        ]
        if held:
            self._asked = None
            number = len(self._labels)
            self._labels[number] = label
            for gram in held:  # each n-gram counts once
                self._readers.setdefault(gram, number)

    def containment(self, index: int) -> float:
        """The share of the n-grams of watched text `index` that were read; 0 if it has none."""
        return self._found(index).share

    def first_reader(self, index: int) -> str | None:
        """The label of the first text that held any n-gram of watched text `index`."""
        readers = self._found(index).readers
        return self._labels[min(readers)] if readers else None

    def main_reader(self, index: int) -> str | None:
        """The label of the text that held the most of its n-grams, which no earlier one did."""
        readers = self._found(index).readers
        if not readers:
            return None
        return self._labels[min(readers, key=lambda number: (-readers[number], number))]

    def _found(self, index: int) -> _Found:
        if self._asked is None or self._asked[0] != index:
            self._asked = index, self._look_up(index)
        return self._asked[1]

    def _look_up(self, index: int) -> _Found:
        if not self._readers:
            return _Found(0.0, Counter())
        own = set(self._grams(self._watched[index]))
        readers = Counter(self._readers[gram] for gram in own & self._readers.keys())
        return _Found(readers.total() / len(own) if own else 0.0, readers)

    def _grams(self, parts: Sequence[str]) -> Iterator[str]:
        for part in parts:
            yield from ngrams(part, self._n, whole=self._whole)
