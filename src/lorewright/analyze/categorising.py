"""What rules can say about where a document belongs: only what they can count."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from lorewright.analyze.categories import Categories
from lorewright.analyze.content_rules import CITATION
from lorewright.lineage import Ref
from lorewright.prose import BlockKind, blocks, is_apparatus
from lorewright.records import Categorisation, CategoryField, Document

OWNER_KNOWS = "only the owner of the document knows"
NOT_COUNTED = "nothing in it that rules count speaks for one of the values"
AT_LEAST = 3
"""So many figures or sources make a kind of evidence; one may stand there by chance."""
GUIDE_SHARE = 4
"""One section in so many with numbered steps makes a guide."""


def categorise(document: Document, catalogue: Categories, *, recipe: Ref) -> Categorisation:
    """The fields of `catalogue` as far as counted cues fill them; the rest is the owner's.

    Args:
        document: with its text attached.
        catalogue: the fields and their values.
        recipe: the record that holds the catalogue's fingerprint.
    """
    signs = list(_signs(document))
    return Categorisation(
        made_from=(document.ref, recipe),
        document=document.ref,
        fields=tuple(_field(name, catalogue, signs) for name in catalogue.fields),
    )


class _Sign(NamedTuple):
    """Something counted in a document that speaks for a value."""

    field: str
    value: str
    cue: str


def _field(name: str, catalogue: Categories, signs: list[_Sign]) -> CategoryField:
    found = [
        one for one in signs if one.field == name and one.value in catalogue.known(name)
    ]  # an owner's catalogue may have other values
    if not found:
        reason = NOT_COUNTED if name in _COUNTED else OWNER_KNOWS
        return CategoryField(field=name, reason=reason)
    return CategoryField(
        field=name,
        values=tuple(one.value for one in found),
        cues=tuple(one.cue for one in found),
    )


def _signs(document: Document) -> Iterator[_Sign]:
    text = document.words
    content = {one.start for one in document.sections if not is_apparatus(one)}
    tables, with_steps = _blocks(document)
    guides = len(with_steps & content)
    if document.moments:
        yield _Sign("content_format", "Transcript", f"{len(document.moments):,} moments of speech")
    if guides >= AT_LEAST and guides * GUIDE_SHARE >= len(content):
        cue = f"numbered steps in {guides:,} of {len(content):,} sections"
        yield _Sign("content_format", "How-to Guide", cue)
    figures = sum(1 for _ in _FIGURE.finditer(text))
    if figures >= AT_LEAST:
        yield _Sign("evidence_type", "Metrics/KPIs", f"{figures:,} figures with their measure")
    if tables:
        yield _Sign("evidence_type", "Data Tables", f"{tables:,} tables")
    if images := sum(1 for _ in _IMAGE.finditer(text)):
        yield _Sign("evidence_type", "Screenshots/Visuals", f"{images:,} images")
    sources = sum(1 for _ in CITATION.finditer(text))
    if sources >= AT_LEAST:
        yield _Sign("evidence_type", "External References", f"{sources:,} sources with a year")


def _blocks(document: Document) -> tuple[int, set[int]]:
    """The number of tables, and where the sections begin that hold two numbered steps or more."""
    tables = 0
    steps: Counter[int] = Counter()
    for block in blocks(document.words):
        tables += block.kind is BlockKind.TABLE
        if block.kind is BlockKind.LIST_ITEM and block.marker[0].isdigit():
            steps[document.section_at(block.start).start] += 1
    return tables, {section for section, count in steps.items() if count > 1}


_COUNTED = frozenset({"content_format", "evidence_type"})
_FIGURE = re.compile(
    r"\d\s?%|(?<!\d)\d{1,15}(?:\.\d{1,15})?\s(?:per\s?cent|percent|points?|out of)\b"
    r"|[$\u20ac\u00a3]\s?\d"
)
_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{1,2000}\)")
