"""What a document tells about its words: names, terms, and nouns too common to ask about."""

import re
from collections import Counter
from functools import lru_cache

from lorewright.generate.extractive.tokens import is_listed, listed_tag

_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
_MID_NAME = re.compile(r"(?<=[a-z,] )[A-Z][^\W\d_]+")
_COMMON = 12
"""So many of the most frequent nouns of a document are too wide to ask about alone."""


class Vocabulary:
    """Counts over one document, made once."""

    def __init__(self, text: str) -> None:
        self._counts = Counter(_WORD.findall(text))
        self._names = Counter(_MID_NAME.findall(text))
        self._text = re.sub(r"\s+", " ", text.lower())
        nouns = Counter(
            {
                word: count
                for word, count in self._counts.items()
                if len(word) > 2 and word.islower() and (listed_tag(word) or "").startswith("NN")
            }
        )
        self._common = {_stem(word) for word, _ in nouns.most_common(_COMMON)}

    def is_name(self, word: str) -> bool:
        """Whether a capitalised word is a name rather than the first word of a sentence."""
        small = self._counts[word.lower()]
        if small:
            return self._names[word] > 3 * small
        return self._names[word] > 0 or not is_listed(word.lower())

    def is_common(self, noun: str) -> bool:
        """Whether a noun is among the most frequent of the document."""
        return _stem(noun.lower()) in self._common

    def uses(self, phrase: str) -> int:
        """How many times the document uses a phrase, article or no article."""
        bare = re.sub(r"^(?:an?|the)\s+", "", phrase.lower())
        return self._text.count(bare)


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


@lru_cache(maxsize=4)
def vocabulary_of(text: str) -> Vocabulary:
    """The vocabulary of a document; kept for the documents read last."""
    return Vocabulary(text)
