"""Which scenarios are no independent witnesses, because they share where they come from.

A test over scenarios counts each as one witness. Two that come from the same case or are about
the same topic are less than two, so that a test has to know them as one family. Where it is
unclear whether two belong together they do: that costs some power, and the other mistake would
claim what is not there.
"""

from collections.abc import Hashable, Iterator, Sequence

from lorewright.evaluate.scenarios.draft import Draft
from lorewright.similarity import ngrams

LONG_RUN = 13
"""Two scenarios that share a run of so many words were not written apart."""
SOURCE, TOPIC, CELL = "source:", "topic:", "cell:"
"""How a family is called that nobody named."""


def families_of(drafts: Sequence[Draft]) -> list[str]:
    """The family of each draft, in order.

    A family that is named holds. Else what comes from the same source or is about the same
    topic is one family, all through: a and c are when both share something with b. Where
    neither is known, the same persona and arc are one. Whatever is named or not, a run of
    thirteen words in common makes one family of two. What shares nothing stands alone, under
    its own id.
    """
    joined = _Joined(len(drafts))
    for index, draft in enumerate(drafts):
        for key in (*_keys(draft), *_runs(draft)):
            joined.by(key, index)
    names: dict[int, tuple[int, str]] = {}
    for index, draft in enumerate(drafts):
        root = joined.root(index)
        names[root] = min(names.get(root, _name(draft)), _name(draft))
    return [names[joined.root(index)][1] for index in range(len(drafts))]


def _keys(draft: Draft) -> Iterator[Hashable]:
    if draft.family:
        yield "family", draft.family
        return
    if draft.source:
        yield SOURCE, draft.source
    if draft.topic:
        yield TOPIC, draft.topic
    if not draft.source and not draft.topic and draft.persona and draft.emotional_arc:
        yield CELL, draft.persona, draft.emotional_arc


def _runs(draft: Draft) -> Iterator[Hashable]:
    for message in draft.messages:
        for run in ngrams(message, LONG_RUN, whole=False):
            yield "run", run


def _name(draft: Draft) -> tuple[int, str]:
    """What a family may be called; of several the one that somebody gave, then the closest."""
    if draft.family:
        return 0, draft.family
    if draft.source:
        return 1, f"{SOURCE}{draft.source}"
    if draft.topic:
        return 2, f"{TOPIC}{draft.topic}"
    if draft.persona and draft.emotional_arc:
        return 3, f"{CELL}{draft.persona}/{draft.emotional_arc}"
    return 4, draft.scenario_id


class _Joined:
    """Numbers that are joined by what they have in common (union and find)."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))
        self._first: dict[Hashable, int] = {}

    def by(self, key: Hashable, index: int) -> None:
        """Join a number with the first that had this key."""
        one, other = self.root(self._first.setdefault(key, index)), self.root(index)
        self._above[max(one, other)] = min(one, other)

    def root(self, index: int) -> int:
        """The number that stands for all that are joined with this one."""
        while self._above[index] != index:
            self._above[index] = self._above[self._above[index]]
            index = self._above[index]
        return index
