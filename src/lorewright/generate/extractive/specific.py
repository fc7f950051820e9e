"""Whether a noun phrase names something that one can ask about."""

from lorewright.generate.extractive.clauses import Tokens
from lorewright.generate.extractive.words import word_set

_EMPTY = word_set("nouns", "empty")
_PEOPLE = word_set("nouns", "plural_without_s")
_VAGUE_OPENERS = word_set("topics", "vague_openers") | word_set("topics", "numbers")
_VAGUE_INSIDE = frozenset({"another", "other", "such", "same", "this", "these"})


def is_specific(span: Tokens) -> bool:
    """True for *open windows* and *the art of nursing*; false for *some things*, *the window*.

    *The window* alone points at one window; *the open window* does not.
    """
    words = [token.lower for token in span]
    if span[0].tag == "RB" or words[0] in _VAGUE_OPENERS or _VAGUE_INSIDE & set(words[1:]):
        return False
    nouns = [token for token in span if token.is_noun or token.lower in _PEOPLE]
    if not nouns or any(len(token.text) < 2 for token in nouns):
        return False
    if all(token.lower in _EMPTY for token in nouns) or _is_empty(span, nouns[0].lower, len(nouns)):
        return False
    return not (words[0] == "the" and len(span) == 2 and nouns[-1].lower not in _PEOPLE)


def _is_empty(span: Tokens, noun: str, nouns: int) -> bool:
    if noun not in _EMPTY:
        return False
    described = any(token.tag.startswith("JJ") for token in span)
    of = any(token.lower == "of" for token in span)
    return (nouns == 1 and not described) or (span[0].lower in {"the", "a", "an"} and not of)
