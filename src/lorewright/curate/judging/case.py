"""What a judge sees of an example: every word that it cites, and what stands around them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from lorewright.lineage import Ref
from lorewright.records import Criterion, Document, Evidence, Example

WHOLE = 8_000
"""A section of at most so many characters is shown from its first to its last."""
AROUND = 1_500
"""So many characters are shown before and behind what is cited in a longer one."""
GAP = "\n\n(...)\n\n"
"""Stands where a part of a section is left out."""


class Passage(NamedTuple):
    """A part of a document that an example rests on."""

    text: str
    """The title, the headings, and the words of the section: all of them, or for a long
    section all that are cited and those around them."""
    cited: tuple[str, ...]
    """The words that the example rests on, in their order, each stretch in full."""


@dataclass(frozen=True, slots=True)
class Case:
    """An example before its judge."""

    example: Example
    passages: tuple[Passage, ...]
    """Empty for an example that rests on no text."""
    own_work: bool
    """Whether the judge wrote it."""

    @property
    def answers(self) -> list[str]:
        """Everything that the advisor says."""
        return [turn.text for turn in self.example.turns if turn.role == "assistant"]

    def can_judge(self, criterion: Criterion) -> bool:
        """Whether there is anything to judge a criterion by."""
        match criterion:
            case Criterion.GROUNDEDNESS:
                return bool(self.passages)
            case Criterion.VOICE:
                return bool(self.passages or self.example.style_directives)
            case _:
                return True


def case_of(example: Example, documents: Mapping[Ref, Document], *, own_work: bool) -> Case:
    """Lay an example and its evidence before a judge; nothing that is cited is ever cut.

    Args:
        example: the example.
        documents: those that it cites, with their text attached.
        own_work: whether the judge wrote it.
    """
    ordered = sorted(example.evidence, key=lambda one: (one.document, one.start, one.end))
    passages = tuple(
        passage
        for document, cited in groupby(ordered, key=lambda one: one.document)
        for passage in _passages(documents[document], list(cited))
    )
    return Case(example, passages, own_work)


def _passages(document: Document, cited: list[Evidence]) -> Iterator[Passage]:
    """One passage for each section that the evidence begins in, or reaches from there."""
    for _, ours in groupby(cited, key=lambda one: document.section_at(one.start).start):
        together = list(ours)
        first = document.section_at(together[0].start)
        last = document.section_at(max(one.end for one in together) - 1)
        headings = [heading for heading in (*first.path, first.heading) if heading]
        words = _words(document, first.start, last.end, together)
        yield Passage(
            text="\n\n".join([" > ".join([document.title, *headings]), words]),
            cited=tuple(one.quote for one in together),
        )


def _words(document: Document, start: int, end: int, cited: list[Evidence]) -> str:
    if end - start <= WHOLE:
        return document.words[start:end].strip()
    stretches: list[tuple[int, int]] = []
    for one in cited:
        begin, stop = max(start, one.start - AROUND), min(end, one.end + AROUND)
        if stretches and begin <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], stop))
        else:
            stretches.append((begin, stop))
    said = GAP.join(document.words[begin:stop].strip() for begin, stop in stretches)
    before = GAP if stretches[0][0] > start else ""
    after = GAP if stretches[-1][1] < end else ""
    return f"{before}{said}{after}".strip("\n")
