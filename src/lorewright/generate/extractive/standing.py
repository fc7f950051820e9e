"""Whether a sentence can open an answer, or leans on what stands before it."""

import re
from collections.abc import Sequence

from lorewright.generate.extractive.references import dangling_word, is_person
from lorewright.generate.extractive.tokens import Token
from lorewright.generate.extractive.words import word_set


def leans_back(tokens: Sequence[Token], before: str) -> str | None:
    """The word by which a sentence leans on the text `before` it, or None.

    A sentence leans back when it begins with a connective, when a pronoun or a pointing word
    has no referent inside it, or when its subject is *the X* and an *a X* stands just before.
    """
    if not tokens:
        return ""
    first = tokens[0].lower
    if first in word_set("starts", "connectives") and not _is_open(tokens):
        return tokens[0].text
    opening = " ".join(token.lower for token in tokens[:5] if token.is_word)
    for phrase in word_set("starts", "phrases"):
        if opening == phrase or opening.startswith(phrase + " "):
            return phrase
    if (
        first == "one"
        and len(tokens) > 1
        and tokens[1].lower in {"will", "is", "was", "has", "likes"}
    ):
        return tokens[0].text
    return dangling_word(tokens) or _known_subject(tokens, before)


def _is_open(tokens: Sequence[Token]) -> bool:
    """A listed first word that leans on nothing: *there is*, *no man*, *both X and Y*."""
    first, second = tokens[0].lower, tokens[1].lower if len(tokens) > 1 else ""
    words = {token.lower for token in tokens}
    match first:
        case "there":
            is_open = second in _AFTER_THERE
        case "no" | "each":
            is_open = second not in {"one", ",", "such", "!", "doubt", "wonder"}
        case "what" | "how" | "who" | "which" | "why":
            is_open = tokens[-1].text != "?"
        case "although" | "though" | "whereas":
            is_open = True
        case "both":
            is_open = "and" in {token.lower for token in tokens[1:5]}
        case "either" | "neither":
            is_open = bool({"or", "nor"} & words)
        case "for":
            is_open = second in {"a", "an", "every", "years", "many", "most", "people"}
        case _:
            is_open = False
    return is_open


_AFTER_THERE = word_set("references", "after_there")
_INDEFINITE = (
    r"\b(?:an?|one|two|three|another|my|his|her|their|certain)\s+(?:[\w'\u2019-]+\s+){0,3}"
)


def _known_subject(tokens: Sequence[Token], before: str) -> str | None:
    """*The X* at the start of a sentence, when *a X* was introduced just before."""
    if tokens[0].lower not in {"the", "that", "our"}:
        return None
    nouns = [token for token in tokens[1:6] if token.is_noun]
    if not nouns:
        return None
    head = nouns[0]
    stem = re.escape(head.lower.rstrip("s"))
    is_known = re.search(_INDEFINITE + stem + r"s?\b", before.lower()) is not None
    return f"the {head.text}" if is_known or _acted(tokens, head) else None


def _acted(tokens: Sequence[Token], head: Token) -> bool:
    """*The man said …*: one person in a tale, whom the tale has introduced."""
    at = tokens.index(head)
    if at > 2 or at + 1 >= len(tokens) or head.tag == "NNP":
        return False
    return is_person(head) and tokens[at + 1].tag == "VBD"
