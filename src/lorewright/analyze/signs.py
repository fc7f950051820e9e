"""Looking for cues in a passage, and what they add up to."""

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from lorewright.analyze.cues import Cue, Cues, the_cues, words_of
from lorewright.records import ChunkType


class Finding(NamedTuple):
    """How sure the cues make us of a type, and which cue does most."""

    confidence: Decimal
    cue: str


class Signs:
    """Looks for one set of cues; quick enough to look at every paragraph of a library."""

    def __init__(self, cues: Cues) -> None:
        self._cues = cues
        self._phrases = _by_rarest_word(cues.cue)
        self._patterns = [
            (cue, re.compile(cue.pattern)) for cue in cues.cue if cue.pattern and not cue.in_heading
        ]
        self._headings = [
            (cue, re.compile(cue.pattern)) for cue in cues.cue if cue.pattern and cue.in_heading
        ]
        self._structures = [(cue, cue.structure) for cue in cues.cue if cue.structure]
        self._of_type = {
            kind: [cue for cue in cues.cue if cue.type is kind] for kind in cues.least_confidence
        }
        self._names = {
            kind: frozenset(cue.name for cue in found) for kind, found in self._of_type.items()
        }

    def in_passage(self, text: str, structures: Mapping[str, int]) -> Counter[str]:
        """How often each cue is seen in `text`, by the name of the cue."""
        seen: dict[str, int] = {}
        words = words_of(text)
        vocabulary = set(words)
        joined = f" {' '.join(words)} "
        for word in self._phrases.keys() & vocabulary:
            for name, phrase in self._phrases[word]:
                if phrase in joined:
                    seen[name] = seen.get(name, 0) + joined.count(phrase)
        for cue, pattern in self._patterns:
            if cue.can_match(text, vocabulary) and (found := len(pattern.findall(text))):
                seen[cue.name] = found
        for cue, structure in self._structures:
            if found := structures.get(structure, 0):
                seen[cue.name] = found
        return Counter(seen)

    def in_heading(self, heading: str) -> Counter[str]:
        """The cues that look at headings."""
        return Counter(cue.name for cue, pattern in self._headings if pattern.search(heading))

    def imperatives(self, text: str) -> int:
        """How many sentences of `text` begin like an instruction."""
        found = 0
        for start in _SENTENCE_START.finditer(text):
            first, then = start[1].lower(), start[2].lower()
            if f"{first} {then}" in self._cues.imperatives.openers or (
                first in self._cues.imperatives.openers and then not in _NO_COMMAND
            ):
                found += 1
            elif first in self._cues.imperatives.verbs:
                found += then in self._cues.imperatives.follow
        return found

    def finding(self, kind: ChunkType, seen: Mapping[str, int]) -> Finding | None:
        """What the cues `seen` say about `kind`; None when they are too few or too light."""
        found, groups = self._sum(kind, seen)
        if groups < self._cues.least_groups.get(kind, 1):
            return None
        return found if found.confidence >= self._cues.least_confidence[kind] else None

    def goes_with(self, kind: ChunkType, seen: Mapping[str, int]) -> bool:
        """Whether a passage with the cues `seen` joins a passage of `kind` beside it."""
        least = self._cues.least_confidence_beside.get(kind)
        if least is None:
            return self.finding(kind, seen) is not None
        return self._sum(kind, seen)[0].confidence >= least

    def _sum(self, kind: ChunkType, seen: Mapping[str, int]) -> tuple[Finding, int]:
        """The confidence of independent witnesses, 1 - (1 - a)(1 - b) ..., and their number.

        A group of cues is one witness: its heaviest cue speaks.
        """
        if self._names[kind].isdisjoint(seen):
            return _NOTHING, 0
        heaviest: dict[str, Cue] = {}
        for cue in self._of_type[kind]:
            if seen.get(cue.name, 0) < cue.at_least:
                continue
            group = cue.group or cue.name
            if group not in heaviest or cue.weight > heaviest[group].weight:
                heaviest[group] = cue
        doubt = Decimal(1)
        for cue in heaviest.values():
            doubt *= 1 - cue.weight
        confidence = min(1 - doubt, _MOST).quantize(_HUNDREDTH)
        loudest = max(heaviest.values(), key=lambda cue: cue.weight, default=None)
        return Finding(confidence, loudest.name if loudest else ""), len(heaviest)


@cache
def the_signs() -> Signs:
    """The signs of the cues that come with Lorewright."""
    return Signs(the_cues())


def _by_rarest_word(cues: tuple[Cue, ...]) -> dict[str, list[tuple[str, str]]]:
    """Every phrase under its longest word, so that most passages need not look for it."""
    phrases: dict[str, list[tuple[str, str]]] = {}
    for cue in cues:
        for phrase in cue.phrases:
            rarest = max(phrase.split(" "), key=len)
            phrases.setdefault(rarest, []).append((cue.name, f" {phrase} "))
    return phrases


_SENTENCE_START = re.compile(
    r"(?:^|[.!?;:][\"'\u201d\u2019)]*\s+|\n\s*)(?:[-+*]\s+|\d+[.)]\s+)?(?:\[[ xX]\]\s+)?"
    r"[\"\u201c*_(]*([A-Z][a-z']+)\s+([\w']+)"
)
_NO_COMMAND = frozenset(
    {"a", "before", "did", "does", "had", "has", "have", "in", "is", "the", "was", "were", "will"}
)
_MOST = Decimal("0.99")
_HUNDREDTH = Decimal("0.01")
_NOTHING = Finding(Decimal("0.00"), "")
