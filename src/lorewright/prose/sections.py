"""The sections of a Markdown text: a heading and what stands under it."""

import re

from lorewright.prose.blocks import Block, BlockKind, blocks
from lorewright.records import Section


def sections(text: str) -> tuple[Section, ...]:
    """Cut `text` at its headings; the sections tile it from 0 to its end.

    Text before the first heading is a section of level 0 with an empty heading.
    """
    headings = [block for block in blocks(text) if block.kind is BlockKind.HEADING]
    starts = [_line_start(text, block.start) for block in headings]
    found: list[Section] = []
    if text and (not starts or text[: starts[0]].strip()):
        end = starts[0] if starts else len(text)
        found.append(Section(heading="", level=0, start=0, end=end))
    elif starts:
        starts[0] = 0
    above: list[tuple[int, str]] = []
    ends = [*starts[1:], len(text)][: len(starts)]
    for block, start, end in zip(headings, starts, ends, strict=True):
        while above and above[-1][0] >= block.level:
            above.pop()
        heading = heading_words(text, block)
        path = tuple(words for _, words in above)
        found.append(Section(heading=heading, level=block.level, start=start, end=end, path=path))
        above.append((block.level, heading))
    return tuple(found)


def heading_words(text: str, block: Block) -> str:
    """What the heading `block` says, without the marks that make it one.

    A line of more than 300 characters is cut there: as a label it says enough.
    """
    words = text[block.start : block.end]
    if words.startswith("#" * block.level) and _ATX_OPENING.match(words):
        words = _ATX_CLOSING.sub("", words[block.level :])
    else:
        words = words.rpartition("\n")[0]
    if len(words) > _LONGEST:
        words = f"{words[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
    words = _LINK.sub(r"\1", _EMPHASIS.sub(r"\2", words))
    return " ".join(_ESCAPED.sub(r"\1", words).split())


def is_apparatus(section: Section) -> bool:
    """Whether `section` serves the book rather than its subject.

    True for title pages, tables of contents, indexes, licences, notes at the foot or end,
    lists of works and the like, and for everything under such a heading: nothing in them is
    worth teaching.
    """
    return any(_APPARATUS.fullmatch(words) for words in (section.heading, *section.path))


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


_LONGEST = 300
_ATX_OPENING = re.compile(r"#{1,6}(?:\s|$)")
_ATX_CLOSING = re.compile(r"(?:^|[ \t])#+\s*$")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_EMPHASIS = re.compile(r"(?<![\w\\])(\*\*?|__?|`)(?=\S)(.+?)(?<=[^\s\\])\1(?!\w)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_APPARATUS = re.compile(
    r"""(?:\d+[.)]?\s+|[ivxlc]+\.\s+|appendix\s+\w+[.:]?\s+)?(?:the\s+|full\s+)*(?:
      project\ gutenberg\b.*|.*\bproject\ gutenberg(?:-tm)?\ (?:license|licence|ebook).*
      |(?:table\ of\ |list\ of\ )?contents|toc
      |(?:list\ of\ |table\ of\ )(?:illustrations|figures|tables|plates|maps|abbreviations)
      |illustrations|title\ page|half[ -]title|front\ matter|back\ matter|colophon|imprint
      |(?:general\ |subject\ |name\ |author\ )?index(?:\ of\ .*)?|indexes|indices
      |(?:foot|end)[- ]?notes?|notes?|notes\ and\ references
      |references(?:\ cited)?|bibliography|works\ cited|(?:literature\ )?citations|sources
      |further\ reading|(?:transcriber|editor|publisher|author)['\u2019]?s['\u2019]?\ notes?
      |(?:software\ |end[ -]user\ )?(?:licen[cs]e|licen[cs]ing)(?:\ .*)?
      |(?:all\ )?copyright(?:\ .*)?|legal(?:\ notice)?|disclaimer|permissions
      |acknowledge?ments?|dedication|errata|corrigenda
      |advertisements?|about\ the\ authors?|also\ by\ .*|other\ (?:books|works)\ by\ .*
    )[.:]?""",
    re.IGNORECASE | re.VERBOSE,
)
