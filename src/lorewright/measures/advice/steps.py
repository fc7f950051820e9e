"""E1 and E2: what to do next, and by when."""

import re

from lorewright.measures.advice.lexicon import Lexicon
from lorewright.measures.advice.metric import Measurement
from lorewright.measures.advice.reading import Reading, Sentence, words_of

_CLAUSE = re.compile(r"[;:\u2014\u2013]|\s-\s|,\s(?=then\s|and then\s)")
"""What an imperative may stand behind within a sentence."""
MOST_OPENERS = 2
"""Words such as `then` or `please` that may stand before the verb."""


def concrete_steps(reading: Reading, known: Lexicon) -> Measurement:
    """E1: clauses that tell the reader to do something, and numbered items.

    A numbered item that tells something is one step. Questions tell nothing. A step too many
    counts as one too few: a general-purpose model lists a dozen of them.
    """
    found: list[str] = []
    for sentence in reading.sentences:
        told = imperatives(sentence, known)
        found += told
        if sentence.is_numbered and not told:
            found.append(sentence.text)
    return Measurement(float(len(found)), tuple(found))


def timeframes(reading: Reading, known: Lexicon) -> Measurement:
    """E2: expressions of time, such as `this week` or `within 30 days`."""
    found = tuple(
        " ".join(sentence.words[hit.start : hit.end])
        for sentence in reading.sentences
        for hit in known.times.find(sentence.words)
    )
    return Measurement(float(len(found)), found)


def imperatives(sentence: Sentence, known: Lexicon) -> list[str]:
    """The clauses of a sentence that begin with a verb in the imperative."""
    if sentence.text.rstrip("\"')*_ ").endswith("?"):
        return []
    return [
        clause.strip()
        for clause in _CLAUSE.split(sentence.text)
        if _is_imperative(words_of(clause[:80]), known)
    ]


def _is_imperative(words: tuple[str, ...], known: Lexicon) -> bool:
    skipped = 0
    while skipped < min(MOST_OPENERS, len(words)) and words[skipped] in known.openers:
        skipped += 1
    return words[skipped : skipped + 1] != () and words[skipped] in known.imperative_verbs
