"""Turns in another language than the advisor's, without knowing any language."""

from collections import Counter
from collections.abc import Iterator, Sequence

from lorewright.similarity import words

COMMONEST = 60
"""The commonest words of a side are its grammar, whatever it speaks about."""
LEAST_SHARE = 0.12
"""Of the words of a text in the same language about 0.35 are among them, in another one below
0.05 unless the two are close relatives."""
LEAST_WORDS = 20
"""A shorter turn may have no grammar."""
LEAST_SAID = 100
"""An advisor who says less has not shown a grammar yet."""


def foreign_turns(turns: Sequence[tuple[str, str]]) -> Iterator[int]:
    """The places of turns with next to none of the words that the advisor has most of.

    An advisor's turn is held against what else it says: its own words would speak for it.

    Args:
        turns: the role and the words of each.
    """
    said = [words(text) for _, text in turns]
    by_advisor = [role == "assistant" for role, _ in turns]
    advisor = Counter[str]()
    for is_advisor, spoken in zip(by_advisor, said, strict=True):
        advisor.update(spoken if is_advisor else ())
    usual = _grammar(advisor)
    for place, (is_advisor, spoken) in enumerate(zip(by_advisor, said, strict=True)):
        if len(spoken) >= LEAST_WORDS and usual:
            grammar = _grammar(advisor - Counter(spoken)) if is_advisor else usual
            if grammar and sum(word in grammar for word in spoken) < LEAST_SHARE * len(spoken):
                yield place


def _grammar(said: Counter[str]) -> frozenset[str]:
    """The commonest words; none of somebody who has not said enough."""
    if said.total() < LEAST_SAID:
        return frozenset()
    return frozenset(word for word, _ in said.most_common(COMMONEST))
