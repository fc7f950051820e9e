"""Scenarios for tests: each call says only what its test cares about."""

import json
from decimal import Decimal
from typing import Any

from builders import a_source
from lorewright.evaluate.scenarios import Draft
from lorewright.records import Emotion, Scenario, ScenarioPurpose

SUBJECTS = (
    "roof", "violin", "harbour", "bakery", "pension", "orchard", "ladder", "lantern", "violet",
    "tunnel", "engine", "marble", "saddle", "copper", "meadow", "pillow", "button", "castle",
    "dragon", "ember",
)  # fmt: skip


def a_draft(name: str = "s1", *messages: str, **more: Any) -> Draft:
    return Draft(name, messages or (f"I said something about {name} to my neighbour.",), **more)


def apart(number: int) -> str:
    """A message that shares no run of words with that of any other number."""
    names = [f"{SUBJECTS[(number * 7 + at * (at + 3)) % 20]}{number}x{at}" for at in range(16)]
    return f"I thought of {' '.join(names)}."


def a_candidate(
    number: int = 1,
    *,
    message: str | None = None,
    arc: str | None = "fear_to_confidence",
    persona: str | None = "anxious_planner",
    topic: str | None = None,
    intensity: str | None = "0.8",
    purpose: ScenarioPurpose = ScenarioPurpose.ADVICE,
    **more: Any,
) -> Scenario:
    """A scenario that every rule keeps."""
    values = {
        "scenario_id": f"s-{number:03}",
        "family": f"f-{number:03}",
        "purpose": purpose,
        "persona": persona,
        "emotional_arc": arc,
        "topic": topic or f"topic_{number}",
        "situation": "She was let go a month ago.",
        "messages": (message or apart(number),),
        "emotional_state": Emotion(primary="fear", intensity=Decimal(intensity))
        if intensity
        else None,
        "expected": ("names the fear", "counts the months"),
        "made_from": (a_source().ref,),
    }
    return Scenario.model_validate({**values, **more})


def a_row(**more: Any) -> dict[str, Any]:
    """A row with the names that other tools write."""
    return {
        "test_scenario_id": "t-7",
        "persona_archetype": "anxious_planner",
        "emotional_arc": "shame_to_acceptance",
        "training_topic": "debt",
        "scenario_description": "He owes his brother money.",
        "client_message": "I cannot look my brother in the eye any more.",
        "emotional_state": {"primary": "shame", "secondary": "fear", "intensity": 0.85},
        "expected_emotional_response_elements": ["names the shame", "calls it normal"],
        **more,
    }


def lines_of(*rows: object) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()
