"""Whether an answer is in the language of its document, without knowing any language."""

from collections import Counter
from functools import lru_cache

from lorewright.records import Document
from lorewright.similarity import words

COMMONEST = 60
"""The commonest words of a text are its grammar: they stand in all that is written in its
language, whatever it is about."""
LEAST_SHARE = 0.12
"""Of the words of a text in the same language about 0.35 are among them, in another one below
0.05 unless the two are close relatives."""
LEAST_WORDS = 12
"""A shorter answer may have no grammar."""
LEAST_DOCUMENT = 300
"""In a shorter document the commonest words are not yet its grammar."""


def is_in_the_language_of(document: Document, text: str) -> bool:
    """False when `text` holds next to none of the words that `document` holds most of.

    An answer of fewer than twelve words and a document of fewer than three hundred are given
    the benefit of the doubt.
    """
    said = words(text)
    common = _commonest(document.words)
    if len(said) < LEAST_WORDS or not common:
        return True
    return sum(word in common for word in said) >= LEAST_SHARE * len(said)


@lru_cache(maxsize=4)
def _commonest(text: str) -> frozenset[str]:
    said = words(text)
    if len(said) < LEAST_DOCUMENT:
        return frozenset()
    return frozenset(word for word, _ in Counter(said).most_common(COMMONEST))
