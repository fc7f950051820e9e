"""How much of what is taught stands in what is cited."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lorewright.measures.advice.numbers import untraced
from lorewright.prose import sentences
from lorewright.similarity import words

LEAST_CONTAINED = 0.6
"""So much of a sentence's words must stand in one cited passage."""
MOST_LISTED = 50

_PARAGRAPH = re.compile(r"[^\n]+")
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"')\]]++", re.IGNORECASE)
_FUNCTION_WORDS = frozenset({
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be",
    "because", "been", "before", "being", "between", "both", "but", "by", "can", "could", "d",
    "did", "do", "does", "doing", "don", "down", "each", "few", "for", "from", "further", "had",
    "has", "have", "having", "he", "her", "here", "hers", "him", "his", "how", "i", "if", "in",
    "into", "is", "it", "its", "itself", "just", "ll", "m", "may", "me", "might", "more",
    "most", "must", "my", "no", "nor", "not", "now", "of", "off", "on", "once", "only", "or",
    "other", "our", "ours", "out", "over", "own", "re", "s", "same", "shall", "she", "should",
    "so", "some", "such", "t", "than", "that", "the", "their", "theirs", "them", "then",
    "there", "these", "they", "this", "those", "through", "to", "too", "under", "until", "up",
    "upon", "us", "ve", "very", "was", "we", "were", "what", "when", "where", "which", "while",
    "who", "whom", "why", "will", "with", "would", "you", "your", "yours",
})  # fmt: skip
"""Words that say nothing about what a sentence is about."""


class Taught(NamedTuple):
    """An answer that is taught and the passages that it cites."""

    name: str
    answer: str
    passages: tuple[str, ...]


class Loose(NamedTuple):
    """A sentence that no cited passage carries."""

    name: str
    sentence: str
    contained: float
    """The largest share of its words in one passage."""


class Groundedness(NamedTuple):
    """How much of a set's sentences stands in what they cite."""

    sentences: int
    """Those with words that say something."""
    grounded: int
    skipped: int
    """Those without."""
    loose: tuple[Loose, ...]
    """The first `MOST_LISTED` sentences that are not grounded."""
    untraced: tuple[tuple[str, str], ...]
    """Every number in digits and every address that stands in no cited passage, each with the
    name of its answer."""

    @property
    def share(self) -> float | None:
        """Grounded sentences as a share of all; None without any."""
        return self.grounded / self.sentences if self.sentences else None


def groundedness(taught: Iterable[Taught], *, least: float = LEAST_CONTAINED) -> Groundedness:
    """Look for every sentence in the passages that its answer cites.

    A sentence is grounded when at least `least` of its different words stand in one passage;
    words such as `the` and `with` do not count. Words are compared as they are, so this asks
    for the words of the source rather than for its sense.
    """
    total = grounded = skipped = 0
    loose: list[Loose] = []
    strangers: list[tuple[str, str]] = []
    for one in taught:
        known = [frozenset(words(passage)) for passage in one.passages]
        strangers += [(one.name, shown) for shown in _untraced(one)]
        for sentence in _sentences(one.answer):
            said = frozenset(words(sentence)) - _FUNCTION_WORDS
            if not said:
                skipped += 1
                continue
            total += 1
            contained = max((len(said & own) / len(said) for own in known), default=0.0)
            if contained >= least:
                grounded += 1
            elif len(loose) < MOST_LISTED:
                loose.append(Loose(one.name, sentence, contained))
    return Groundedness(total, grounded, skipped, tuple(loose), tuple(strangers))


def addresses(text: str) -> list[str]:
    """The addresses on the web that a text names, each once, without the mark behind it."""
    return list(dict.fromkeys(found[0].rstrip(".,;:!?*_") for found in _URL.finditer(text)))


def unknown_addresses(text: str, sources: Sequence[str]) -> list[str]:
    """Those that stand in none of `sources`."""
    known = {found.casefold() for source in sources for found in addresses(source)}
    return [found for found in addresses(text) if found.casefold() not in known]


def _sentences(text: str) -> Iterator[str]:
    for paragraph in _PARAGRAPH.finditer(text):
        for start, end in sentences(text, paragraph.start(), paragraph.end()):
            yield text[start:end]


def _untraced(one: Taught) -> list[str]:
    without = _URL.sub(" ", one.answer)
    return [*untraced(without, one.passages), *unknown_addresses(one.answer, one.passages)]
