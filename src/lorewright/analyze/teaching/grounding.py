"""Where the words stand that a teacher quotes, and how many of them do."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from lorewright.prose import Span
from lorewright.records import Document, Match
from lorewright.similarity import Located, locate


class Places(NamedTuple):
    """Where quotes were found, and those that were not."""

    found: tuple[Located, ...]
    missing: tuple[str, ...]


class Grounding:
    """Looks quotes up in one stretch of a document, and counts what it looked up."""

    def __init__(self, document: Document, within: Span) -> None:
        self._words = document.words
        self._within = within
        self.checks: list[bool] = []
        """Of each quote that was looked up, whether it was found."""

    def look_up(self, quotes: Iterable[str], *, around: Span | None = None) -> Places:
        """Find every quote; with `around`, one that is not within may stand there."""
        found: list[Located] = []
        missing: list[str] = []
        for quote in dict.fromkeys(quotes):
            places = self._parts(quote, self._within)
            if not places and around is not None:
                places = self._parts(quote, around)
            self.checks.append(bool(places))
            found += places
            if not places:
                missing.append(quote)
        return Places(tuple(dict.fromkeys(found)), tuple(missing))

    def _parts(self, quote: str, within: Span) -> list[Located]:
        """Where the quote stands, or the parts of one that leaves words out; else nothing."""
        whole = self._place(quote, within)
        if whole is not None:
            return [whole]
        parts = [part for part in _LEFT_OUT.split(quote) if part.strip()]
        if len(parts) < 2:
            return []
        places = [self._place(part, within) for part in parts]
        found = [place for place in places if place is not None]
        return found if len(found) == len(parts) else []

    def _place(self, quote: str, within: Span) -> Located | None:
        if not any(character.isalnum() for character in quote):
            return None  # a full stop stands everywhere
        found = locate(quote, self._words, within.start, within.end)
        if found is None or not self._cuts_a_word(found):
            return found
        whole = re.compile(rf"(?<!\w){re.escape(quote.strip())}(?!\w)")
        again = whole.search(self._words, within.start, within.end)
        return Located(again.start(), again.end(), Match.EXACT) if again else None

    def _cuts_a_word(self, found: Located) -> bool:
        """Whether the first or the last word found is only a part of the one that stands there."""
        return any(
            0 < at < len(self._words)
            and self._words[at - 1].isalnum()
            and self._words[at].isalnum()
            and not _IS_UNSPACED.match(self._words[at])
            for at in (found.start, found.end)
        )


_LEFT_OUT = re.compile(r"\s*(?:\[\s*(?:\.{3}|\u2026)\s*\]|\.{3,}|\u2026)\s*")
_IS_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
"""Letters of scripts that put no space between words."""
