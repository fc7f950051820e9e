"""A clause with its subject and its verb, and the questions that it can be turned into."""

from itertools import pairwise
from typing import NamedTuple

from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.phrases import (
    NounPhrase,
    full_phrase,
    predicate_at,
)
from lorewright.generate.extractive.tokens import Token
from lorewright.generate.extractive.verbs import infinitive
from lorewright.generate.extractive.words import BE, DO, MODALS, word_set

Tokens = tuple[Token, ...]

BREAKS = word_set("quoting", "breaks")


class Clause(NamedTuple):
    """A declarative main clause, without the mark that ends it."""

    tokens: Tokens
    subject: Tokens
    adverbs: Tokens
    """Between subject and verb: *always*, *never*."""
    verb: Token
    rest: Tokens
    is_plural: bool
    phrase: NounPhrase | None
    """None when the subject is a pronoun."""

    @property
    def is_negative(self) -> bool:
        """Whether *not*, *never* or *no* denies it."""
        near = self.adverbs + self.rest[:2]
        return any(token.lower in {"not", "n't", "never"} for token in near)


def trimmed(tokens: Tokens) -> Tokens:
    """Without the mark at the end."""
    end = len(tokens)
    while end and not tokens[end - 1].is_word:
        end -= 1
    return tokens[:end]


def is_smooth(tokens: Tokens, *, commas: int = 1) -> bool:
    """Whether a stretch of text can be quoted inside a question: no breaks, few commas."""
    return (
        not any(token.text in BREAKS for token in tokens)
        and sum(token.text == "," for token in tokens) <= commas
    )


def clause(tokens: Tokens) -> Clause | None:
    """Read `tokens` as *subject, adverbs, verb, rest*; None when they cannot be read so."""
    tokens = trimmed(tokens)
    phrase = full_phrase(tokens, 0)
    end = phrase.end if phrase else _pronoun(tokens)
    if not end or tokens[0].tag == "RB":
        return None
    predicate = predicate_at(tokens, end)
    verb_at = predicate.verb if predicate else _plural_verb(tokens, end, phrase)
    if verb_at is None or verb_at + 1 >= len(tokens):
        return None
    is_plural = phrase.is_plural if phrase else tokens[0].lower in {"you", "we", "they"}
    verb = tokens[verb_at]
    if not _agrees(verb, is_plural=is_plural):
        return None
    return Clause(
        tokens, tokens[:end], tokens[end:verb_at], verb, tokens[verb_at + 1 :], is_plural, phrase
    )


def _pronoun(tokens: Tokens) -> int:
    subjects = {
        "you",
        "we",
        "one",
        "nobody",
        "everybody",
        "everyone",
        "nothing",
        "he",
        "she",
        "they",
        "it",
        "there",
    }
    return 1 if tokens and tokens[0].lower in subjects else 0


def _plural_verb(tokens: Tokens, at: int, phrase: NounPhrase | None) -> int | None:
    """*The sick suffer*: the tagger takes a plain form after a plural for an infinitive."""
    i = at
    while i < len(tokens) and tokens[i].tag == "RB":
        i += 1
    plural = phrase.is_plural if phrase else True
    if i < len(tokens) and i - at < 3 and plural and tokens[i].tag == "VB":
        return i
    return None


def _agrees(verb: Token, *, is_plural: bool) -> bool:
    if verb.lower in MODALS or (verb.tag == "VBD" and verb.lower not in BE):
        return True
    if verb.lower in {"are", "were", "have", "do"}:
        return is_plural
    if verb.lower in {"is", "was", "has", "does"}:
        return not is_plural
    return is_plural == (verb.tag in {"VBP", "VB"})


def inverted(found: Clause, near: Context, *, drop: frozenset[str] = frozenset()) -> str | None:
    """The clause as a question: *the kiln cools* becomes *does the kiln cool*.

    Words in `drop` (a *not*, a *never*) are left out of adverbs and of the start of the rest.
    """
    adverbs = tuple(token for token in found.adverbs if token.lower not in drop)
    rest = found.rest
    if rest and rest[0].lower in drop:
        rest = rest[1:]
    if not rest:
        return None
    subject, words = near.mid(found.subject), near.words
    tail = " ".join(words(part) for part in (adverbs, rest) if part)
    if found.verb.lower in BE | MODALS or _is_auxiliary(found, rest):
        verb = found.verb.lower
        if found.rest and found.rest[0].lower == "n't" and "n't" not in drop:
            return f"{verb}n't {subject} {words(rest[1:])}"
        return f"{verb} {subject} {tail}"
    if _has_second_verb(rest):
        return None
    base = infinitive(found.verb.text, "VBP" if found.verb.tag == "VB" else found.verb.tag)
    if base is None:
        return None
    do = "did" if found.verb.tag == "VBD" else "do" if found.is_plural else "does"
    lead = words(adverbs) + " " if adverbs else ""
    return f"{do} {subject} {lead}{base} {words(rest)}"


def _has_second_verb(rest: Tokens) -> bool:
    """*Cools and cracks*: only the first of two verbs would change its form."""
    return any(joint.tag == "CC" and verb.tag in {"VBZ", "VBD"} for joint, verb in pairwise(rest))


def _is_auxiliary(found: Clause, rest: Tokens) -> bool:
    if found.verb.lower in DO:
        return bool(found.rest) and found.rest[0].lower in {"not", "n't", "never"}
    following = next((token for token in rest if token.tag != "RB"), None)
    return (
        found.verb.lower in {"have", "has", "had"}
        and following is not None
        and following.tag in {"VBN", "VBD"}
    )
