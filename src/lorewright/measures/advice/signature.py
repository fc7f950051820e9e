"""The phrases that are an advisor's own, learnt from its answers against neutral ones."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from lorewright.errors import BadRecord
from lorewright.measures.advice.phrases import Phrases, compiled
from lorewright.measures.advice.reading import read_answer

SIZES = (2, 3, 4, 5)
TOP = 50
LEAST_TEXTS = 3
"""A phrase that stands in fewer answers may be about one client."""
LEAST_Z = 1.96
PRIOR = 0.1
"""What the prior is worth, as a share of the n-grams of both sides."""
MOST_TEXTS = 1_000
"""Of each side; more are thinned out evenly, since the counts of all n-grams are in memory."""
_NESTED = 0.8
"""A phrase that stands so often within a longer one adds nothing to it."""


class Phrase(NamedTuple):
    """A phrase and how much more it is the advisor's than anybody's."""

    words: str
    z: float
    """The log-odds ratio in standard errors."""
    gold: int
    """How often the advisor says it."""
    neutral: int
    """How often the neutral texts do."""


@dataclass(frozen=True)
class Signature:
    """What was learnt, the most telling phrase first."""

    phrases: tuple[Phrase, ...]
    gold_texts: int
    """Texts that were read, after thinning out."""
    neutral_texts: int

    @cached_property
    def matcher(self) -> Phrases:
        """The phrases, ready to be searched for."""
        return compiled((phrase.words, phrase.words) for phrase in self.phrases)


def learn_signature(
    gold: Sequence[str],
    neutral: Sequence[str],
    *,
    top: int = TOP,
    least_texts: int = LEAST_TEXTS,
    prior: float = PRIOR,
) -> Signature:
    """Learn the 2- to 5-grams that tell an advisor from neutral text.

    Log-odds ratios with an informative Dirichlet prior, in standard errors, after Monroe,
    Colaresi and Quinn, *Fightin' Words* (Political Analysis 16, 2008), equations 15, 20 and
    22. The prior has the shares of both sides together, so that what is rare on both sides is
    not taken for telling. No n-gram leaves its sentence. Of phrases within one another that
    occur together only the longest stays.

    Args:
        gold: the advisor's own answers, from the training split and no other.
        neutral: answers of nobody in particular, best to the same prompts.
        top: how many phrases are kept.
        least_texts: in how many of the advisor's answers a phrase must stand.
        prior: what the prior is worth, as a share of the n-grams of both sides.

    Raises:
        BadRecord: when one of the sides has no words.
    """
    ours, theirs = _thinned(gold), _thinned(neutral)
    ours_counts, in_texts = _counted(ours)
    theirs_counts, _ = _counted(theirs)
    if not ours_counts or not theirs_counts:
        side = "theirs" if ours_counts else "the advisor's own"
        raise BadRecord(
            f"no phrases can be learnt: of the two sides {side} has no words",
            hint="give answers of the advisor and answers of nobody in particular",
        )
    phrases = [
        phrase
        for phrase in _compared(ours_counts, theirs_counts, prior)
        if phrase.z >= LEAST_Z and in_texts[phrase.words] >= least_texts
    ]
    phrases.sort(key=lambda one: (-one.z, one.words))
    return Signature(tuple(_without_nested(phrases, top)), len(ours), len(theirs))


def _thinned(texts: Sequence[str]) -> list[str]:
    if len(texts) <= MOST_TEXTS:
        return list(texts)
    return [texts[at * len(texts) // MOST_TEXTS] for at in range(MOST_TEXTS)]


def _counted(texts: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
    """How often each n-gram stands there, and in how many texts."""
    counts, in_texts = Counter[str](), Counter[str]()
    for text in texts:
        own = Counter(_ngrams(text))
        counts.update(own)
        in_texts.update(own.keys())
    return counts, in_texts


def _ngrams(text: str) -> Iterator[str]:
    for sentence in read_answer(text).sentences:
        words = sentence.words
        for size in SIZES:
            for at in range(len(words) - size + 1):
                yield " ".join(words[at : at + size])


def _compared(ours: Counter[str], theirs: Counter[str], prior: float) -> Iterator[Phrase]:
    our_total, their_total = ours.total(), theirs.total()
    worth = prior * (our_total + their_total)
    for words, count in ours.items():
        other = theirs[words]
        weight = prior * (count + other)
        odds = math.log((count + weight) / (our_total + worth - count - weight))
        other_odds = math.log((other + weight) / (their_total + worth - other - weight))
        variance = 1 / (count + weight) + 1 / (other + weight)
        yield Phrase(words, (odds - other_odds) / math.sqrt(variance), count, other)


def _without_nested(phrases: Sequence[Phrase], top: int) -> list[Phrase]:
    """The first `top` phrases, the longer one in the place of what stands only within it."""
    kept: list[Phrase] = []
    for phrase in phrases:
        padded = f" {phrase.words} "
        if any(padded in f" {one.words} " and one.gold >= _NESTED * phrase.gold for one in kept):
            continue
        kept = [
            one
            for one in kept
            if f" {one.words} " not in padded or phrase.gold < _NESTED * one.gold
        ]
        kept.append(phrase)
        if len(kept) > top + len(SIZES):
            break
    return kept[:top]
