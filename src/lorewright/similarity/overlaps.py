"""How much of each of some texts stands in a stream of other texts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from lorewright.similarity.ngrams import ngrams


class Overlaps:
    """Finds the n-grams of watched texts in whatever is read.

    Memory grows with the texts that are watched, not with those that are read: watch the
    smaller side.

    Args:
        watched: each a text in parts, such as a question and an answer; no n-gram goes from
            one part to the next.
        n: words per n-gram.
        whole: whether a part of fewer words counts as one n-gram.
    """

    def __init__(self, watched: Sequence[Iterable[str]], n: int, *, whole: bool = True) -> None:
        self._n = n
        self._whole = whole
        self._owners: defaultdict[str, list[int]] = defaultdict(list)
        self._grams = [0] * len(watched)
        self._found = [0] * len(watched)
        self._readers = [Counter[str]() for _ in watched]
        for index, parts in enumerate(watched):
            own = {gram for part in parts for gram in ngrams(part, n, whole=whole)}
            self._grams[index] = len(own)
            for gram in own:
                self._owners[gram].append(index)

    def read(self, text: str, *, label: str) -> None:
        """Look for everything watched in `text`, which is known by `label`."""
        for gram in ngrams(text, self._n, whole=self._whole) & self._owners.keys():
            for index in self._owners.pop(gram):  # each n-gram counts once
                self._found[index] += 1
                self._readers[index][label] += 1

    def containment(self, index: int) -> float:
        """The share of the n-grams of watched text `index` that were read; 0 if it has none."""
        return self._found[index] / self._grams[index] if self._grams[index] else 0.0

    def first_reader(self, index: int) -> str | None:
        """The label of the first text that held any n-gram of watched text `index`."""
        return next(iter(self._readers[index]), None)

    def main_reader(self, index: int) -> str | None:
        """The label of the text that held the most of its n-grams, which no earlier one did."""
        held = self._readers[index]
        return max(held, key=held.__getitem__) if held else None
