"""The checks that a question and its answer must pass, each with a key and a sentence."""

import re
from itertools import pairwise
from typing import NamedTuple

from lorewright.generate.extractive.references import dangling_word
from lorewright.generate.extractive.tokens import Token, tokens
from lorewright.generate.extractive.words import word_set


class Fault(NamedTuple):
    """Why a pair is turned down."""

    reason: str
    detail: str


_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_MARKS = re.compile(
    r"\[[^\]]*\]|\(\?\)|\*{2,}|\||^#|<[a-z/]|^\(?[IVX]{1,4}[.)]|^\(\d|^NOTE\b|^Note[.:]"
)
_ONE_OF_A_ROW = re.compile(
    r"\bthe (?:last|second|third|fourth|fifth|old|loser|winner)(?![\w-])(?! (?:of|to)\b)"
)
_POINTS_AT_A_CLASS = re.compile(
    r"^[^.!?]*\b(?:this|that|these|those) (?:class|description|kind|order|set|sort|species)s? of\b",
    re.IGNORECASE,
)
_FIRST_PERSON = frozenset({"i", "my", "mine", "myself", "our", "ours", "us"})
_BAD_ENDS = word_set("gates", "bad_ends")


def question_fault(question: str, *, author: str | None) -> Fault | None:
    """What is wrong with a question by itself, or None."""
    bare = _QUOTED.sub("it-quoted", question)
    if author:
        for name in (author, author.split()[-1]):
            bare = bare.replace(name, "Author")
    found = tokens(bare, 0, len(bare))
    words = [token for token in found if token.is_word]
    if not 4 <= len(words) <= 36:
        return Fault("question_length", f"the question has {len(words)} words")
    if (dangling := dangling_word(_without_frame(found))) is not None:
        return Fault("dangling_question", f"“{dangling}” in the question points at nothing")
    if found_one := _ONE_OF_A_ROW.search(bare):
        return Fault("dangling_question", f"“{found_one.group()}” points at a row told elsewhere")
    if any(token.lower in _FIRST_PERSON for token in words):
        return Fault("first_person", "the question speaks of I or my")
    if not _reads_well(words, bare):
        return Fault("question_ungrammatical", "the question breaks off or holds marks")
    return None


def _without_frame(found: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without *What does Author …*, whose words are referents for nothing."""
    at = next((i for i, token in enumerate(found) if token.text == "Author"), None)
    return found if at is None else found[:0] + found[at + 1 :]


def _reads_well(words: list[Token], question: str) -> bool:
    last = words[-1]
    repeated = any(a.lower == b.lower and a.lower != "that" for a, b in pairwise(words))
    shouting = sum(len(token.text) > 3 and token.text.isupper() for token in words)
    return (
        last.lower not in _BAD_ENDS
        and not repeated
        and shouting < 2
        and question.count("?") == (0 if question.startswith("Tell me") else 1)
        and not re.search(
            r"[;\[\]{}|]|--|\s,|,\?|\(\d*$|\bstep (?:one|two|three|four|five|six|\d)", question
        )
    )


def answer_fault(answer: str, *, least: int, most: int) -> Fault | None:
    """What is wrong with an answer by itself, or None."""
    count = len(re.findall(r"\w+(?:[-'\u2019]\w+)*", answer))
    if count < least:
        return Fault("too_short", f"the answer has {count} words, fewer than {least}")
    if count > most:
        return Fault("too_long", f"the answer has {count} words, more than {most}")
    if _MARKS.search(answer):
        return Fault("apparatus", "the answer holds a footnote mark, a side note or markup")
    if pointing := _POINTS_AT_A_CLASS.search(answer):
        return Fault("dangling_start", f"“{pointing.group()[-40:]}” points at what stands before")
    if not answer.rstrip("\"'”\u2019)_*").endswith((".", "!")):
        return Fault("fragment", "the answer does not end as a sentence ends")
    if not _is_balanced(answer):
        return Fault("fragment", "a quotation or a bracket is left open")
    return None


def _is_balanced(answer: str) -> bool:
    return (
        answer.count('"') % 2 == 0
        and answer.count("“") == answer.count("”")
        and answer.count("(") == answer.count(")")
    )


_SMALL = word_set("gates", "little_words")


def pair_fault(question: str, answer: str, *, level: int) -> Fault | None:
    """What is wrong with a question and its answer together, or None."""
    asked = set(re.findall(r"\w+", question.lower()))
    told = [word for word in re.findall(r"\w+", answer.lower()) if word not in _SMALL]
    new = [word for word in told if word not in asked]
    if len(new) < 6 or len(new) < 0.3 * len(told):
        return Fault("answer_given_away", f"only {len(new)} words of the answer are new")
    if level == 1 and re.search(r"\b(?:I|my|me)\b", answer.split(". ", maxsplit=1)[0]):
        return Fault("unnamed_speaker", "the answer says I, and the question names no author")
    return None
