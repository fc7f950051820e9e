"""Whether lines were broken by a typewriter's margin or by their author, and joining the former.

A margin breaks a line where the next word would not have fitted. That can be checked: of a
wrapped paragraph nearly every line, with the first word of the next one, is too long for
the page; of verse hardly any is.
"""

import re
from itertools import pairwise


def width_of(text: str) -> int:
    """The column at which most lines of `text` are full, in characters; 72 when none are.

    Two samples of half a million characters each speak for a long text.
    """
    samples = [text] if len(text) <= 2 * _SAMPLE else [text[:_SAMPLE], _middle(text)]
    lengths = sorted(
        len(line) for sample in samples for line in sample.split("\n") if 40 <= len(line) <= 120
    )
    return lengths[len(lengths) * 19 // 20] if lengths else 72


def is_wrapped(lines: list[str], width: int) -> bool:
    """Whether `lines` are one paragraph that a margin broke; a single line is."""
    if len(lines) == 1:
        return True
    if lines[0][:1] == " " or lines[-1][:1] == " ":
        lines = [line.strip() for line in lines]
    longest = max(map(len, lines))
    is_wide = _is_wide(lines[0])
    if not (20 if is_wide else 45) <= longest <= 132:
        return False
    margin = longest if is_wide or len(lines) >= 5 else max(longest, width * 7 // 8)
    full = sum(len(line) + 1 + _first_word(below) > margin - 3 for line, below in pairwise(lines))
    return full >= 0.75 * (len(lines) - 1)


def is_one_paragraph_per_line(lines: list[str]) -> bool:
    """Whether each line is a paragraph by itself, as word processors save them."""
    long = sum(len(line) > 100 for line in lines)
    return long * 2 >= len(lines) or (
        all(line[-1:] in _SENTENCE_ENDS for line in lines)
        and sum(map(len, lines)) > 60 * len(lines)
    )


def paragraph_starts(lines: list[str]) -> list[int]:
    """The lines that begin a paragraph, where paragraphs are set in and no blank line parts them.

    That is so where the first line is set in and not all are: then each that is set in below
    the end of a sentence begins one.
    """
    if lines[0][:2] != "  " or all(line[:1] == " " for line in lines):
        return [0]
    later = range(1, len(lines))
    return [
        0,
        *(n for n in later if lines[n][:2] == "  " and lines[n - 1][-1:] in _SENTENCE_ENDS),
    ]


def joined(lines: list[str]) -> str:
    """`lines` as one, with single spaces, and none after a dash or between Chinese letters."""
    whole = "\n".join(map(str.strip, lines))
    if "-\n" in whole or "\n-" in whole or "—" in whole:
        whole = _AT_DASH.sub("", whole)
    if not whole.isascii():
        whole = _BETWEEN_WIDE.sub("", whole)
    whole = whole.replace("\n", " ")
    return _SPACES.sub(" ", whole) if "  " in whole or "\t" in whole else whole


def _middle(text: str) -> str:
    return text[len(text) // 2 : len(text) // 2 + _SAMPLE]


def _first_word(line: str) -> int:
    """The length of the first word, or of what may be moved up alone."""
    if _is_wide(line):
        return 1
    end = line.find(" ")
    return len(line) if end < 0 else end


def _is_wide(line: str) -> bool:
    return bool(_WIDE_LETTER.match(line))


_SAMPLE = 500_000
_SENTENCE_ENDS = frozenset(".!?:;\"')") | frozenset("\u201d\u2019\u3002\uff01\uff1f\u061f")
"""With typographic quotes, and the full stops of Chinese and Arabic."""
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
"""Chinese and Japanese, which set no space between words; Korean does."""
_WIDE_LETTER = re.compile(rf"[{_WIDE}]")
_BETWEEN_WIDE = re.compile(rf"(?<=[{_WIDE}])\n(?=[{_WIDE}])")
_AT_DASH = re.compile(r"(?<=\w-)\n(?=[a-z])|(?<=--)\n|(?<=—)\n|\n(?=--\w|—)")
_SPACES = re.compile(r"[ \t]{2,}|\t")
