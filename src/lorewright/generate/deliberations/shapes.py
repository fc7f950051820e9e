"""What stands in the file of a panel: its purpose, its personas, and conversations worked out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from lorewright.records.deliberation import (
    ActKind,
    GoalVisibility,
    Methodology,
    PanelComplexity,
    PanelDomain,
    PersonaId,
    Share,
    Text,
)

FEWEST_PERSONAS = 2
SUM_IS_OFF_BY = Decimal("0.005")
Key = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]


class Shape(BaseModel):
    """A frozen part of a file that knows all its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class State(Shape):
    """One state of the purpose, and what must be true for the next one to begin."""

    key: Key
    score: Share
    settles: tuple[Key, ...] = Field(min_length=3)
    """The characteristics that are brought forward while the purpose is in this state."""


class Purpose(Shape):
    """Where it starts, where it should arrive, and how."""

    type: Text
    target: Key
    """What the state is called in which the purpose is served."""
    target_score: Share
    methodology: Methodology = Methodology.LINEAR
    visibility: GoalVisibility = GoalVisibility.ALWAYS
    notes: str | None = None
    states: tuple[State, ...] = Field(min_length=2, max_length=10)

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        scores = [*(one.score for one in self.states), self.target_score]
        if any(later <= before for before, later in pairwise(scores)):
            raise ValueError("the scores of the states do not climb up to that of the target")
        if twice := _twice(one.key for one in self.states):
            raise ValueError(f"two states are called {twice!r}")
        return self


class Persona(Shape):
    """One expert of the panel, and how much it has to say in each state."""

    id: PersonaId
    role: Text
    expertise: tuple[Text, ...] = Field(min_length=1)
    focus: Text
    style: Text
    weights: tuple[Share, ...]
    """One for each state, in their order."""
    blocker: Share
    """How likely it is to raise something that stops everything."""
    unique: str | None = None
    insider: bool = False
    core: bool = False
    keywords: tuple[Text, ...] = ()
    """Words of a question that call for it: lower case, single spaces."""
    boost: Share = Decimal("0.5")
    """What a question with one of them adds to its weight."""


class Point(Shape):
    """What one persona says in a turn that was worked out."""

    by: PersonaId
    act: ActKind = ActKind.STATEMENT
    says: Text
    """To the others."""
    advice: Text
    """To the user: a whole sentence."""
    moves: Key | None = None
    to: PersonaId | None = None
    critical: bool = False


class WorkedTurn(Shape):
    """One question of the user with what everybody has to say about it."""

    state: Key
    topic: Key
    asks: Text
    opening: Text
    """The sentence with which the answer begins."""
    agree: Text
    blind_spot: str | None = None
    """A whole sentence about what the user did not ask."""
    seen_by: PersonaId | None = None
    prevents: str | None = None
    """What goes wrong otherwise, as the end of "This keeps you from"."""
    points: tuple[Point, ...] = Field(min_length=FEWEST_PERSONAS)

    @model_validator(mode="after")
    def _says_who_saw_it(self) -> Self:
        if (self.blind_spot is None) != (self.seen_by is None):
            raise ValueError("a blind spot and who saw it come together")
        return self


class Worked(Shape):
    """A whole conversation that was worked out beforehand."""

    key: Key
    user: Text
    """Who asks."""
    goal: Text
    complexity: PanelComplexity = "medium"
    turns: tuple[WorkedTurn, ...] = Field(min_length=1)


class Panel(Shape):
    """Experts who weigh in on one kind of purpose."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    name: Text
    domain: PanelDomain
    goal: Text
    """What people come with, when they say nothing else."""
    selection_rationale: Text
    weights_sum: Annotated[Decimal, Field(gt=0)] | None = None
    """What the weights of every state must add up to; None when they need not."""
    purpose: Purpose
    personas: tuple[Persona, ...]
    worked: tuple[Worked, ...] = ()

    @field_validator("personas")
    @classmethod
    def _are_a_panel(
        cls, personas: tuple[Persona, ...], info: ValidationInfo
    ) -> tuple[Persona, ...]:
        if len(personas) < FEWEST_PERSONAS:
            raise ValueError(f"a panel of {len(personas)} cannot argue; it takes two personas")
        if twice := _twice(one.id for one in personas):
            raise ValueError(f"two personas are called {twice!r}")
        if not any(one.core for one in personas):
            raise ValueError("no persona is the core, which is always active")
        purpose: Purpose | None = info.data.get("purpose")
        if purpose is not None:
            _check_weights(personas, purpose, info.data.get("weights_sum"))
        return personas

    @field_validator("worked")
    @classmethod
    def _are_played_by_its_own(
        cls, worked: tuple[Worked, ...], info: ValidationInfo
    ) -> tuple[Worked, ...]:
        personas: tuple[Persona, ...] | None = info.data.get("personas")
        purpose: Purpose | None = info.data.get("purpose")
        if personas is not None and purpose is not None:
            for one in worked:
                for number, turn in enumerate(one.turns, start=1):
                    fault = _fault_of(turn, personas, purpose)
                    if fault := fault or _leap(one.turns[:number], purpose):
                        raise ValueError(f"turn {number} of {one.key} {fault}")
        return worked

    def place_of(self, state: str) -> int:
        """Which of the states it is, from 0."""
        return [one.key for one in self.purpose.states].index(state)

    def persona(self, name: str) -> Persona:
        """One of the personas."""
        return next(one for one in self.personas if one.id == name)

    def base_weights(self, state: str) -> dict[str, Decimal]:
        """The row of the weight table for a state."""
        place = self.place_of(state)
        return {one.id: one.weights[place] for one in self.personas}

    def score_after(self, state: str) -> Decimal:
        """The score at which the state behind this one begins, or the target is reached."""
        place = self.place_of(state) + 1
        states = self.purpose.states
        return states[place].score if place < len(states) else self.purpose.target_score

    def state_after(self, state: str) -> str:
        """The state behind this one, or the target."""
        place = self.place_of(state) + 1
        states = self.purpose.states
        return states[place].key if place < len(states) else self.purpose.target


def _check_weights(personas: tuple[Persona, ...], purpose: Purpose, wanted: Decimal | None) -> None:
    """One weight for each state, and the sum that the panel asks for."""
    for one in personas:
        if len(one.weights) != len(purpose.states):
            raise ValueError(
                f"{one.id} has {len(one.weights)} weights for {len(purpose.states)} states"
            )
    for place, state in enumerate(purpose.states) if wanted is not None else ():
        total = sum((one.weights[place] for one in personas), Decimal(0))
        if abs(total - (wanted or 0)) > SUM_IS_OFF_BY:
            raise ValueError(
                f"the weights in the state {state.key} add up to {total}, not to {wanted}"
            )


def _fault_of(turn: WorkedTurn, personas: tuple[Persona, ...], purpose: Purpose) -> str | None:
    """What keeps a turn from being played by these personas."""
    settles = {one.key: set(one.settles) for one in purpose.states}
    if turn.state not in settles:
        return f"is in the unknown state {turn.state!r}"
    speakers = {one.by for one in turn.points}
    named = speakers | {one.to for one in turn.points if one.to}
    named |= {turn.seen_by} if turn.seen_by else set()
    if strangers := named - {one.id for one in personas}:
        return f"names {min(strangers)}, who is not in the panel"
    if speakers.isdisjoint(one.id for one in personas if one.core):
        return "has no point by the core of the panel"
    moved = {one.moves for one in turn.points if one.moves}
    if beyond := moved - settles[turn.state]:
        return f"moves {min(beyond)!r}, which {turn.state} does not"
    return None


def _leap(turns: Sequence[WorkedTurn], purpose: Purpose) -> str | None:
    """That the last turn leaves out a state, which no purpose does."""
    order = [one.key for one in purpose.states]
    *before, here = (order.index(one.state) for one in turns)
    if before and here > max(before) + 1:
        return f"is in the state {order[here]} before {order[here - 1]} was"
    return None


def _twice(names: Iterator[str]) -> str | None:
    return next((name for name, count in Counter(names).items() if count > 1), None)
