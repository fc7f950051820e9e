"""Which sections say the same, so that they are taught or held out together."""

from bisect import bisect_right
from collections.abc import Mapping

from lorewright.curate.item import Cited, Item
from lorewright.lineage import Ref
from lorewright.prose import BlockKind, Span, blocks
from lorewright.records import Document, Section
from lorewright.similarity import exact_digest, near_duplicates, shingles, words


def body_of(document: Document, section: Section) -> Span:
    """The span of `section` below its heading, or below the front matter of the document."""
    first = next(blocks(document.words[section.start : section.end]), None)
    above = first.end if first and first.kind in _NO_BODY else 0
    return Span(section.start + above, section.end)


_NO_BODY = frozenset({BlockKind.HEADING, BlockKind.FRONT_MATTER})


class SectionGroups:
    """The groups of the sections of some documents.

    A group is a section and everything that repeats it: the same text in another edition or
    another file, or nearly the same. It is named by the digest of its words, not by its
    place, so that it keeps its name when the document around it changes.
    """

    def __init__(self, documents: Mapping[Ref, Document], *, threshold: float) -> None:
        bodies: dict[str, str] = {}
        digests = {
            ref: [_digest(document, section, bodies) for section in document.sections]
            for ref, document in sorted(documents.items())
        }
        names = _first_of_its_kind(bodies, threshold=threshold)
        self._groups = {ref: [names[one] for one in ours] for ref, ours in digests.items()}
        self._starts = {
            ref: [section.start for section in document.sections]
            for ref, document in documents.items()
        }

    def of_document(self, document: Ref) -> list[str]:
        """The group of every section of `document`, in order."""
        return self._groups[document]

    def of_span(self, cited: Cited) -> set[str]:
        """The groups of every section that the span touches."""
        starts = self._starts[cited.document]
        first = bisect_right(starts, cited.start) - 1
        last = bisect_right(starts, cited.end - 1)
        return set(self._groups[cited.document][first:last])

    def of_item(self, item: Item) -> set[str]:
        """The groups that an example belongs to.

        An example without evidence belongs with those that open with the same question, so
        that a conversation and its continuations stay together.
        """
        if not item.evidence:
            return {f"opening {exact_digest(item.asked[0]).hex()}"}
        return {group for cited in item.evidence for group in self.of_span(cited)}


def is_conversation(group: str) -> bool:
    """Whether a group holds conversations without evidence instead of sections."""
    return group.startswith("opening ")


def _digest(document: Document, section: Section, bodies: dict[str, str]) -> str:
    """The digest of a section's words; new ones are put into `bodies`."""
    start, end = body_of(document, section)
    body = document.words[start:end]
    if not words(body):
        body = document.words[section.start : section.end]
    digest = exact_digest(body).hex()
    bodies.setdefault(digest, body)
    return digest


def _first_of_its_kind(bodies: dict[str, str], *, threshold: float) -> dict[str, str]:
    """For every digest the first digest whose text is nearly the same."""
    order = sorted(bodies)
    names = {digest: digest for digest in order}
    twins = near_duplicates(
        len(order), lambda index: shingles(bodies[order[index]]), threshold=threshold
    )
    for twin in twins:
        names[order[twin.later]] = order[twin.earlier]
    return names
