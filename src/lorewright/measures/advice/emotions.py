"""A1, A2 and A3: whether feelings are named, seen at once, and called valid."""

from collections.abc import Sequence
from typing import NamedTuple

from lorewright.measures.advice.lexicon import Lexicon
from lorewright.measures.advice.metric import Measurement
from lorewright.measures.advice.reading import Reading, words_of

MOST_VALIDATION = 3
"""More phrases than this are not more validation."""


class NamedEmotions(NamedTuple):
    """A1, and how it fits the scenario."""

    words: Measurement
    matched: float | None
    """The share of the scenario's labelled emotions that the answer names; None without any."""


def emotion_words(reading: Reading, labelled: Sequence[str], known: Lexicon) -> NamedEmotions:
    """A1: the different emotions that are named, by their lemma.

    Different ones rather than all, since the count of all grows with the length. A labelled
    emotion is named when its lemma is, or when it is not in the lexicon and stands there itself.
    """
    hits = (
        hit.label for sentence in reading.sentences for hit in known.emotions.find(sentence.words)
    )
    named = tuple(dict.fromkeys(hits))
    words = Measurement(float(len(named)), named)
    labels = [label for label in dict.fromkeys(map(words_of, labelled)) if label]
    if not labels:
        return NamedEmotions(words, None)
    said = {word for sentence in reading.sentences for word in sentence.words}
    matched = sum(_is_named(label, frozenset(named), said, known) for label in labels)
    return NamedEmotions(words, matched / len(labels))


def acknowledged_first(reading: Reading, known: Lexicon) -> Measurement:
    """A2: 1 when the first sentence names an emotion or acknowledges what was said."""
    if not reading.sentences:
        return Measurement(0.0)
    words = reading.sentences[0].words
    hits = [*known.emotions.find(words), *known.acknowledging.find(words)]
    return Measurement(
        1.0 if hits else 0.0, tuple(" ".join(words[hit.start : hit.end]) for hit in hits)
    )


def validation_phrases(reading: Reading, known: Lexicon) -> Measurement:
    """A3: phrases that call a feeling legitimate or normal, counted up to `MOST_VALIDATION`."""
    found = tuple(
        " ".join(sentence.words[hit.start : hit.end])
        for sentence in reading.sentences
        for hit in known.validating.find(sentence.words)
    )
    return Measurement(float(min(len(found), MOST_VALIDATION)), found)


def _is_named(
    label: tuple[str, ...], named: frozenset[str], said: set[str], known: Lexicon
) -> bool:
    lemmas = {hit.label for hit in known.emotions.find(label)}
    return bool(lemmas & named) if lemmas else said.issuperset(label)
