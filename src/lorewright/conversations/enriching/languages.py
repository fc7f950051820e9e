"""Turns in another language than the advisor's, without knowing any language."""

import re
from collections.abc import Iterator, Sequence

BEGINNING = 600
"""Characters of a turn that are looked at: a language shows early, and every turn is looked at."""
LEAST_SHARE = 0.12
"""Of the words of a turn in the advisor's language a third or more stand in what the advisor says
elsewhere, its grammar above all; in another language next to none but names."""
LEAST_WORDS = 20
"""A shorter turn may have no grammar."""
LEAST_SAID = 100
"""Words. An advisor who says less has not shown a grammar yet."""
_WORD = re.compile(r"[^\W\d_]+")


def foreign_turns(turns: Sequence[tuple[str, str]]) -> Iterator[int]:
    """The places of turns with next to none of the words that the advisor says elsewhere.

    Args:
        turns: the role and the words of each.
    """
    said = [_WORD.findall(text[:BEGINNING].lower()) for _, text in turns]
    by_advisor = [role == "assistant" for role, _ in turns]
    answers = [words for words, is_advisor in zip(said, by_advisor, strict=True) if is_advisor]
    total = sum(map(len, answers))
    once, twice = set[str](), set[str]()
    for words in map(set, answers):
        twice |= once & words
        once |= words
    for place, (words, is_advisor) in enumerate(zip(said, by_advisor, strict=True)):
        # An answer stands in itself; held against the others, its words must be in two of them.
        elsewhere, known = (total - len(words), twice) if is_advisor else (total, once)
        if len(words) >= LEAST_WORDS and elsewhere >= LEAST_SAID:
            shared = sum(map(known.__contains__, words))
            if shared < LEAST_SHARE * len(words):
                yield place
