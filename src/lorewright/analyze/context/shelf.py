"""The list of evidence of a record while it is being made, each quote once."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from lorewright.lineage import Ref
from lorewright.records import (
    DifferingTerm,
    Evidence,
    Expertise,
    NotedPerson,
    NotedTerm,
    NotedTheme,
    NotedTrait,
    Relation,
)

Part = TypeVar(
    "Part", NotedTheme, NotedTerm, NotedPerson, NotedTrait, Expertise, Relation, DifferingTerm
)


class Shelf:
    """Evidence in the order in which it came, and where each piece stands."""

    def __init__(self) -> None:
        self._evidence = dict[tuple[Ref, int, int], Evidence]()
        self._places = dict[tuple[Ref, int, int], int]()

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """All that was put here."""
        return tuple(self._evidence.values())

    def put(self, evidence: Iterable[Evidence]) -> tuple[int, ...]:
        """The places of some evidence, each once; what is not here yet is put here."""
        return tuple(dict.fromkeys(map(self._place, evidence)))

    def at(self, places: Iterable[int]) -> list[Evidence]:
        """What stands at some places."""
        evidence = self.evidence
        return [evidence[place] for place in places]

    def take(self, part: Part, evidence: Sequence[Evidence]) -> Part:
        """A part of another record, with its places in this list."""

        def moved(places: tuple[int, ...]) -> tuple[int, ...]:
            return self.put(evidence[at] for at in places)

        changes: dict[str, object] = {}
        for name in ("evidence", "places", "source_evidence", "target_evidence", "first", "second"):
            places: tuple[int, ...] | None = getattr(part, name, None)
            if places is not None:
                changes[name] = moved(places)
        if isinstance(part, NotedTerm) and part.definition is not None:
            (changes["definition"],) = moved((part.definition,))
        return part.model_copy(update=changes)

    def _place(self, one: Evidence) -> int:
        key = (one.document, one.start, one.end)
        self._evidence.setdefault(key, one)
        return self._places.setdefault(key, len(self._places))
