"""The catalogues that came along, joined with the operator's own."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from lorewright.conversations.catalogues.shapes import Arc, Consultant, Entry, Persona, Topic
from lorewright.errors import BadSettings
from lorewright.records import CatalogueEntry

E = TypeVar("E", bound=Entry)

PERSONAS, ARCS, TOPICS, CONSULTANTS = "personas", "arcs", "topics", "consultants"
"""The catalogues; the file of each is called after it."""
_TABLES = {PERSONAS: "persona", ARCS: "arc", TOPICS: "topic", CONSULTANTS: "consultant"}
"""What the table of one entry is called in the file."""


@dataclass(frozen=True, slots=True)
class Catalogues:
    """All entries by their keys, in the order of their files, the operator's own last."""

    personas: Mapping[str, Persona]
    arcs: Mapping[str, Arc]
    topics: Mapping[str, Topic]
    consultants: Mapping[str, Consultant]
    own: frozenset[tuple[str, str]] = frozenset()
    """Catalogue and key of the entries that are the operator's."""
    _records: dict[tuple[str, str], CatalogueEntry] = field(
        default_factory=dict[tuple[str, str], CatalogueEntry], init=False, repr=False, compare=False
    )
    """Those that were asked for: each is in the cells of a plan thousands of times."""

    def record(self, catalogue: str, entry: Entry) -> CatalogueEntry:
        """An entry of `catalogue` as it stands now, to be kept."""
        named = (catalogue, entry.key)
        if named not in self._records:
            self._records[named] = entry_record(catalogue, entry, own=named in self.own)
        return self._records[named]


def catalogues(own: Path | None = None) -> Catalogues:
    """The catalogues with the operator's own entries in them.

    An own entry with a known key stands in the place of the one that came along, another one
    is added.

    Args:
        own: a folder that may hold `personas.toml`, `arcs.toml`, `topics.toml` and
            `consultants.toml`; it need not be there.

    Raises:
        BadSettings: naming the file and the entry that cannot be used.
    """
    personas, own_personas = _joined(PERSONAS, Persona, own)
    arcs, own_arcs = _joined(ARCS, Arc, own)
    topics, own_topics = _joined(TOPICS, Topic, own)
    consultants, own_consultants = _joined(CONSULTANTS, Consultant, own)
    found = Catalogues(
        personas,
        arcs,
        topics,
        consultants,
        frozenset(own_personas | own_arcs | own_topics | own_consultants),
    )
    if own is not None:
        _refuse_strangers(found, own)
    return found


def entry_record(catalogue: str, entry: Entry, *, own: bool = False) -> CatalogueEntry:
    """The record of an entry; numbers with a fraction stand in it as text."""
    return CatalogueEntry(
        catalogue=catalogue, key=entry.key, content=entry.model_dump(mode="json"), own=own
    )


def _joined(
    catalogue: str, shape: type[E], own: Path | None
) -> tuple[Mapping[str, E], set[tuple[str, str]]]:
    """All entries of one catalogue, and which of them are the operator's."""
    bundled = _entries(_bundled(catalogue), catalogue, shape, f"{catalogue}.toml")
    entries = {one.key: one for one in bundled}
    file = own / f"{catalogue}.toml" if own is not None else None
    if file is None or not file.is_file():
        return MappingProxyType(entries), set()
    added = {one.key: one for one in _entries(_read(file), catalogue, shape, str(file))}
    return MappingProxyType(entries | added), {(catalogue, key) for key in added}


@cache
def _bundled(catalogue: str) -> dict[str, Any]:
    place = files("lorewright.conversations.catalogues").joinpath(f"{catalogue}.toml")
    return tomllib.loads(place.read_text(encoding="utf-8"), parse_float=Decimal)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (OSError, ValueError, RecursionError) as error:
        raise BadSettings(
            f"a catalogue cannot be read: {error}",
            where=str(file),
            hint="it is a TOML file of the same form as the one that came along",
        ) from error


def _entries(raw: Mapping[str, Any], catalogue: str, shape: type[E], file: str) -> Iterator[E]:
    table = _TABLES[catalogue]
    if unknown := sorted(raw.keys() - {table}):
        raise BadSettings(
            f"a catalogue holds {unknown[0]!r}, which is no part of it",
            where=file,
            hint=f"each entry is a table [[{table}]]",
        )
    found = raw.get(table, [])
    if not isinstance(found, list):
        raise BadSettings(
            f"{table!r} is one table where a list is meant",
            where=file,
            hint=f"write [[{table}]] with two brackets",
        )
    seen: set[str] = set()
    listed: list[Any] = [*found]
    for number, one in enumerate(listed, start=1):
        entry = _entry(one, shape, f"{file}, {_called(one, number)}")
        if entry.key in seen:
            raise BadSettings(f"two entries have the key {entry.key!r}", where=file)
        seen.add(entry.key)
        yield entry


def _called(one: Any, number: int) -> str:
    """An entry as its author would find it."""
    match one:
        case {"key": str() as key}:
            return f"entry {number} ({key[:60]})"
        case _:
            return f"entry {number}"


def _entry(one: Any, shape: type[E], where: str) -> E:
    try:
        entry = shape.model_validate(one)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        said = first["msg"].removeprefix("Value error, ")
        raise BadSettings(
            f"an entry of a catalogue cannot be used: {place}: {said[:1].lower()}{said[1:]}",
            where=where,
        ) from error
    if isinstance(entry, Arc) and (fault := _fault_of(entry)):
        raise BadSettings(fault, where=where, hint="turns are exchanges, counted from 1")
    return entry


def _fault_of(arc: Arc) -> str | None:
    """What is wrong with the turns of an arc; one without phases is only found when planned."""
    if arc.fewest_turns > arc.most_turns:
        return "the fewest turns of an arc are more than its most turns"
    if not arc.phases:
        return None
    at = 1
    for phase in arc.phases:
        if phase.first != at or phase.last < phase.first:
            return f"the phases of an arc leave a gap or overlap at turn {at}"
        at = phase.last + 1
    if at != arc.most_turns + 1:
        return f"the phases of an arc end at turn {at - 1}, its most turns are {arc.most_turns}"
    if sum(not phase.optional for phase in arc.phases) > arc.fewest_turns:
        return "an arc has more phases that are not optional than it has fewest turns"
    return None


def _refuse_strangers(found: Catalogues, own: Path) -> None:
    """Stop when an own entry says that it suits something that there is not.

    Raises:
        BadSettings: naming the entry and what it names.
    """
    known: dict[str, Mapping[str, Entry]] = {
        PERSONAS: found.personas,
        ARCS: found.arcs,
        TOPICS: found.topics,
    }
    for catalogue, key in sorted(found.own):
        entry = known.get(catalogue, {}).get(key)
        for other, names in _named_by(entry):
            for name in names:
                if name not in known[other]:
                    raise BadSettings(
                        f"the entry {key!r} suits {name!r}, which is not among the {other}",
                        where=str(own / f"{catalogue}.toml"),
                    )


def _named_by(entry: Entry | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    match entry:
        case Arc():
            return (PERSONAS, entry.personas), (TOPICS, entry.topics)
        case Topic():
            return (PERSONAS, entry.personas), (ARCS, entry.arcs)
        case _:
            return ()
