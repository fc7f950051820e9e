"""What may be put together, and what each combination costs a plan."""

import difflib
from collections.abc import Mapping, Sequence
from typing import TypeVar

from lorewright.conversations.catalogues import (
    LEAST_COMPATIBLE,
    Arc,
    Catalogues,
    Entry,
    Persona,
    Topic,
    compatibility,
)
from lorewright.errors import UsageError
from lorewright.generate.conversations.choice import Axis, PlanChoice
from lorewright.generate.conversations.dealing import LOOK_AHEAD, Deck

E = TypeVar("E", bound=Entry)

NEVER = 10**15
"""What a cell costs whose parts do not go together."""
AGAIN = 1_000
"""What it costs to take a cell once more; parts that suit each other badly cost at most 70."""
AGAIN_TOGETHER = 30
"""What it costs to put two together once more."""
FOLLOWERS = {
    Axis.ARC: (Axis.TOPIC, Axis.PERSONA),
    Axis.TOPIC: (Axis.ARC, Axis.PERSONA),
    Axis.PERSONA: (Axis.TOPIC, Axis.ARC),
}
"""For each axis that may lead the two others; pairs with the last one are kept even as well."""


class Board:
    """Every cell by number, with what it costs to take it now.

    Args:
        catalogues: all entries.
        choice: which of them may be used, and what is filled already.

    Raises:
        UsageError: when a key is in no catalogue, an arc has no phases, or an entry goes
            together with nothing that was chosen.
    """

    def __init__(self, catalogues: Catalogues, choice: PlanChoice) -> None:
        personas = _those(catalogues.personas, choice.personas, Axis.PERSONA)
        arcs = _those(catalogues.arcs, choice.arcs, Axis.ARC)
        topics = _those(catalogues.topics, choice.topics, Axis.TOPIC)
        _refuse_without_phases(arcs)
        self.keys: dict[Axis, list[str]] = {
            Axis.PERSONA: [one.key for one in personas],
            Axis.ARC: [one.key for one in arcs],
            Axis.TOPIC: [one.key for one in topics],
        }
        self._strides = {
            Axis.PERSONA: 1,
            Axis.TOPIC: len(personas),
            Axis.ARC: len(personas) * len(topics),
        }
        self._costs = [
            _cost_of(persona, arc, topic)
            for arc in arcs
            for topic in topics
            for persona in personas
        ]
        self.filled = {axis: [0] * len(keys) for axis, keys in self.keys.items()}
        self._fill(choice)
        self._refuse_loners()
        self.lead = choice.axis or Axis.ARC
        first, last = FOLLOWERS[self.lead]
        self._decks = tuple(
            Deck(f"{choice.seed} {axis}", self.filled[axis]) for axis in (first, last)
        )
        self._along = len(self.keys[last])
        self._together = [0] * (len(self.keys[self.lead]) * self._along)
        self._steps = tuple(self._strides[axis] for axis in (self.lead, first, last))
        order = (self.lead, first, last)
        self._places = tuple(order.index(axis) for axis in Axis)
        self._names = tuple(self.keys[axis] for axis in Axis)

    def pick(self, lead: int) -> tuple[str, str, str]:
        """Take the best cell with this key of the leading axis: persona, arc and topic."""
        near, far = self._decks
        for deck in self._decks:
            if not deck.left:
                deck.deal()
        best = self._best(lead, near.left[:LOOK_AHEAD], far.left[:LOOK_AHEAD])
        one, other = self._further(lead) if best is None else best
        near.take(one)
        far.take(other)
        row, across, along = self._steps
        self._costs[lead * row + one * across + other * along] += AGAIN
        self._together[lead * self._along + other] += AGAIN_TOGETHER
        numbers, (at, then, last) = (lead, one, other), self._places
        personas, arcs, topics = self._names
        return personas[numbers[at]], arcs[numbers[then]], topics[numbers[last]]

    def _further(self, lead: int) -> tuple[int, int]:
        """What to take where nothing near the top of the decks goes together."""
        near, far = self._decks
        if (best := self._best(lead, near.left, far.left)) is not None:
            return best
        for deck in self._decks:
            deck.deal()
        return self._best(lead, near.left, far.left) or self._anywhere(lead)

    def _best(self, lead: int, ones: list[int], others: list[int]) -> tuple[int, int] | None:
        """The cheapest cell of these keys; None when none of them go together."""
        costs, together = self._costs, self._together
        row, across, along = self._steps
        start, beside = lead * row, lead * self._along
        shifts = [(together[beside + other], start + other * along, other) for other in others]
        least, found = NEVER, None
        for one in ones:
            shift = one * across
            for more, at, other in shifts:
                cost = costs[at + shift] + more
                if cost < least:
                    least, found = cost, (one, other)
        return found

    def _anywhere(self, lead: int) -> tuple[int, int]:
        """The cheapest cell of all, where no deck holds one that goes."""
        row, across, along = self._steps
        first, _ = FOLLOWERS[self.lead]
        return min(
            ((one, other) for one in range(len(self.keys[first])) for other in range(self._along)),
            key=lambda place: self._costs[lead * row + place[0] * across + place[1] * along],
        )

    def _fill(self, choice: PlanChoice) -> None:
        """Count what there is already."""
        places = {
            axis: {key: at for at, key in enumerate(keys)} for axis, keys in self.keys.items()
        }
        for one in choice.filled:
            named = {Axis.PERSONA: one.persona, Axis.ARC: one.arc, Axis.TOPIC: one.topic}
            if any(key not in places[axis] for axis, key in named.items()):
                continue  # it is of something that was not chosen
            numbers = {axis: places[axis][key] for axis, key in named.items()}
            cell = sum(numbers[axis] * stride for axis, stride in self._strides.items())
            self._costs[cell] += AGAIN * one.count
            for axis, number in numbers.items():
                self.filled[axis][number] += one.count

    def _refuse_loners(self) -> None:
        """Stop when an entry goes with nothing.

        Raises:
            UsageError: naming it.
        """
        for axis, keys in self.keys.items():
            goes = [False] * len(keys)
            for cell, cost in enumerate(self._costs):
                goes[cell // self._strides[axis] % len(keys)] |= cost < NEVER
            for key, does in zip(keys, goes, strict=True):
                if not does:
                    raise UsageError(
                        f"the {axis} {key!r} goes together with nothing that was chosen",
                        hint="choose others beside it, or leave it out",
                    )


def _those(known: Mapping[str, E], wanted: Sequence[str], axis: Axis) -> list[E]:
    for key in wanted:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise UsageError(f"there is no {axis} {key!r}", hint=hint)
    return [known[key] for key in dict.fromkeys(wanted)] if wanted else [*known.values()]


def _refuse_without_phases(arcs: Sequence[Arc]) -> None:
    for arc in arcs:
        if not arc.phases:
            raise UsageError(
                f"the arc {arc.key!r} has no phases, so no conversation can follow it",
                where=f"arcs.toml, {arc.key}",
                hint="write its phases, or name the arcs that you want with --arc",
            )


def _cost_of(persona: Persona, arc: Arc, topic: Topic) -> int:
    suits = compatibility(persona, arc, topic)
    return int(100 * (1 - suits)) if suits > LEAST_COMPATIBLE else NEVER
