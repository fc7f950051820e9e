"""What of a document may be read before the tests."""

from collections.abc import Sequence

from lorewright.curate.curation import Curation
from lorewright.errors import BadRecord
from lorewright.prose import Span, is_apparatus
from lorewright.records import Document, Split


def taught_spans(document: Document, curation: Curation) -> list[Span]:
    """The sections that a base model made here may read, in order.

    That is every section but those held out for the transfer test and the valid split. A
    section without examples is read too: nothing is asked about it, and it holds the language
    that a small base needs; one that repeats a held-out section counts as held out. Contents
    pages, indexes, licences and the like teach nothing and are left out.

    Raises:
        BadRecord: when the document took no part in this curation.
    """
    splits = curation.section_splits.get(document.ref)
    if splits is None:
        raise BadRecord(
            "this document took no part in the curation",
            where=str(document.ref),
            hint="curate again with all documents that are in use",
        )
    return spans_to_teach(document, splits)


def spans_to_teach(document: Document, splits: Sequence[Split]) -> list[Span]:
    """As `taught_spans`, for the split of every section of `document`."""
    return [
        Span(section.start, section.end)
        for section, split in zip(document.sections, splits, strict=True)
        if split is Split.TRAIN and not is_apparatus(section)
    ]
