"""How much of a document the evidence of examples covers."""

from collections.abc import Iterable
from dataclasses import dataclass

from lorewright.curate.sections import body_of
from lorewright.prose import Span, is_apparatus
from lorewright.records import Document, Section


@dataclass(frozen=True, slots=True)
class SectionCoverage:
    """One section with content, counted in visible characters below its heading."""

    section: Section
    characters: int
    covered: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The sections with content of a document; apparatus and bare headings are no content."""

    sections: tuple[SectionCoverage, ...]

    @property
    def characters(self) -> int:
        """Visible characters of content."""
        return sum(one.characters for one in self.sections)

    @property
    def covered(self) -> int:
        """Those that stand in evidence."""
        return sum(one.covered for one in self.sections)

    @property
    def sections_covered(self) -> int:
        """Sections of which anything stands in evidence."""
        return sum(one.covered > 0 for one in self.sections)

    @property
    def character_share(self) -> float:
        """Covered characters as a share of all, 0 to 1."""
        return self.covered / self.characters if self.characters else 0.0

    @property
    def section_share(self) -> float:
        """Covered sections as a share of all, 0 to 1."""
        return self.sections_covered / len(self.sections) if self.sections else 0.0


def coverage(document: Document, spans: Iterable[tuple[int, int]]) -> Coverage:
    """What the union of `spans` covers of `document`, to the character.

    Args:
        document: with its text attached.
        spans: evidence, in any order, overlapping or not.
    """
    union = merged(spans)
    found: list[SectionCoverage] = []
    at = 0
    for section in document.sections:
        body = body_of(document, section)
        characters = _visible(document, body)
        if is_apparatus(section) or not characters:
            continue
        while at < len(union) and union[at].end <= body.start:
            at += 1
        covered, index = 0, at
        while index < len(union) and union[index].start < body.end:
            start, end = max(union[index].start, body.start), min(union[index].end, body.end)
            covered += _visible(document, Span(start, end))
            index += 1
        found.append(SectionCoverage(section, characters, covered))
    return Coverage(tuple(found))


def merged(spans: Iterable[tuple[int, int]]) -> list[Span]:
    """The union of `spans` as spans in order that neither overlap nor touch."""
    union: list[Span] = []
    for start, end in sorted(spans):
        if union and start <= union[-1].end:
            union[-1] = Span(union[-1].start, max(union[-1].end, end))
        else:
            union.append(Span(start, end))
    return union


def _visible(document: Document, span: Span) -> int:
    return sum(map(len, document.words[span.start : span.end].split()))
