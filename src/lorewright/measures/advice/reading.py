"""An answer as the metrics read it: repaired, folded, in sentences and words."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from lorewright.errors import BadRecord

_ESCAPED = re.compile(r"\\r\\n|\\[nrt]")
"""Ends of lines that were written out as two characters on the way."""
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'"})
_WORD = re.compile(r"\d+(?:[.,]\d+)+[^\W\d_]*|[^\W_]+(?:'[^\W_]+)*")
_MARKER = re.compile(
    r"[\s>#*_]*(?:(?P<number>(?:step\s+)?\d{1,3}(?:[.)]|:(?=\s)))|[-+\u2022\u2013])[\s*_]+",
    re.IGNORECASE,
)
"""What stands before an item of a list."""
_END = re.compile("(?<![.!?\u2026])[.!?\u2026]++[\"'\u201d\u2019)\\]*_]*+(?=\\s)")
_SHORT = frozenset({
    "approx", "dr", "e.g", "est", "fig", "i.e", "jr", "max", "min", "mr", "mrs", "ms", "no", "p",
    "prof", "sr", "st", "vs",
})  # fmt: skip
"""Words that end with a dot in the midst of a sentence."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or item of a list, without what marks it as an item."""

    text: str
    """Case-folded, with straight apostrophes."""
    words: tuple[str, ...]
    is_numbered: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer in sentences."""

    text: str
    """The whole, repaired and with its case."""
    sentences: tuple[Sentence, ...]

    @property
    def length(self) -> int:
        """Its words; one with an apostrophe is one word."""
        return sum(len(sentence.words) for sentence in self.sentences)


def read_answer(text: str) -> Reading:
    r"""Read an answer as its reader sees it.

    Ends of lines that were escaped into `\n` are ends of lines again. A sentence ends at a
    full stop, a question or an exclamation mark, or with its line; a line that goes on in
    lower case belongs to the one before. The splitter of `prose` knows more, but takes most
    of the time that all metrics together may take. The words are those of languages that put
    space between them; the lists of words that go with this are English.

    Raises:
        BadRecord: when `text` is no text.
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - from files
        raise BadRecord(
            f"an answer is {type(text).__name__} where a text is meant",
            hint="an answer that is missing is no answer: leave it out, and count it",
        )
    whole = _plain(_ESCAPED.sub(_unescaped, text)).replace('\\"', '"')
    return Reading(whole, tuple(_sentences(whole)))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared, in order."""
    return tuple(_WORD.findall(_plain(text).casefold()))


def _plain(text: str) -> str:
    """One form of each letter, and straight apostrophes."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)


def _unescaped(found: re.Match[str]) -> str:
    return "\t" if found[0] == "\\t" else "\n"


def _sentences(text: str) -> Iterator[Sentence]:
    for line in _lines(text):
        marker = _MARKER.match(line)
        is_numbered = marker is not None and marker["number"] is not None
        for part in _parts(line[marker.end() :] if marker else line):
            words = tuple(_WORD.findall(part.casefold()))
            if words:
                yield Sentence(part.casefold(), words, is_numbered)
                is_numbered = False


def _lines(text: str) -> Iterator[str]:
    """The lines, each with those that go on with it."""
    parts: list[str] = []
    for raw in text.splitlines():
        line = raw.strip()
        goes_on = bool(parts) and line[:1].islower() and parts[-1][-1:] not in ".!?:;\u2026"
        if not goes_on and parts:
            yield " ".join(parts)
            parts = []
        if line:
            parts.append(line)
    if parts:
        yield " ".join(parts)


def _parts(line: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(line):
        if _is_within(line, end):
            continue
        yield line[start : end.end()].strip()
        start = end.end()
    if rest := line[start:].strip():
        yield rest


def _is_within(line: str, end: re.Match[str]) -> bool:
    """Whether the sentence goes on after this mark."""
    following = line[end.end() : end.end() + 8].lstrip()[:1]
    is_quoted = end[0][-1] in "\"'\u201d)]"
    if following.islower() and (is_quoted or end[0][0] in ".\u2026"):
        return True
    before = line[max(0, end.start() - 12) : end.start()].rpartition(" ")[2]
    return end[0] == "." and before.lstrip("(\"'").casefold() in _SHORT
