"""What scenarios are to be about: from an order to briefs, by catalogue, by topic, by section."""

import hashlib
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from lorewright.conversations.catalogues import (
    ARCS,
    PERSONAS,
    TOPICS,
    Catalogues,
    Tier,
    Topic,
    catalogues,
    entry_record,
)
from lorewright.errors import UsageError
from lorewright.evaluate.scenarios import (
    ARC,
    PERSONA,
    TOPIC,
    Brief,
    quotas,
    section_group,
    shares_of,
)
from lorewright.flows.conversation_plans import arcs_for_rules, planned
from lorewright.flows.scenario_topics import Place, held_out_places
from lorewright.generate.conversations import Axis, Cell, PlanChoice, PlanKind
from lorewright.lineage import Ref
from lorewright.records import CatalogueEntry, ScenarioPurpose
from lorewright.settings import ScenarioSettings
from lorewright.store import Store

FOLLOW_UPS = 2
"""Messages of a deliberation when nobody says another number: it is about going on."""
LEAST_SECTION = 200
"""Characters of a section that there is something to ask about."""
LONGEST_TOPIC = 300
IN_DANGER = frozenset({ScenarioPurpose.SAFETY, ScenarioPurpose.REFERRAL})
"""Purposes about somebody whom a wrong answer could hurt."""
DOMAIN = "domain:"
"""Before the family of a scenario about a topic that the operator named for this."""


class ScenarioChoice(BaseModel):
    """What is asked for: names and numbers only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: ScenarioPurpose = ScenarioPurpose.ADVICE
    count: int = Field(default=100, ge=1)
    messages: int = Field(default=1, ge=1, le=10)
    """How many turns the person speaks."""
    arcs: tuple[str, ...] = ()
    """Only these; none takes those that suit the purpose."""
    personas: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    shares: dict[str, int] = {}
    """How many of each arc, as shares; empty takes those that came along."""
    by_persona: dict[str, int] = {}
    """The same of personas."""
    named: tuple[Ref, ...] = ()
    """Topics that the operator named, as entries; they take the place of the catalogue's."""
    held_out: Ref | None = None
    """A dataset whose transfer sections take their place."""
    seed: int = 7
    draw: int = Field(default=0, ge=0)


def messages_for(purpose: ScenarioPurpose, said: int | None) -> int:
    """How many messages a scenario has."""
    return said or (FOLLOW_UPS if purpose is ScenarioPurpose.DELIBERATION else 1)


class Laid(NamedTuple):
    """Briefs, and the entries that they name."""

    briefs: tuple[Brief, ...]
    entries: tuple[CatalogueEntry, ...]


def lay_out(
    store: Store, choice: ScenarioChoice, *, own: Path | None = None, by_rules: bool = False
) -> Laid:
    """The briefs of an order; the same store and order lay out the same ones.

    Args:
        store: with what the order names.
        choice: the order.
        own: the folder with the operator's own catalogues.
        by_rules: whether rules write, which must not write about somebody in danger.

    Raises:
        UsageError: when no such plan can be made, or an arc is named that rules must not write.
        BadSettings: when an own catalogue cannot be used.
        NotYet: when the dataset holds no section out that could be asked about.
    """
    if by_rules and choice.purpose in IN_DANGER:
        raise UsageError(
            f"rules write no scenarios for the purpose {choice.purpose.value!r}",
            hint="name a language model with --model, or bring in those that came along with "
            "`lorewright scenarios import --shipped`",
        )
    return _Order(store, choice, catalogues(own), by_rules=by_rules).laid_out()


class _Order:
    """One order while it is laid out."""

    def __init__(
        self, store: Store, choice: ScenarioChoice, known: Catalogues, *, by_rules: bool
    ) -> None:
        self._store = store
        self._choice = choice
        self._by_rules = by_rules
        self._places: dict[str, Place] = {}
        self._known = self._with_topics(known)
        self._entries: dict[Ref, CatalogueEntry] = {}

    def laid_out(self) -> Laid:
        choice = self._choice
        cells = planned(self._known, self._plan())
        briefs = tuple(map(self._brief, cells[: choice.count]))
        return Laid(briefs, tuple(self._entries.values()))

    def _plan(self) -> PlanChoice:
        choice = self._choice
        arcs = self._arcs()
        shares = shares_of(ARC, choice.shares)
        return PlanChoice(
            kind=PlanKind.STRATIFIED,
            axis=Axis.ARC,
            quotas=quotas(choice.count, arcs, shares),
            personas=choice.personas or self._personas(),
            arcs=arcs,
            topics=choice.topics,
            seed=choice.seed,
            draw=choice.draw,
        )

    def _personas(self) -> tuple[str, ...]:
        """Those that have a share, and the operator's own; all where none of them is known."""
        shares = shares_of(PERSONA, self._choice.by_persona)
        known = self._known
        return tuple(
            key for key in known.personas if shares.get(key) or (PERSONAS, key) in known.own
        )

    def _arcs(self) -> tuple[str, ...]:
        """The arcs that suit the purpose, unless some are named."""
        choice, known = self._choice, self._known
        if self._by_rules and choice.purpose is ScenarioPurpose.ADVICE:
            return arcs_for_rules(known, choice.arcs)
        if choice.arcs:
            return choice.arcs
        usable = [one for one in known.arcs.values() if one.phases]
        edge = [one.key for one in usable if one.tier is Tier.EDGE_CASE]
        if choice.purpose in IN_DANGER and edge:
            return tuple(edge)
        if choice.purpose is ScenarioPurpose.DELIBERATION:
            return tuple(one.key for one in usable if one.tier is not Tier.EDGE_CASE)
        return tuple(one.key for one in usable)

    def _brief(self, cell: Cell) -> Brief:
        choice, known = self._choice, self._known
        topic, place = known.topics[cell.topic], self._places.get(cell.topic)
        entries = [
            known.record(PERSONAS, known.personas[cell.persona]),
            known.record(ARCS, known.arcs[cell.arc]),
        ]
        if place is None:
            # The heading of a section is no entry: entries outlive the documents.
            entries.append(self._entry_of(topic, known))
        self._entries |= {one.ref: one for one in entries}
        documents = (place.document,) if place else ()
        said = f"{cell.conversation_id} {choice.purpose} {choice.messages}"
        digest = hashlib.blake2b(said.encode(), digest_size=8).digest()
        return Brief(
            scenario_id=f"{choice.purpose}-{digest[:6].hex()}",
            family=self._family(topic, place),
            purpose=choice.purpose,
            persona=known.personas[cell.persona],
            arc=known.arcs[cell.arc],
            topic=topic,
            messages=choice.messages,
            lot=int.from_bytes(digest),
            entries=(*(one.ref for one in entries), *documents),
            documents=documents,
            passage=place.passage if place else "",
        )

    def _entry_of(self, topic: Topic, known: Catalogues) -> CatalogueEntry:
        if self._choice.named:
            return entry_record(TOPICS, topic, own=True)
        return known.record(TOPICS, topic)

    def _family(self, topic: Topic, place: Place | None) -> str:
        if place is not None:
            return section_group(place.document.id, place.start)
        return f"{DOMAIN if self._choice.named else TOPIC}{topic.key}"

    def _with_topics(self, known: Catalogues) -> Catalogues:
        """The catalogues with the topics that this order is about."""
        choice = self._choice
        if choice.named:
            entries = self._store.get_many(choice.named, CatalogueEntry)
            topics = [Topic.model_validate(one.content) for one in entries]
        elif choice.held_out is not None:
            places = list(held_out_places(self._store, choice.held_out))
            self._places = {one.topic.key: one for one in places}
            topics = [one.topic for one in places]
        else:
            return known
        return replace(known, topics=MappingProxyType({one.key: one for one in topics}))


def choice_of(  # noqa: PLR0913 - what a command can say of an order
    rules: ScenarioSettings,
    *,
    purpose: ScenarioPurpose,
    count: int | None = None,
    messages: int | None = None,
    arcs: tuple[str, ...] = (),
    personas: tuple[str, ...] = (),
    topics: tuple[str, ...] = (),
    named: tuple[Ref, ...] = (),
    held_out: Ref | None = None,
    seed: int | None = None,
    draw: int = 0,
) -> ScenarioChoice:
    """An order with what the settings say where nothing else does."""
    return ScenarioChoice(
        purpose=purpose,
        count=rules.count if count is None else count,
        messages=messages_for(purpose, messages),
        arcs=arcs,
        personas=personas,
        topics=topics,
        shares=rules.arcs,
        by_persona=rules.personas,
        named=named,
        held_out=held_out,
        seed=rules.seed if seed is None else seed,
        draw=draw,
    )
