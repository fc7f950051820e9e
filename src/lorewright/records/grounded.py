"""Records that rest on the exact words of documents."""

from lorewright.records.evidence import Evidence
from lorewright.records.record import Record


class Grounded(Record):
    """A record with evidence; the store compares every quote with its document."""

    evidence: tuple[Evidence, ...] = ()
