"""Noun phrases and the verb behind them, found from parts of speech."""

from collections.abc import Sequence
from typing import NamedTuple

from lorewright.generate.extractive.tokens import Token
from lorewright.generate.extractive.words import AUXILIARIES, word_set

_PREPOSITIONS = word_set("phrases", "prepositions")
_PLURAL_DETERMINERS = frozenset({"these", "those", "many", "most", "all", "few", "several", "both"})


class NounPhrase(NamedTuple):
    """A noun phrase `tokens[start:end]` with its head noun at `head`."""

    start: int
    end: int
    head: int
    is_plural: bool


def base_phrase(tokens: Sequence[Token], at: int) -> NounPhrase | None:
    """The shortest noun phrase that begins at `at`: determiner, modifiers, nouns."""
    i, n = _behind_determiner(tokens, at), len(tokens)
    head = None
    while i < n and (kind := _place(tokens, i, head)):
        if kind == "noun":
            head = i
        i += 1
    if head is None:
        return _people(tokens, at)
    return NounPhrase(at, head + 1, head, _is_plural(tokens, at, head))


def _behind_determiner(tokens: Sequence[Token], at: int) -> int:
    """The index after *the*, *her*, *many*, *all the*."""
    if at >= len(tokens):
        return at
    token = tokens[at]
    if token.tag not in {"DT", "PRP$", "PDT"} and token.lower not in _PLURAL_DETERMINERS:
        return at
    twice = token.lower in {"all", "both", "half"} and at + 1 < len(tokens)
    return at + 2 if twice and tokens[at + 1].tag in {"DT", "PRP$"} else at + 1


def _people(tokens: Sequence[Token], at: int) -> NounPhrase | None:
    """*The sick*, *the poor*: an adjective that stands for people."""
    if (
        at + 1 < len(tokens)
        and tokens[at].lower == "the"
        and tokens[at + 1].lower in word_set("nouns", "plural_without_s")
    ):
        return NounPhrase(at, at + 2, at + 1, True)
    return None


def _place(tokens: Sequence[Token], i: int, head: int | None) -> str:
    """Whether token `i` continues a noun phrase: as noun, as modifier, or not ("")."""
    token = tokens[i]
    if token.is_noun and token.is_word:
        return "noun"
    if i + 1 >= len(tokens):
        return "modifier" if token.tag in _MODIFIERS else ""
    if head is not None:
        # Behind a noun only a possessive continues the phrase: "the nurse's good sense".
        is_possessive = token.tag == "POS" and tokens[i + 1].tag[:2] in {"NN", "JJ"}
        is_behind = tokens[i - 1].tag == "POS" and token.tag in _MODIFIERS
        return "modifier" if is_possessive or is_behind else ""
    return "modifier" if _modifies(tokens, i) else ""


_MODIFIERS = frozenset({"JJ", "JJR", "JJS", "CD"})


def _modifies(tokens: Sequence[Token], i: int) -> bool:
    """Whether token `i`, in front of the noun, belongs to its phrase."""
    token, following = tokens[i], tokens[i + 1]
    before = tokens[i - 1].tag if i else ""
    if token.tag in _MODIFIERS:
        return True
    if token.tag in {"VBN", "VBG"} or (token.tag == "VBD" and before == "DT"):
        return following.is_noun
    if token.tag == "RB":
        return following.tag.startswith(("JJ", "VBN"))
    joins = token.lower in {"and", "or"} or token.text == ","
    return joins and before.startswith("JJ") and following.tag.startswith("JJ")


def _is_plural(tokens: Sequence[Token], start: int, head: int) -> bool:
    word = tokens[head].lower
    if tokens[start].lower in {"a", "an", "every", "each", "this", "that", "another"}:
        return False
    if word in word_set("nouns", "singular_with_s"):
        return False
    if word in word_set("nouns", "plural_without_s"):
        return True
    return tokens[head].tag in {"NNS", "NNPS"} or (
        word.endswith("s") and not word.endswith(("ss", "us", "is")) and tokens[head].tag != "NNP"
    )


def full_phrase(tokens: Sequence[Token], at: int, *, longest: int = 10) -> NounPhrase | None:
    """The noun phrase at `at` with its *and* and its prepositional phrases."""
    phrase = base_phrase(tokens, at)
    while phrase is not None and phrase.end < len(tokens) - 1:
        joint = tokens[phrase.end].lower
        if joint not in _PREPOSITIONS and joint != "and":
            break
        more = base_phrase(tokens, phrase.end + 1)
        if more is None or more.end - at > longest:
            break
        if joint == "and":
            phrase = NounPhrase(at, more.end, more.head, True)
        else:
            phrase = phrase._replace(end=more.end)
    return phrase


def is_finite_verb(token: Token) -> bool:
    """Whether a token is a verb with a tense."""
    return token.lower in AUXILIARIES or token.tag in {"VBZ", "VBP", "VBD", "MD"}


class Predicate(NamedTuple):
    """Where the finite verb of a clause stands, and the adverb before it."""

    verb: int
    adverbs: int
    """Index of the first adverb before the verb; equals `verb` when there is none."""


def predicate_at(tokens: Sequence[Token], at: int) -> Predicate | None:
    """The finite verb that begins at `at`, after adverbs such as *always* and *never*."""
    i = at
    while i < len(tokens) and i - at < 2 and tokens[i].tag == "RB":
        i += 1
    if i < len(tokens) and is_finite_verb(tokens[i]):
        return Predicate(i, at)
    return None


def has_finite_verb(tokens: Sequence[Token]) -> bool:
    """Whether any token is a verb with a tense."""
    return any(is_finite_verb(token) for token in tokens)
