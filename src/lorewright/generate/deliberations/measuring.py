"""What a deliberation is worth, measured on its content; nothing is taken on anybody's word."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from statistics import fmean
from typing import NamedTuple

from lorewright.generate.deliberations.weighting import said_words
from lorewright.records import Deliberation
from lorewright.records.deliberation import ActKind, DeliberatedTurn, PanelPersona

GOALS = {
    "persona_identification": Decimal("0.90"),
    "progression": Decimal("0.75"),
    "perspectives": Decimal(1),
    "blind_spots": Decimal(2),
    "failures_avoided": Decimal(2),
    "synthesis_quality": Decimal("0.85"),
}
"""What a conversation should reach."""
IN_THE_WORDS = 0.5
"""So much of what is meant must stand in one sentence for it to be there."""
EXPECTED_ABOVE = Decimal("0.3")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


class Place(NamedTuple):
    """Where something stands in an answer, `[start, end)`."""

    start: int
    end: int


class Perspective(NamedTuple):
    """What one persona brought forward, and where the answer says it."""

    persona: str
    place: Place | None
    """None when the answer leaves it out."""


class Measured(NamedTuple):
    """The measures of one conversation, or the means of several."""

    persona_identification: float
    """Share of the personas that are active where they should be, and only there."""
    heard: float
    """Share of the active ones that say something."""
    progression: float
    """Score gained, as a share of what the turns aimed at."""
    perspectives: float
    """Share of the valid perspectives that the answers hold."""
    blind_spots: float
    """Points for each conversation that the user did not ask about and is told."""
    failures_avoided: float
    """Failures for each conversation that an answer names as avoided."""
    synthesis_quality: float | None
    """As judges say; None where none was asked."""


def measure(one: Deliberation) -> Measured:
    """Measure one conversation."""
    turns = one.training_pairs
    gained = float(
        turns[-1].purpose_state_at_turn_end.achieved_score
        - turns[0].purpose_state_at_turn_start.current_score
    )
    planned = float(
        turns[-1].purpose_state_at_turn_start.target_score_this_turn
        - turns[0].purpose_state_at_turn_start.current_score
    )
    found = [place for turn in turns for place in perspectives(turn)]
    judged = [
        float(turn.synthesized_output.quality_score)
        for turn in turns
        if turn.synthesized_output.quality_score is not None
    ]
    return Measured(
        persona_identification=fmean(_identified(turn, one.personas) for turn in turns),
        heard=fmean(_heard(turn) for turn in turns),
        progression=gained / planned if planned > 0 else 1.0,
        perspectives=fmean(float(place.place is not None) for place in found) if found else 1.0,
        blind_spots=float(sum(len(blind_spots_told(turn)) for turn in turns)),
        failures_avoided=float(len({text for turn in turns for text in failures_told(turn)})),
        synthesis_quality=fmean(judged) if judged else None,
    )


def means(measured: Sequence[Measured]) -> Measured:
    """The means over several conversations, at least one."""
    judged = [one.synthesis_quality for one in measured if one.synthesis_quality is not None]
    return Measured(
        *(fmean(values) for values in zip(*(one[:-1] for one in measured), strict=True)),
        synthesis_quality=fmean(judged) if judged else None,
    )


def perspectives(turn: DeliberatedTurn) -> list[Perspective]:
    """The valid perspectives of a turn, with their places in the answer.

    Everybody who says more than a question has one: it is there when the answer holds what the
    user should hear of it, else the statement itself, word for word or with half of its words
    that carry meaning in one sentence.
    """
    answer = turn.synthesized_output.response_to_user
    found: dict[str, Place | None] = {}
    for one in turn.deliberation_transcript:
        if one.act is not ActKind.QUESTION:
            place = place_of(one.recommendation or one.statement, answer)
            found[one.speaker] = found.get(one.speaker) or place
    return [Perspective(name, place) for name, place in found.items()]


def blind_spots_told(turn: DeliberatedTurn) -> list[Place]:
    """Where the answer tells what the user did not ask about."""
    answer = turn.synthesized_output.response_to_user
    asked = said_words((turn.user_input,))
    places = (
        place_of(one.text, answer)
        for one in turn.blind_spots
        if not _is_said(said_words((one.text,)), asked)
    )
    return [place for place in places if place is not None]


def failures_told(turn: DeliberatedTurn) -> list[str]:
    """The failures that the answer itself names as avoided."""
    said = turn.synthesized_output
    return [one for one in said.prevents if place_of(one, said.response_to_user) is not None]


def place_of(meant: str, answer: str) -> Place | None:
    """Where `answer` says what is meant; the nearest sentence when it is not word for word."""
    at = answer.find(meant)
    if at >= 0:
        return Place(at, at + len(meant))
    wanted = said_words((meant,))
    best = max(_sentences(answer), key=lambda place: _share(wanted, answer, place), default=None)
    if best is None or _share(wanted, answer, best) < IN_THE_WORDS:
        return None
    return best


def _share(wanted: frozenset[str], answer: str, place: Place) -> float:
    if not wanted:
        return 0.0
    return len(wanted & said_words((answer[place.start : place.end],))) / len(wanted)


def _sentences(answer: str) -> Iterator[Place]:
    for found in _SENTENCE.finditer(answer):
        inside = found[0].strip()
        if inside:
            start = found.start() + found[0].index(inside)
            yield Place(start, start + len(inside))


def _is_said(meant: frozenset[str], asked: frozenset[str]) -> bool:
    return bool(meant) and len(meant & asked) / len(meant) >= IN_THE_WORDS


def _identified(turn: DeliberatedTurn, personas: Iterable[PanelPersona]) -> float:
    """Right is: active above 0.3 in the table of the state, or as the core; silent otherwise."""
    state = turn.purpose_state_at_turn_start.current_state
    active = {one.persona_id for one in turn.personas_weighted_for_this_state}
    return fmean(
        float(
            (one.weight_by_state.get(state, Decimal(0)) > EXPECTED_ABOVE or one.always_active)
            == (one.persona_id in active)
        )
        for one in personas
    )


def _heard(turn: DeliberatedTurn) -> float:
    spoke = {one.speaker for one in turn.deliberation_transcript}
    active = [one.persona_id for one in turn.personas_weighted_for_this_state]
    return fmean(float(name in spoke) for name in active)
