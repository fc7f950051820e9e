"""Whether a passage keeps to its topic, and whether a topic is one that people ask about."""

import re
from itertools import pairwise

from lorewright.generate.extractive.clauses import Tokens
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.orders import order
from lorewright.generate.extractive.passages import Passage, Sentence
from lorewright.generate.extractive.phrases import is_finite_verb
from lorewright.generate.extractive.words import word_set

_LEAST_SHARE = 0.5
_OPENING = 12
"""A pronoun among so many first words makes a sentence go on about the topic."""
_FEW_USES = 3


def stems(words: str) -> set[str]:
    """The content words of a phrase, without the endings that number and tense put on."""
    little = word_set("headings", "little_words")
    found = re.findall(r"[^\W\d_]{3,}", words.lower())
    return {stem(word) for word in found if word not in little and word not in _ARTICLES}


_ARTICLES = frozenset({"the", "and", "for", "its", "his", "her", "our", "are", "you"})


def stem(word: str) -> str:
    """*Drying*, *dries* and *dried* as *dr*: rough, and only good to compare words."""
    for ending in ("ings", "ing", "ied", "ies", "ed", "es", "s", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def keeps_to(passage: Passage, topic: str) -> bool:
    """Whether most words of a passage stand in sentences about `topic`.

    The first sentence counts, since the topic was read from it; a later one counts when it
    names the topic again, opens with a pronoun, says what to do, or cites a study.
    """
    named = stems(topic)
    about = passage.first.words + sum(
        sentence.words for sentence in passage.sentences[1:] if _goes_on(sentence, named)
    )
    return about >= _LEAST_SHARE * passage.words


def _goes_on(sentence: Sentence, named: set[str]) -> bool:
    words = [token.lower for token in sentence.tokens if token.is_word]
    grounds = any(len(word) == 4 and word.isdigit() for word in words)  # the year of a study
    return (
        grounds
        or order(sentence.tokens) is not None
        or bool(
            word_set("theme", "pronouns") & set(words[:_OPENING])
            or named & {stem(word) for word in words}
        )
    )


def is_askable(span: Tokens, context: Context) -> bool:
    """Whether a noun phrase is whole and natural as the object of *about*.

    Plurals, masses, deeds and names are; *a newspaper* and *the eye of the dealer* are not. *The
    slow kiln* is when the document keeps speaking of it.
    """
    lowers = [token.lower for token in span]
    if _is_torn(span):
        return False
    if word_set("theme", "never_topics") & set(lowers):
        return False
    if lowers[0] != "the":
        return True
    if "of" in lowers:
        after = lowers[lowers.index("of") + 1 :]
        return after[:1] not in (["the"], ["a"], ["an"]) or _is_generic(after[1:])
    return _is_generic(lowers[1:]) or context.vocabulary.uses(context.words(span)) >= _FEW_USES


def _is_torn(span: Tokens) -> bool:
    """*Clay in doing work*, *glaze for instance*: a phrase with a piece of the next one."""
    tags = [token.tag for token in span]
    inside = any(a in {"IN", "TO"} and b == "VBG" for a, b in pairwise(tags))
    measured = any(
        a.lower in word_set("theme", "partitives") and b.lower == "of" for a, b in pairwise(span)
    )
    return inside or measured or any(token.tag in {"PRP$", "PRP", "WDT"} for token in span)


def _is_generic(words: list[str]) -> bool:
    return bool(words) and words[-1] in word_set("theme", "generic")


def is_name(span: Tokens, context: Context) -> bool:
    """*Ode*, *young Ode and Ash*: people of whom a passage tells, seldom what it is about."""
    names = [token for token in span if token.tag != "CC" and not token.tag.startswith("JJ")]
    return bool(names) and all(
        token.tag == "NNP" and context.vocabulary.is_name(token.text) for token in names
    )


def is_cited(tokens: Tokens, length: int) -> bool:
    """*Ode somewhere says …*: the subject, `length` words long, is only a voice."""
    return any(
        token.lower in word_set("verbs", "saying") or token.lower in {"say", "puts", "asks"}
        for token in tokens[length : length + 7]
        if is_finite_verb(token) or token.tag == "VBN"
    )


def in_general(words: str, span: Tokens, head: int) -> str | None:
    """*A cracked pot* as *cracked pots*; None when a phrase cannot be made plural for sure."""
    noun, behind = span[head], span[head + 1 : head + 2]
    if noun.tag != "NN" or noun.lower in word_set("theme", "no_plural") or "," in words:
        return None
    if any(token.tag in {"POS", "RB"} for token in span) or (behind and behind[0].tag != "IN"):
        return None
    before = words[: words.find(noun.text)].split(maxsplit=1)
    after = words[words.find(noun.text) + len(noun.text) :]
    return f"{before[1] if len(before) > 1 else ''}{_plural(noun.lower)}{after}"


def _plural(noun: str) -> str:
    if noun.endswith("man"):
        return noun[:-3] + "men"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "z", "ch", "sh")) else "s")
