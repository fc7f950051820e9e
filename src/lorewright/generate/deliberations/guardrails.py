"""The rules that weights keep, in one function, and the report on weights that break them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from lorewright.generate.deliberations.shapes import Panel, Persona

MOST_CHANGE = Decimal("0.3")
"""How far a weight may move from one turn to the next."""
LEAST_ACTIVE = Decimal("0.2")
"""Whoever is active has at least so much to say."""
MOST_SUPPRESSED = Decimal("0.3")
"""Whoever is not has at most this weight."""
FEWEST_ACTIVE = 2
"""One voice is no deliberation."""
CENT = Decimal("0.01")
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Weighed:
    """Who speaks in a turn and who does not, each with a weight; the heaviest first."""

    active: Mapping[str, Decimal]
    suppressed: Mapping[str, Decimal]

    @property
    def all(self) -> dict[str, Decimal]:
        """Everybody's weight."""
        return {**self.active, **self.suppressed}


def guarded(
    proposed: Mapping[str, Decimal],
    personas: Sequence[Persona],
    *,
    previous: Mapping[str, Decimal] | None = None,
    blockers: Collection[str] = (),
) -> Weighed:
    """Bring proposed weights under the rules.

    A weight moves by at most 0.3 from one turn to the next. Whoever weighs more than 0.3 is
    active; so are the core of the panel, whoever raised a blocker, and at least two personas in
    all. Who is active weighs at least 0.2. Whoever raised a blocker may jump upwards: what stops
    everything cannot wait for a slow rise.

    Args:
        proposed: a weight for each persona, from 0 to 1.
        personas: of the panel.
        previous: the weights of the turn before; None in the first.
        blockers: who has raised a blocker that is not answered yet.
    """
    weights: dict[str, Decimal] = {}
    for one in personas:
        wanted = _cut(proposed[one.id])
        if previous is not None:
            low, high = _reach(previous[one.id])
            wanted = max(low, wanted if one.id in blockers else min(high, wanted))
        weights[one.id] = wanted
    ranked = sorted(personas, key=lambda one: (-weights[one.id], one.id))
    active = {
        one.id
        for place, one in enumerate(ranked)
        if weights[one.id] > MOST_SUPPRESSED
        or one.core
        or one.id in blockers
        or place < FEWEST_ACTIVE
    }
    for name in active:
        weights[name] = max(weights[name], LEAST_ACTIVE)
    order = sorted(weights, key=lambda name: (-weights[name], name))
    return Weighed(
        {name: weights[name] for name in order if name in active},
        {name: weights[name] for name in order if name not in active},
    )


def _cut(weight: Decimal) -> Decimal:
    return min(ONE, max(Decimal(0), weight)).quantize(CENT)


def _reach(before: Decimal) -> tuple[Decimal, Decimal]:
    """The lowest and the highest weight that may follow, in whole hundredths."""
    low = max(Decimal(0), before - MOST_CHANGE).quantize(CENT, ROUND_CEILING)
    return low, min(ONE, before + MOST_CHANGE).quantize(CENT, ROUND_FLOOR)


class BrokenRule(NamedTuple):
    """A rule that an account of a deliberation breaks, and where."""

    rule: str
    turn: int | None
    """None for the conversation as a whole."""
    persona: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class AccountOfTurn:
    """A turn as somebody reports it; what is not known is left out."""

    state: str | None = None
    active: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    suppressed: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    blockers: frozenset[str] = frozenset()
    """Who raised a blocker in an earlier turn or in this one."""


@dataclass(frozen=True, slots=True)
class AccountOfConversation:
    """A conversation as somebody reports it, with what its metadata claims."""

    turns: Sequence[AccountOfTurn]
    claimed_turns: int | None = None
    claimed_pairs: int | None = None
    from_table: bool = False
    """Whether its weights are said to be those of the weight table."""


def broken_rules(account: AccountOfConversation, panel: Panel) -> list[BrokenRule]:
    """Every rule that an account breaks, in the order of its turns."""
    found: list[BrokenRule] = []
    before: Mapping[str, Decimal] = {}
    visited: set[str] = set()
    for number, turn in enumerate(account.turns, start=1):
        found += _of_change(number, turn, before)
        found += _of_roles(number, turn, panel)
        found += _of_states(number, turn, panel, visited)
        if account.from_table:
            found += _of_table(number, turn, panel)
        before = {**turn.active, **turn.suppressed}
        visited |= {turn.state} if turn.state else set()
    return [*found, *_of_counts(account)]


def _of_change(
    number: int, turn: AccountOfTurn, before: Mapping[str, Decimal]
) -> Iterator[BrokenRule]:
    for name, weight in {**turn.active, **turn.suppressed}.items():
        moved = weight - before.get(name, weight)
        if abs(moved) > MOST_CHANGE and not (moved > 0 and name in turn.blockers):
            sentence = f"{name} goes from {before[name]} to {weight}, by more than {MOST_CHANGE}"
            yield BrokenRule("change_per_turn", number, name, sentence)


def _of_roles(number: int, turn: AccountOfTurn, panel: Panel) -> Iterator[BrokenRule]:
    for name, weight in turn.active.items():
        if weight < LEAST_ACTIVE:
            sentence = f"{name} is active with {weight}, below {LEAST_ACTIVE}"
            yield BrokenRule("least_when_active", number, name, sentence)
    for name, weight in turn.suppressed.items():
        if weight > MOST_SUPPRESSED:
            sentence = f"{name} is suppressed at {weight}, above {MOST_SUPPRESSED}"
            yield BrokenRule("most_when_suppressed", number, name, sentence)
        if panel.persona(name).core:
            sentence = f"{name} is the core of the panel and is suppressed"
            yield BrokenRule("core_always_active", number, name, sentence)


def _of_states(
    number: int, turn: AccountOfTurn, panel: Panel, visited: set[str]
) -> Iterator[BrokenRule]:
    if turn.state is None or not visited or turn.state in visited:
        return
    place = panel.place_of(turn.state)
    skipped = panel.purpose.states[place - 1].key if place else None
    if skipped and skipped not in visited:
        yield BrokenRule(
            "state_skipped", number, None, f"{turn.state} is entered before {skipped} was"
        )


def _of_table(number: int, turn: AccountOfTurn, panel: Panel) -> Iterator[BrokenRule]:
    if turn.state is None:
        return
    row = panel.base_weights(turn.state)
    for name, weight in {**turn.active, **turn.suppressed}.items():
        if weight != row[name]:
            sentence = f"{name} has {weight}, and the row of {turn.state} says {row[name]}"
            yield BrokenRule("not_in_table", number, name, sentence)


def _of_counts(account: AccountOfConversation) -> Iterator[BrokenRule]:
    there = len(account.turns)
    for rule, claimed, what in (
        ("turns_claimed", account.claimed_turns, "turns"),
        ("pairs_claimed", account.claimed_pairs, "training pairs"),
    ):
        if claimed is not None and claimed != there:
            yield BrokenRule(rule, None, None, f"{claimed} {what} are claimed, and {there} exist")
