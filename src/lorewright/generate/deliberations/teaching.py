"""Training text from deliberations, in three shapes."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from lorewright.lineage import Ref
from lorewright.records import Deliberation, Example, Level, Turn
from lorewright.records.deliberation import DeliberatedTurn

THINKING, ANSWERING = "Deliberation:", "Answer:"
BRING_TOGETHER = "Bring this together for me."


class TrainingShape(StrEnum):
    """How a deliberation becomes turns."""

    SYNTHESIS = "synthesis"
    """Question and answer alone, one example for the conversation."""
    REASONING = "reasoning"
    """The deliberation stands before each answer, as reasoning."""
    PERSONAS = "personas"
    """Every persona has a turn of its own, one example for each question."""


def examples_of(
    one: Deliberation, shape: TrainingShape, *, parents: Sequence[Ref] = ()
) -> Iterator[Example]:
    """The training text of a deliberation in one shape.

    Args:
        one: the deliberation.
        shape: how it is told.
        parents: what they are made from beside it, such as the recipe.
    """
    made_from = (one.ref, *parents)
    match shape:
        case TrainingShape.SYNTHESIS | TrainingShape.REASONING:
            turns = (
                said
                for turn in one.training_pairs
                for said in (
                    Turn(role="user", text=turn.user_input),
                    Turn(role="assistant", text=_answer(turn, one, shape)),
                )
            )
            yield _example(tuple(turns), one, shape, made_from)
        case TrainingShape.PERSONAS:
            for turn in one.training_pairs:
                yield _example(tuple(_by_persona(turn, one)), one, shape, made_from)


def _example(
    turns: tuple[Turn, ...], one: Deliberation, shape: TrainingShape, made_from: tuple[Ref, ...]
) -> Example:
    return Example(
        turns=turns,
        level=Level.DELIBERATION,
        task_form=shape.value,
        teacher=one.teacher,
        ungrounded=one.ungrounded,
        made_from=made_from,
    )


def _answer(turn: DeliberatedTurn, one: Deliberation, shape: TrainingShape) -> str:
    answer = turn.synthesized_output.response_to_user
    if shape is TrainingShape.SYNTHESIS:
        return answer
    roles = _roles(one)
    said = "\n".join(
        f"- {roles[act.speaker]} ({act.act}): {act.statement}"
        for act in turn.deliberation_transcript
    )
    agreed = "\n".join(f"- agreed: {text}" for text in turn.consensus_building.areas_of_agreement)
    return f"{THINKING}\n{said}\n{agreed}\n\n{ANSWERING}\n{answer}"


def _by_persona(turn: DeliberatedTurn, one: Deliberation) -> Iterator[Turn]:
    """The user calls one persona after the other, and at the end for the whole."""
    roles = _roles(one)
    present = ", ".join(dict.fromkeys(roles[act.speaker] for act in turn.deliberation_transcript))
    yield Turn(role="system", text=f"You speak for a panel: {present}. One speaks at a time.")
    for number, act in enumerate(turn.deliberation_transcript):
        role = roles[act.speaker]
        calls = f"What does the {role} say?"
        yield Turn(role="user", text=calls if number else f"{turn.user_input}\n\n{calls}")
        yield Turn(role="assistant", text=act.statement)
    yield Turn(role="user", text=BRING_TOGETHER)
    yield Turn(role="assistant", text=turn.synthesized_output.response_to_user)


def _roles(one: Deliberation) -> dict[str, str]:
    return {persona.persona_id: persona.role for persona in one.personas}
