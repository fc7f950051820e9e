"""Who and what is spoken of, and whether a few names fill a set."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from lorewright.similarity import normalised

MOST_SHARE = Decimal("0.05")
"""No entity should be in a larger share of the answers: a base model that learns mostly about
one name soon gives that name as the answer to everything (Pletenev et al. 2025)."""

_WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_LINKS = frozenset({"of", "de", "da", "del", "di", "van", "von", "the", "la", "le"})
"""Small words that stand inside names: Bank of England."""
_OPENERS = frozenset({
    "a", "an", "and", "as", "at", "but", "by", "for", "from", "he", "her", "his", "how", "i",
    "if", "in", "into", "it", "its", "many", "may", "most", "my", "no", "not", "of", "on",
    "one", "or", "our", "she", "so", "some", "such", "that", "the", "their", "then", "there",
    "these", "they", "this", "those", "to", "under", "we", "what", "when", "where", "which",
    "while", "who", "why", "with", "you", "your",
})  # fmt: skip
"""Words that are capitalised because a sentence begins with them."""
_ENDS_A_SENTENCE = frozenset('.!?:;"“”«»()[]*#>|-\n')


class EntityBalance(NamedTuple):
    """In how many answers each entity is spoken of."""

    answers: int
    entities: dict[str, int]
    """Answers that name each one, the most frequent first, then by name."""
    over: dict[str, int]
    """Those of them that are in more answers than `MOST_SHARE` allows."""

    @property
    def largest_share(self) -> float:
        """Answers that name the most frequent entity, as a share of all; 0 without any."""
        return max(self.entities.values(), default=0) / self.answers if self.answers else 0.0


def entity_balance(
    answers: Iterable[str], *, terms: Iterable[str] = (), most_share: Decimal = MOST_SHARE
) -> EntityBalance:
    """Count the answers that speak of each entity; an answer counts once for each.

    With so few answers that a single one is more than its share, an entity in only one of
    them is not over it.

    Args:
        answers: the set.
        terms: words and phrases that count as entities however they are written, such as the
            terms of a document.
        most_share: the largest share of the answers that one entity should have.
    """
    known = [(term, f" {normalised(term)} ") for term in dict.fromkeys(terms) if normalised(term)]
    shown: dict[str, str] = {}
    counts = Counter[str]()
    total = 0
    for answer in answers:
        total += 1
        said = f" {normalised(answer)} "
        named = [*entities_in(answer), *(term for term, padded in known if padded in said)]
        for entity in named:
            shown.setdefault(normalised(entity), entity)
        counts.update({normalised(entity) for entity in named})
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return EntityBalance(
        answers=total,
        entities={shown[key]: count for key, count in ranked},
        over={shown[key]: count for key, count in ranked if count > max(1, most_share * total)},
    )


def entities_in(text: str) -> list[str]:
    """The capitalised phrases of a text, each once, in order.

    No list of names and no tagger is asked, so this holds for English and languages that
    write like it; where all nouns have a capital letter, all of them are found. A single
    word at the beginning of a sentence is left out: its capital letter says nothing. One that
    stands there before a name is taken for a part of it, unless it is a common opener.
    """
    return list(dict.fromkeys(_phrases(text)))


def _phrases(text: str) -> Iterator[str]:
    run: list[re.Match[str]] = []
    pending: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        last = pending[-1] if pending else run[-1] if run else None
        follows = last is not None and not text[last.end() : word.start()].strip(" ")
        if run and not follows:
            yield from _named(text, run)
            run, pending = [], []
        if word[0][0].isupper():
            run += [*pending, word]
            pending = []
        elif run and follows and word[0] in _LINKS:
            pending.append(word)
        elif run:
            yield from _named(text, run)
            run, pending = [], []
    yield from _named(text, run)


def _named(text: str, run: list[re.Match[str]]) -> Iterator[str]:
    """The name that a run of capitalised words is, without the word that opens a sentence."""
    begins = bool(run) and _begins_a_sentence(text, run[0].start())
    if begins and (len(run) == 1 or run[0][0].lower() in _OPENERS):
        run = run[1:]
    while run and (run[0][0] in _LINKS or run[0][0] == "I"):
        run = run[1:]
    if run and len(run[-1][0]) > 1:
        yield _POSSESSIVE.sub("", text[run[0].start() : run[-1].end()])


def _begins_a_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 8) : at].rstrip(" ")[-1:]
    return not before or before in _ENDS_A_SENTENCE
