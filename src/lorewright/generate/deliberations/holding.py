"""Holding a deliberation turn by turn: who speaks, what was said before, and where it arrives."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from lorewright.generate.deliberations.guardrails import Weighed, guarded
from lorewright.generate.deliberations.shapes import Panel
from lorewright.generate.deliberations.weighting import Situation, Weigher
from lorewright.records.deliberation import (
    ActKind,
    BlindSpot,
    Consensus,
    DeliberatedTurn,
    EndReason,
    GoalVisibility,
    Methodology,
    PanelPersona,
    PersonaWeight,
    PurposeFramework,
    PurposeState,
    StateAtEnd,
    StateAtStart,
    Statement,
    Synthesis,
)

CENT = Decimal("0.01")
NOTHING = Decimal(0)
DAY_ONE = Decimal("0.1")
"""What every characteristic has when nothing was done about it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A turn before anybody has spoken."""

    number: int
    question: str
    start: StateAtStart
    weighed: Weighed
    situation: Situation


class Said(NamedTuple):
    """What came of a turn."""

    statements: Sequence[Statement]
    consensus: Consensus
    blind_spots: Sequence[BlindSpot]
    answer: Synthesis


class Floor:
    """A deliberation while it lasts; it remembers what everybody has said.

    Args:
        panel: who deliberates.
        weigher: says who has how much to say.
        goal: what the user is after.
        state: the key of the state in which it starts; None is the first.
    """

    def __init__(
        self, panel: Panel, weigher: Weigher, *, goal: str, state: str | None = None
    ) -> None:
        states = panel.purpose.states
        first = states[panel.place_of(state)] if state else states[0]
        self.panel = panel
        self.goal = goal
        self.turns: list[DeliberatedTurn] = []
        self.ended: EndReason | None = None
        self._weigher = weigher
        self._state = first.key
        self._score = first.score
        self._first = first
        self._weights: dict[str, Decimal] | None = None

    @property
    def state(self) -> str:
        """The state in which the next turn begins."""
        return self._state

    def open(self, question: str, *, state: str | None = None) -> Opening:
        """Begin a turn: weigh the personas, and recall what those who speak said before."""
        state = state or self._state
        situation = Situation(self.panel, state, question, self._weights)
        weighed = guarded(
            self._weigher.propose(situation),
            self.panel.personas,
            previous=self._weights,
            blockers=self._blockers(),
        )
        start = StateAtStart(
            current_state=state,
            current_score=self._score,
            target_state_this_turn=self.panel.state_after(state),
            target_score_this_turn=max(self._score, self.panel.score_after(state)),
            ultimate_goal_awareness=goal_told(self.panel, state, self.goal),
            context_from_previous_turns=tuple(self._recalled(weighed)),
        )
        return Opening(len(self.turns) + 1, question, start, weighed, situation)

    def close(self, opening: Opening, said: Said, *, topic: str) -> DeliberatedTurn:
        """End a turn: see how far the purpose came, and whether it all ends here."""
        end = arrived(self.panel, opening.start, said.statements)
        turn = DeliberatedTurn(
            turn_number=opening.number,
            turn_id=f"turn_{opening.number:03}_{topic}",
            purpose_state_at_turn_start=opening.start,
            personas_weighted_for_this_state=self._told(opening, active=True),
            personas_suppressed_this_turn=self._told(opening, active=False),
            user_input=opening.question,
            deliberation_transcript=tuple(said.statements),
            consensus_building=said.consensus,
            blind_spots=tuple(said.blind_spots),
            synthesized_output=said.answer,
            purpose_state_at_turn_end=end,
        )
        self.turns.append(turn)
        self._weights = opening.weighed.all
        self._score = end.achieved_score
        self._state = _next_state(self.panel, opening.start.current_state, end)
        self.ended = _ended(self.panel, turn)
        return turn

    def framework(self) -> PurposeFramework:
        """The purpose of this deliberation, as far as its start goes."""
        return framework_of(self.panel, self._first.key)

    def _blockers(self) -> frozenset[str]:
        """Who raised a blocker in the turn before."""
        if not self.turns:
            return frozenset()
        said = self.turns[-1].deliberation_transcript
        return frozenset(one.speaker for one in said if one.act is ActKind.BLOCKER)

    def _recalled(self, weighed: Weighed) -> list[str]:
        """The newest earlier statement of everybody who is active."""
        newest: dict[str, str] = {}
        for turn in self.turns:
            for one in turn.deliberation_transcript:
                newest[one.speaker] = f"{one.speaker}, turn {turn.turn_number}: {one.statement}"
        return [newest[name] for name in weighed.active if name in newest]

    def _told(self, opening: Opening, *, active: bool) -> tuple[PersonaWeight, ...]:
        weights = opening.weighed.active if active else opening.weighed.suppressed
        return tuple(
            PersonaWeight(
                persona_id=name,
                weight=weight,
                rationale=self._weigher.why(opening.situation, self.panel.persona(name)),
            )
            for name, weight in weights.items()
        )


def arrived(panel: Panel, start: StateAtStart, said: Sequence[Statement]) -> StateAtEnd:
    """How far a turn brings the purpose: the share of what its state settles that was moved.

    The score goes that share of the way from where it was to where it should arrive. A critical
    blocker stops it where it was.
    """
    settles = panel.purpose.states[panel.place_of(start.current_state)].settles
    moved = tuple(one for one in settles if any(one in other.moves for other in said))
    gap = start.target_score_this_turn - start.current_score
    is_stopped = any(one.is_critical for one in said)
    gained = NOTHING if is_stopped else gap * len(moved) / len(settles)
    score = (start.current_score + gained).quantize(CENT)
    is_ready = score >= start.target_score_this_turn and not is_stopped
    return StateAtEnd(
        achieved_state=start.target_state_this_turn if is_ready else start.current_state,
        achieved_score=score,
        characteristics_updated=moved,
        ready_for_next_state=is_ready,
        next_state=None if is_stopped else start.target_state_this_turn,
    )


def goal_told(panel: Panel, state: str, goal: str) -> str:
    """The goal as far as the panel is told it in a state."""
    match panel.purpose.visibility:
        case GoalVisibility.ALWAYS:
            return goal
        case GoalVisibility.CONDITIONALLY:
            second_half = panel.place_of(state) * 2 >= len(panel.purpose.states)
            return goal if second_half else ""
        case GoalVisibility.HIDDEN:
            return ""


def framework_of(panel: Panel, state: str) -> PurposeFramework:
    """The purpose of a panel, starting in a state."""
    purpose, place = panel.purpose, panel.place_of(state)
    before = {name for one in purpose.states[:place] for name in one.settles}
    every = dict.fromkeys(name for one in purpose.states for name in one.settles)
    first = purpose.states[place]
    return PurposeFramework(
        purpose_type=purpose.type,
        overall_starting_state=PurposeState(
            state_name=first.key,
            state_score=first.score,
            characteristics={
                name: purpose.target_score if name in before else DAY_ONE for name in every
            },
        ),
        overall_target_state=PurposeState(
            state_name=purpose.target,
            state_score=purpose.target_score,
            characteristics=dict.fromkeys(every, purpose.target_score),
        ),
        progression_stages=tuple(one.key for one in purpose.states),
        progression_methodology=purpose.methodology,
        ultimate_goal_visibility=purpose.visibility,
        notes=purpose.notes,
    )


def as_records(panel: Panel) -> tuple[PanelPersona, ...]:
    """The personas of a panel as a deliberation keeps them."""
    states = [one.key for one in panel.purpose.states]
    return tuple(
        PanelPersona(
            persona_id=one.id,
            role=one.role,
            expertise=one.expertise,
            perspective_focus=one.focus,
            communication_style=one.style,
            weight_by_state=dict(zip(states, one.weights, strict=True)),
            unique_value=one.unique,
            critical_blocker_likelihood=one.blocker,
            insider_advantage=one.insider,
            always_active=one.core,
        )
        for one in panel.personas
    )


def _next_state(panel: Panel, state: str, end: StateAtEnd) -> str:
    """Staged purposes go on to the next state; the others stay until this one is settled."""
    if panel.purpose.methodology in {Methodology.THRESHOLD, Methodology.ITERATIVE}:
        goes_on = end.ready_for_next_state
    else:
        goes_on = True
    after = panel.state_after(state)
    return after if goes_on and after != panel.purpose.target else state


def _ended(panel: Panel, turn: DeliberatedTurn) -> EndReason | None:
    if any(one.is_critical for one in turn.deliberation_transcript):
        return EndReason.BLOCKED
    if turn.purpose_state_at_turn_end.achieved_score >= panel.purpose.target_score:
        return EndReason.REACHED
    return None
