"""The words that a prompt brings along: a fenced source, taken apart into sentences."""

import re
from functools import lru_cache
from typing import NamedTuple

_BLOCK = re.compile(r"\n[ \t]*\n")
_SENTENCE = re.compile(
    r"[^.!?]+(?:[.!?](?!\s+[A-Z\"'\u201c(]|\s*$)[^.!?]*)*[.!?]+[\"'\u201d\u2019)]*"
)
_MARK = re.compile(r"^\s*(?:[-*+>]|\d+[.)])\s+(?:\[[ xX]\]\s+)?")
_WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")
FEWEST_WORDS = 5
MOST_WORDS = 60


class Material(NamedTuple):
    """A source as far as answers are made from it."""

    text: str
    sentences: tuple[str, ...]
    """Each as it stands in the text, line breaks included."""


EMPTY = Material("", ())


@lru_cache(maxsize=1024)
def material_of(text: str) -> Material:
    """`text` with its sentences; headings, tables and code are passed over."""
    sentences: list[str] = []
    for block in _BLOCK.split(text):
        if not block.lstrip().startswith(("#", "|", "```")):
            for part in _parts(block):
                sentences += [one.strip() for one in _SENTENCE.findall(part)]
    fit = (one for one in sentences if _is_fit(one))
    return Material(text, tuple(dict.fromkeys(fit)))


def words_of(text: str) -> list[str]:
    """The words of `text`."""
    return _WORD.findall(text)


def _is_fit(sentence: str) -> bool:
    """Whether it begins like a sentence and is neither a scrap nor without an end."""
    begins = sentence[:1].isalnum() or sentence[:1] in "\"'\u201c"
    return begins and FEWEST_WORDS <= len(words_of(sentence)) <= MOST_WORDS


def _parts(block: str) -> list[str]:
    """The items of a list one by one, and any other block whole."""
    if _MARK.match(block):
        return [_MARK.sub("", line) for line in block.splitlines()]
    return [block]
