"""From the words that a teacher quotes to the places where they stand, or to a count."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from lorewright.analyze.context.shelf import Shelf
from lorewright.records import Document, Evidence, QuarantinedPart
from lorewright.similarity import locate

NOT_FOUND = "quote_not_found"
NOT_HERE = "not_in_the_text"


class Claim(NamedTuple):
    """What was turned down: which part of the notes, and why."""

    part: str
    reason: str


Tally = Counter[Claim]
"""What was turned down, counted."""


class Stretch:
    """A stretch of a document in which quotes are looked for."""

    def __init__(self, document: Document, start: int, end: int, shelf: Shelf) -> None:
        self._document = document
        self._start = start
        self._end = end
        self._shelf = shelf

    def places(self, quotes: Iterable[str], tally: Tally) -> tuple[int, ...]:
        """Where quotes stand; those that stand nowhere in the stretch are counted."""
        found: list[Evidence] = []
        for quote in quotes:
            place = locate(quote, self._document.words, self._start, self._end)
            if place is None:
                tally[Claim("quotes", NOT_FOUND)] += 1
            else:
                found.append(self._document.cite(place.start, place.end, match=place.match))
        return self._shelf.put(found)

    def first_use(self, name: str) -> tuple[int, ...]:
        """Where a name stands first as whole words, whatever its case; empty when nowhere."""
        found = whole_words(name).search(self._document.words, self._start, self._end)
        if found is None:
            return ()
        return self._shelf.put([self._document.cite(found.start(), found.end())])

    def written(self, place: int) -> str:
        """The words of a piece of evidence with single spaces."""
        return " ".join(self._shelf.evidence[place].quote.split())


def whole_words(name: str) -> re.Pattern[str]:
    """Matches `name` where no letter stands before or behind it, on one line or over several."""
    spaced = r"\s+".join(map(re.escape, name.split()))
    return re.compile(rf"(?<!\w){spaced}(?!\w)", re.IGNORECASE)


def quarantined(tally: Tally) -> tuple[QuarantinedPart, ...]:
    """The counts as a record keeps them."""
    return tuple(
        QuarantinedPart(part=claim.part, reason=claim.reason, count=count)
        for claim, count in sorted(tally.items())
        if count
    )


def tallied(counts: Iterable[QuarantinedPart]) -> Tally:
    """The counts of records, added up."""
    tally = Tally()
    for one in counts:
        tally[Claim(one.part, one.reason)] += one.count
    return tally
