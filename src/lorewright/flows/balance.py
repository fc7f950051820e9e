"""How conversations are spread over personas, arcs and topics: what there is, what lacks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, Self

from lorewright.conversations.catalogues import catalogues
from lorewright.flows.conversation_plans import turned_down_by_people
from lorewright.generate.conversations import Axis
from lorewright.lineage import Ref
from lorewright.records import (
    CatalogueEntry,
    Conversation,
    Enrichment,
    EnrichmentState,
    QualityTier,
    Rejection,
    Scaffold,
)
from lorewright.store import Store

CONVERSE = "converse"
"""The step whose rejections are conversations that never came."""
UNKNOWN = "unknown"
"""Stands where a file does not say."""


class Cell(NamedTuple):
    """One combination of keys."""

    persona: str
    arc: str
    topic: str

    @classmethod
    def of(cls, scaffold: Scaffold) -> Self:
        """That of a conversation."""
        return cls(
            scaffold.persona_key or UNKNOWN,
            scaffold.emotional_arc_key or UNKNOWN,
            scaffold.training_topic_key or UNKNOWN,
        )

    def on(self, axis: Axis) -> str:
        """The key on one axis."""
        return self[list(Axis).index(axis)]


@dataclass(slots=True)
class Count:
    """What became of the conversations of a cell, or of several cells.

    requested = accepted + turned down + blocked + waiting + failed
    """

    accepted: int = 0
    turned_down: int = 0
    """Complete, and of the tier `rejected`, or rejected by a reviewer."""
    blocked: int = 0
    """With a blocker, so that no stage but validation saw them."""
    waiting: int = 0
    """Not enriched yet."""
    failed: int = 0
    """Asked for, and never written."""
    scores: list[Decimal] = field(default_factory=list[Decimal])
    """Of those that are complete, from 0 to 10."""

    @property
    def requested(self) -> int:
        """All that were asked for or imported."""
        return self.accepted + self.turned_down + self.blocked + self.waiting + self.failed

    @property
    def quality(self) -> Decimal | None:
        """The mean score; None when none is complete."""
        if not self.scores:
            return None
        return (sum(self.scores, Decimal(0)) / len(self.scores)).quantize(Decimal("0.01"))

    @property
    def acceptance(self) -> Decimal | None:
        """Accepted ones as a share of those about which it is decided."""
        decided = self.requested - self.waiting
        return (Decimal(self.accepted) / decided).quantize(Decimal("0.001")) if decided else None

    def add(self, other: "Count") -> None:
        """Put another count on top."""
        self.accepted += other.accepted
        self.turned_down += other.turned_down
        self.blocked += other.blocked
        self.waiting += other.waiting
        self.failed += other.failed
        self.scores += other.scores


class Gap(NamedTuple):
    """What lacks on one axis to reach a target."""

    key: str
    accepted: int
    lacking: int


@dataclass(frozen=True, slots=True)
class Balance:
    """The table of a workspace."""

    cells: Mapping[Cell, Count]
    """Those in which anything was asked for, by cell."""

    @property
    def whole(self) -> Count:
        """All cells together."""
        return self._sum(self.cells.values())

    def by(self, axis: Axis) -> dict[str, Count]:
        """Counts by one axis, by key."""
        found: defaultdict[str, list[Count]] = defaultdict(list)
        for cell, count in self.cells.items():
            found[cell.on(axis)].append(count)
        return {key: self._sum(found[key]) for key in sorted(found)}

    def gaps(self, axis: Axis, target: int, keys: Iterable[str]) -> list[Gap]:
        """What lacks of `target` accepted conversations for each of `keys`, the emptiest first."""
        there = self.by(axis)
        found = (
            Gap(key, count.accepted, target - count.accepted)
            for key in sorted(set(keys))
            for count in [there.get(key, Count())]
        )
        return sorted((one for one in found if one.lacking > 0), key=lambda one: -one.lacking)

    def _sum(self, counts: Iterable[Count]) -> Count:
        whole = Count()
        for one in counts:
            whole.add(one)
        return whole


def balance_of(
    store: Store, *, only: Mapping[Axis, frozenset[str]] | None = None, controls: bool = False
) -> Balance:
    """Count every conversation, and every one that never came, from the records.

    Args:
        store: where.
        only: the keys that are counted, by axis; an axis that is not in it has all.
        controls: count neutral counterparts instead of their originals.
    """
    cells: dict[Cell, Count] = {}
    wanted = only or {}

    def add(cell: Cell, count: Count) -> None:
        if all(cell.on(axis) in keys for axis, keys in wanted.items()):
            cells.setdefault(cell, Count()).add(count)

    newest, out = _newest(store), turned_down_by_people(store)
    for one in store.get_many(store.names(Conversation.kind), Conversation):
        if one.is_control == controls:
            add(Cell.of(one.scaffold), _count(newest.get(one.ref), is_out=one.ref in out))
    if not controls:
        for cell in _failed(store):
            add(cell, Count(failed=1))
    return Balance({cell: cells[cell] for cell in sorted(cells)})


def known_keys(own: Path, axis: Axis) -> frozenset[str]:
    """Every key of a catalogue, those of the operator among them.

    Args:
        own: the folder with the operator's own entries.
        axis: which catalogue.
    """
    known = catalogues(own)
    listed = {Axis.PERSONA: known.personas, Axis.ARC: known.arcs, Axis.TOPIC: known.topics}
    return frozenset(listed[axis])


class _Outcome(NamedTuple):
    is_complete: bool
    tier: QualityTier | None
    quality: Decimal | None


def _newest(store: Store) -> dict[Ref, _Outcome]:
    """The newest enrichment of each conversation, without its words."""
    found: dict[Ref, _Outcome] = {}
    for one in store.get_many(store.names(Enrichment.kind), Enrichment):
        content = one.content
        found[one.conversation] = _Outcome(
            one.state is EnrichmentState.COMPLETED,
            content.tier if content else None,
            content.quality if content else None,
        )
    return found


def _count(outcome: _Outcome | None, *, is_out: bool) -> Count:
    if outcome is None:
        return Count(waiting=1)
    if not outcome.is_complete or outcome.quality is None:
        return Count(blocked=1)
    if is_out or outcome.tier is QualityTier.REJECTED:
        return Count(turned_down=1, scores=[outcome.quality])
    return Count(accepted=1, scores=[outcome.quality])


def _failed(store: Store) -> Iterator[Cell]:
    """The cells of conversations that were asked for and never written."""
    keys: dict[Ref, tuple[str, str]] = {
        one.ref: (one.catalogue, one.key)
        for one in store.get_many(store.names(CatalogueEntry.kind), CatalogueEntry)
    }
    for one in store.get_many(store.names(Rejection.kind), Rejection):
        if one.step == CONVERSE:
            told = dict(keys[ref] for ref in one.made_from if ref in keys)
            yield Cell(*(told.get(f"{axis}s", UNKNOWN) for axis in Axis))
