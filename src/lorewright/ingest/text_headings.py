"""Which lines of a plain text are headings, and of what level."""

import re
from typing import NamedTuple

from lorewright.ingest.passages import Form, Passage


class Heading(NamedTuple):
    """A line that stands above what follows."""

    words: str
    level: int
    opens_a_chapter: bool
    """True for chapters, parts and the like, which never belong to the notes before them."""
    needs_prose: bool = False
    """True when only a paragraph right below it shows that it is a heading."""
    is_sidenote: bool = False


def heading_in(passage: Passage, *, after_a_break: bool) -> Heading | None:
    """The heading that `passage` looks like by itself; what follows it must still agree.

    Args:
        passage: one stretch of plain text.
        after_a_break: whether at least two blank lines, or nothing, stand above it.
    """
    words = passage.text
    match passage.form:
        case Form.SIDENOTE:
            return Heading(words, 3, opens_a_chapter=False, is_sidenote=True)
        case Form.UNDERLINED:
            return Heading(words, 1 if passage.marker == "=" else 2, opens_a_chapter=True)
        case Form.PROSE if passage.lines == 1 and len(words) <= 80:
            return _marked(words) or _plain(words, after_a_break=after_a_break)
        case Form.ITEM if passage.lines == 1 and passage.marker[0].isdigit() and len(words) <= 60:
            return _numbered(passage.marker, words)
        case _:
            return None


def joined_headings(headings: list[Heading]) -> list[Heading]:
    """Put together what one heading spread over several lines: `CHAPTER I.` and its title."""
    whole: list[Heading] = []
    for heading in headings:
        above = whole[-1] if whole else None
        if above and (_NUMBER_ALONE.fullmatch(above.words) or above.words.endswith(":")):
            mark = " " if above.words[-1] in ".:-—" else ": "
            words = f"{above.words}{mark}{heading.words}"
            whole[-1] = above._replace(words=words)
        else:
            whole.append(heading)
    return whole


def is_contents(heading: Heading) -> bool:
    """Whether `heading` stands over a list of headings."""
    return bool(_CONTENTS.fullmatch(heading.words))


def opens_back_matter(heading: Heading) -> bool:
    """Whether `heading` stands over notes or an index, as at the end of a book."""
    return bool(_BACK_MATTER.fullmatch(heading.words))


def _marked(words: str) -> Heading | None:
    """Headings that say so: `# Title`, `Chapter 3`, `IV. Noise`, `Preface`."""
    if (found := _ATX.match(words)) and (said := words[found.end() :].rstrip("# ")):
        return Heading(said, len(found[1]), opens_a_chapter=True)
    if found := _CHAPTER.match(words):
        level = 1 if found[1].lower() in _LARGE_PARTS else 2
        return Heading(words, level, opens_a_chapter=True)
    if _ROMAN.match(words) or _KNOWN.fullmatch(words):
        return Heading(words, 2, opens_a_chapter=True)
    if found := _OUTLINE.match(words):
        return Heading(words, min(6, 2 + found[1].count(".")), opens_a_chapter=True)
    return None


def _plain(words: str, *, after_a_break: bool) -> Heading | None:
    """Headings that only look like one: in capitals, or short, alone and without a full stop."""
    if _is_in_capitals(words):
        return Heading(words, 2, opens_a_chapter=False)
    if _is_title_like(words, every_word=not after_a_break):
        return Heading(words, 2, opens_a_chapter=False, needs_prose=True)
    return None


def _numbered(marker: str, words: str) -> Heading | None:
    """`3. The Ward at Night`: a heading if what follows is no further item."""
    if words[0].isupper() and words[-1] not in _STOPS:
        return Heading(f"{marker} {words}", 2, opens_a_chapter=True, needs_prose=True)
    return None


def _is_in_capitals(words: str) -> bool:
    return (
        words.isupper()
        and words[-1] not in ",;"
        and not words.endswith("--")
        and sum(map(str.isalpha, words)) >= 4
        and words.count(". ") <= 1
        and words[0] not in "[(|"
    )


def _is_title_like(words: str, *, every_word: bool) -> bool:
    """Whether most long words begin with a capital, as in a title; or all of two and more."""
    if len(words) > 60 or words[-1] in _STOPS or not words[0].isalnum() or _BY.match(words):
        return False
    long = [word for word in words.split() if len(word) > 3 or word[0].isdigit()]
    capitals = sum(word[0].isupper() or word[0].isdigit() for word in long)
    if every_word:
        return words[0].isupper() and capitals == len(long) > 1
    return words[0].isupper() and capitals * 2 > len(long)


_STOPS = frozenset(".,;:!-—")
_ATX = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_LARGE_PARTS = frozenset({"part", "book", "volume"})
_NUMBER = (
    r"(?:[ivxlcdm]+|\d+|[a-z](?=\W|$)|the\s+\w+|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|eleven|twelve|first|second|third|fourth|fifth|last)"
)
_DIVISION = (
    r"(chapter|part|book|volume|section|act|scene|letter|lecture|lesson|unit|module|appendix|canto"
    r"|kapitel|teil|chapitre|cap[ií]tulo|capitolo)"
)
_CHAPTER = re.compile(rf"{_DIVISION}\s+{_NUMBER}(?:[.:)—-]|\s+[A-Z\"“]|\s*$)", re.IGNORECASE)
_NUMBER_ALONE = re.compile(rf"(?:{_DIVISION}\s+{_NUMBER}|[IVXLC]+)[.:]?", re.IGNORECASE)
_ROMAN = re.compile(r"(?=[IVXLC])[IVXLC]{1,7}\.\s+[A-Z][^.!;]{2,70}\.?$")
_OUTLINE = re.compile(r"((?:\d+\.)*\d+\.\d+)\.?\s+[A-Z][^.;]{2,70}$")
_KNOWN = re.compile(
    r"(?:(?:table of )?contents|preface|foreword|introduction|prologue|epilogue|conclusion|summary"
    r"|abstract|appendix|afterword|glossary|references|bibliography|index|footnotes|endnotes|notes"
    r"|acknowledge?ments|dedication|discussion|methods|results|background)[.:]?",
    re.IGNORECASE,
)
_CONTENTS = re.compile(r"(?:table of )?contents[.:]?", re.IGNORECASE)
_BACK_MATTER = re.compile(
    r"(?:(?:foot|end)?notes|(?:general )?index|bibliography|references|advertisements?"
    r"|works by .*|transcriber['\u2019]s notes?)[.:]?",
    re.IGNORECASE,
)
_BY = re.compile(r"(?:by|from|to|dear|yours)\b", re.IGNORECASE)
