"""What a heading names, so that a question can be asked about its section."""

import re
from enum import StrEnum
from typing import NamedTuple

from lorewright.generate.extractive.orders import order
from lorewright.generate.extractive.phrases import full_phrase, is_finite_verb
from lorewright.generate.extractive.tokens import Token, listed_tag, tokens
from lorewright.generate.extractive.verbs import gerund
from lorewright.generate.extractive.vocabulary import Vocabulary
from lorewright.generate.extractive.words import word_set


class HeadingKind(StrEnum):
    """What sort of thing a heading says."""

    NOUN = "noun"
    RULE = "rule"
    SAYING = "saying"
    """A claim: *Night air is harmless*."""
    MATTER = "matter"
    """*How effort turns into exhaustion*: can be discussed, but one is not told about it."""
    LABEL = "label"
    """A phrase that only stands well in quotation marks: *Effect of body on mind*."""
    QUESTION = "question"


class Heading(NamedTuple):
    """A heading without its number."""

    kind: HeadingKind
    quoted: str
    """As a title: *Avoid Debt*."""
    within: str
    """As words inside a sentence: *avoid debt*; for a rule the deed, *avoiding debt*."""
    is_deed: bool = False
    """Whether it is an *-ing* form: *Reading aloud*."""


_NUMBER = re.compile(
    r"^(?:(?:chapter|section|part|book|appendix|lesson)\s+[\divxlc]+\b[.:—\u2013-]*\s*|[\divxlc]+(?:\.\d+)*[.)]+(?:\s|--|—|\u2013|$)\s*|\d+(?:\.\d+)*\s+)",
    re.IGNORECASE,
)
_EMPTY = word_set("headings", "empty")


def read_heading(words: str, vocabulary: Vocabulary) -> Heading | None:
    """What `words` name; None for a heading that names nothing."""
    bare = re.sub(r"\[\d+\]", "", _NUMBER.sub("", words.strip())).strip(" .?:-—\u2013_*")
    bare = bare.replace('."', '"').replace(".”", "”")
    if (
        not bare
        or not re.search(r"[a-z]{3}", bare.lower())
        or bare.lower() in _EMPTY
        or len(bare) > 90
    ):
        return None
    small = small_letters(bare, vocabulary)
    found = tokens(small, 0, len(small))
    quoted = bare.title() if bare.isupper() else bare
    quoted = re.sub(r"(?<=['\u2019])(?:S|T|Ll|Re|Ve|D|M)\b", lambda m: m.group().lower(), quoted)
    if words.rstrip().endswith("?"):
        return Heading(HeadingKind.QUESTION, quoted, small)
    if (deed := _deed(small, found)) is not None:
        return Heading(HeadingKind.RULE, quoted, deed)
    phrase = full_phrase(found, 0, longest=12)
    is_deed = (
        found[0].tag == "VBG"
        and not found[-1].tag.startswith("JJ")
        and not any(is_finite_verb(token) for token in found)
    )
    wh = found[0].lower in {"what", "how", "why", "when", "where"} and len(found) > 2
    is_phrase = (phrase is not None and phrase.end == len(found)) or len(found) <= 2
    if wh and not re.search(r'["“”]', small):
        return Heading(HeadingKind.MATTER, quoted, small)
    if is_deed or (is_phrase and _reads_as_a_name(small, found)):
        return Heading(HeadingKind.NOUN, quoted, small, is_deed)
    is_claim = len(found) >= 4 and not is_phrase
    return Heading(HeadingKind.SAYING if is_claim else HeadingKind.LABEL, quoted, small)


def _deed(small: str, found: tuple[Token, ...]) -> str | None:
    """What a heading that orders something orders: *Avoid Debt* orders *avoiding debt*."""
    instruction = order(found)
    if instruction is None:
        is_verb = (listed_tag(found[0].lower) or "") in {"VB", "VBP"} or found[0].lower in _ORDERS
        follows_well = len(found) == 1 or (
            found[1].tag in {"DT", "PRP$", "IN", "PRP", "RB"} and found[1].lower != "of"
        )
        if not is_verb or not follows_well:
            return None
        return f"{gerund(found[0].lower)}{small[found[0].end :]}"
    rest = small[instruction.verb.end :]
    deed = f"{gerund(instruction.verb.text)}{rest}"
    return f"not {deed}" if instruction.is_negative else deed


_ORDERS = word_set("verbs", "imperative")


def _reads_as_a_name(small: str, found: tuple[Token, ...]) -> bool:
    """Whether a phrase can stand after *about* as it is: *tea and coffee*, not *effect of tea*."""
    first, last, count = next(iter(found)), found[-1:], len(found)
    starts_well = first.lower in {"the", "a", "an"} or first.tag == "NNS" or count <= 2
    # "Patients dread surprise" is a claim, though its verb looks like a noun.
    is_claim = first.tag == "NNS" and count > 2 and all(token.is_noun for token in found[:2])
    ends_well = all(token.is_noun for token in last) and first.tag not in {"IN", "RB"}
    return "," not in small and starts_well and ends_well and not is_claim and count <= 6


def small_letters(words: str, vocabulary: Vocabulary) -> str:
    """A heading's words with the capitals of a sentence's middle."""

    def one(match: re.Match[str]) -> str:
        word = match.group()
        as_name = word.capitalize() if word.isupper() else word
        if word == "I" or (word.isupper() and len(word) > 1 and not words.isupper()):
            return word
        return as_name if vocabulary.is_name(as_name) and as_name[0].isupper() else word.lower()

    return re.sub(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?", one, words)
