"""Deliberations as conversations of a training file, each answer with what was argued before it."""

import json
from decimal import Decimal
from typing import Any

from lorewright.conversations.brightrun.json_text import json_text
from lorewright.conversations.complete import Complete
from lorewright.conversations.enriching import quality_of
from lorewright.generate.deliberations.exporting import turn_values
from lorewright.records import (
    Conversation,
    Deliberation,
    EnrichedContent,
    EnrichedTurn,
    RawForm,
    Scaffold,
)

SAID_ALREADY = frozenset({"turn_number", "user_input", "training_metadata"})
"""What a pair of a training file says in its own fields."""


def complete_of(deliberation: Deliberation) -> Complete:
    """A deliberation as what a writer of training files takes.

    The user's question is a turn, the synthesis the next. The block `deliberation` beside a
    synthesis has the values of the exchange format: states, weights, acts, agreement, blind spots.
    """
    turns = tuple(
        turn
        for number, held in enumerate(deliberation.training_pairs)
        for turn in (
            _turn(deliberation, 2 * number + 1, "user", held.user_input),
            _turn(
                deliberation,
                2 * number + 2,
                "assistant",
                held.synthesized_output.response_to_user,
                block=_block(turn_values(held, deliberation)),
            ),
        )
    )
    quality = quality_of(turns)
    first = deliberation.training_pairs[0].purpose_state_at_turn_start
    content = EnrichedContent(
        scaffold=Scaffold(training_topic=deliberation.goal),
        client_persona=deliberation.user_context_archetype,
        session_context=deliberation.goal,
        conversation_phase=first.current_state,
        expected_outcome=deliberation.purpose_framework.overall_target_state.state_name,
        turns=turns,
        parts=quality.parts,
        quality=quality.score,
        tier=quality.tier,
    )
    spoken = Conversation(
        conversation_id=deliberation.conversation_id,
        scaffold=content.scaffold,
        form=RawForm.V4,
        raw="\n\n".join(turn.text for turn in turns),
        teacher=deliberation.teacher,
        made_from=(deliberation.ref,),
    )
    return Complete(spoken, deliberation.ref, content, held=deliberation.ref)


def _turn(
    deliberation: Deliberation, number: int, role: Any, text: str, block: str | None = None
) -> EnrichedTurn:
    name = f"{deliberation.conversation_id}-{deliberation.ref.id[:8]}-{number}"
    return EnrichedTurn(role=role, text=text, pair_id=name, deliberation=block)


def _block(values: dict[str, Any]) -> str:
    told = {name: value for name, value in values.items() if name not in SAID_ALREADY}
    # Shares are floats for the exchange format; here they are read back digit by digit.
    return json_text(json.loads(json.dumps(told), parse_float=Decimal))
