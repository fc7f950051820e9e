"""Instructions: the verb of an order and what belongs to it."""

from itertools import pairwise
from typing import NamedTuple

from lorewright.generate.extractive.clauses import BREAKS, Tokens
from lorewright.generate.extractive.phrases import full_phrase, is_finite_verb
from lorewright.generate.extractive.tokens import Token, listed_tag
from lorewright.generate.extractive.words import word_set


class Order(NamedTuple):
    """An instruction: *(never) lend money to strangers*."""

    verb: Token
    phrase: Tokens
    """The verb and what belongs to it."""
    is_negative: bool


def order(tokens: Tokens) -> Order | None:
    """Read the start of a sentence as an instruction; None when it is none."""
    at, is_negative = _verb_at([token.lower for token in tokens[:4]])
    if at + 1 >= len(tokens) or not _orders(tokens, at):
        return None
    phrase = _verb_phrase(tokens, at)
    if _goes_on(tokens[at + len(phrase) :]) or _ends_on_the(phrase):
        return None
    return Order(tokens[at], phrase, is_negative)


def duty(tokens: Tokens) -> Order | None:
    """*A potter should never lend a kiln*, *young men ought to save*: an order to people.

    Nouns for people alone are read so: *the lid should …* orders nothing.
    """
    phrase = full_phrase(tokens, 0, longest=5)
    if phrase is None or tokens[phrase.head].lower not in _PEOPLE or tokens[0].lower == "the":
        return None
    at = phrase.end
    if at + 3 >= len(tokens) or tokens[at].lower not in {"should", "must", "ought"}:
        return None
    is_negative, at = tokens[0].lower in {"no", "nobody"}, at + 1
    while at < len(tokens) - 2 and tokens[at].lower in _BETWEEN:
        is_negative |= tokens[at].lower in {"not", "never"}
        at += 1
    if not tokens[at].tag.startswith("VB") or tokens[at].lower in {"be", "have"}:
        return None
    found = _verb_phrase(tokens, at)
    if _goes_on(tokens[at + len(found) :]) or _ends_on_the(found):
        return None
    return Order(tokens[at], found, is_negative)


_PEOPLE = word_set("nouns", "persons")
_BETWEEN = frozenset({"not", "never", "always", "also", "therefore", "to", "then", "ever"})


def _verb_at(lowers: list[str]) -> tuple[int, bool]:
    """Where the verb of an instruction would stand, and whether it is forbidden."""
    match lowers:
        case ["never", *_]:
            return 1, True
        case ["always", *_]:
            return 1, False
        case ["do", "not" | "n't", *_]:
            return 2, True
        case ["you" | "one" | "we", "ought", "to", *_]:
            return 3, False
        case ["you" | "one" | "we", "must" | "should", "not" | "never", *_]:
            return 3, True
        case ["you" | "one" | "we", "must" | "should", "always" | "also" | "therefore", *_]:
            return 3, False
        case ["you" | "one" | "we", "must" | "should", *_]:
            return 2, False
        case _:
            return 0, False


def _orders(tokens: Tokens, at: int) -> bool:
    verb, following = tokens[at], tokens[at + 1]
    if verb.lower in _NO_ORDERS or following.text in {",", ":", ";", "--"}:
        return False
    if is_finite_verb(following):
        return False
    if not at and (following.lower in {"of", "and", "or"} or following.tag == "POS"):
        return False
    return verb.lower in _IMPERATIVES or (at > 0 and verb.tag in {"VB", "VBP"})


def _goes_on(after: Tokens) -> bool:
    """The first of several steps, or *do this, and that will follow*: no advice by itself."""
    lowers = [token.lower for token in after[:14]]
    is_step = lowers[:1] == [","] and len(lowers) > 1 and _may_be_verb(lowers[1])
    promises = any(
        token.lower in {"you", "he", "it"} and following.lower in {"will", "shall"}
        for token, following in pairwise(after)
    )
    return is_step or promises or ("and" in lowers and bool({"will", "shall"} & set(lowers)))


def _may_be_verb(word: str) -> bool:
    return word in _IMPERATIVES or (listed_tag(word) or "").startswith("VB")


def _ends_on_the(phrase: Tokens) -> bool:
    """*Neglect the warning*: which warning stands elsewhere."""
    return 2 <= len(phrase) <= 4 and phrase[-2].lower == "the"


def _verb_phrase(tokens: Tokens, at: int) -> Tokens:
    end = at + 1
    while end < len(tokens) and not _ends_phrase(tokens, end):
        end += 1
    while end > at + 1 and tokens[end - 1].lower in _WEAK_ENDS:
        end -= 1
    return tokens[at:end]


def _ends_phrase(tokens: Tokens, i: int) -> bool:
    token = tokens[i]
    if token.text in BREAKS or token.text in {",", "."} or token.lower in _CLAUSE_OPENERS:
        return True
    return token.lower in {"and", "or", "so", "for"} and _opens_clause(tokens, i + 1, token.lower)


def _opens_clause(tokens: Tokens, at: int, joint: str) -> bool:
    if at >= len(tokens) or joint == "so":
        return True
    token = tokens[at]
    if joint == "for":
        return token.lower in _AFTER_FOR
    return (
        token.tag in {"VB", "VBP", "VBZ", "MD"}
        or token.lower in _IMPERATIVES
        or token.lower in _AFTER_AND
    )


_IMPERATIVES = word_set("verbs", "imperative")
_NO_ORDERS = word_set("verbs", "no_orders")
_CLAUSE_OPENERS = word_set("quoting", "clause_openers")
_WEAK_ENDS = word_set("quoting", "weak_ends")
_AFTER_FOR = word_set("quoting", "after_for")
_AFTER_AND = word_set("quoting", "after_and")
