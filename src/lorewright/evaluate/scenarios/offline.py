"""Scenarios without a language model: template messages around the cards of the catalogues.

They are plain and alike in form. They show that everything works, and they are real enough for a
first comparison; people or a language model write better ones.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from lorewright.evaluate.scenarios.brief import Brief
from lorewright.evaluate.scenarios.draft import Draft
from lorewright.lineage import Ref
from lorewright.records import Emotion, Scenario

EXTRACTIVE = "extractive"
"""Who writes where no language model does."""
NO_CONCERN = ("making a mistake that cannot be undone", "waiting until it is too late")


def offline_scenario(brief: Brief, recipe: Ref) -> Scenario:
    """Fill templates with the persona, the arc and the topic of `brief`.

    The same brief makes the same scenario.
    """
    said = _facts(brief)
    messages = [_opening(brief, said)]
    messages += (_filled("follow", brief.lot + number, said) for number in range(1, brief.messages))
    return Draft(
        scenario_id=brief.scenario_id,
        messages=tuple(messages),
        purpose=brief.purpose,
        persona=brief.persona.key,
        emotional_arc=brief.arc.key if brief.emotion_fits else None,
        topic=brief.topic.key,
        situation=_filled("situation", brief.lot, said),
        emotional_state=_feeling(brief),
        expected=_expected(brief),
    ).as_record(brief.family, (*brief.entries, recipe))


def _opening(brief: Brief, said: Mapping[str, str]) -> str:
    """The first message: a sentence of each list, with the question among them."""
    before, after = ("open", "worry"), "feel"
    if not brief.emotion_fits:
        before, after = ("decide", "weigh"), "ask_back"
    parts = [_filled(group, _lot(brief, group), said) for group in before]
    return " ".join((*parts, said["question"], _filled(after, _lot(brief, after), said)))


def _facts(brief: Brief) -> dict[str, str]:
    concerns = brief.persona.common_concerns
    if len(concerns) < len(NO_CONCERN):
        concerns = (*concerns, *NO_CONCERN)
    first = _lot(brief, "concern") % len(concerns)
    beside = 1 + _lot(brief, "other") % (len(concerns) - 1)
    topic = brief.topic.name
    return {
        "archetype": brief.persona.archetype,
        "topic": topic,
        "question": brief.question or f"What should I know about {topic} before I act?",
        "concern": concerns[first],
        "other": concerns[(first + beside) % len(concerns)],
        "emotion": brief.arc.start.emotion,
    }


def _lot(brief: Brief, of: str) -> int:
    """A number for one choice, that says nothing about any other."""
    digest = hashlib.blake2b(f"{brief.lot} {of}".encode(), digest_size=4).digest()
    return int.from_bytes(digest)


def _feeling(brief: Brief) -> Emotion | None:
    if not brief.emotion_fits:
        return None
    start, middle = brief.arc.start, brief.arc.middle
    behind = middle.emotion if middle and middle.emotion != start.emotion else None
    return Emotion(
        primary=start.emotion, secondary=behind, intensity=(start.least + start.most) / 2
    )


def _expected(brief: Brief) -> tuple[str, ...]:
    if not brief.emotion_fits:
        return tuple(_templates()["expected_decide"])
    return (*brief.arc.required_elements, f"answers the question about {brief.topic.name}")


def _filled(group: str, number: int, said: Mapping[str, str]) -> str:
    """The template whose turn it is; what stands in the facts is never read as a template."""
    choices = _templates()[group]
    text = choices[number % len(choices)].format_map(said)
    return text[:1].upper() + text[1:]


@cache
def _templates() -> dict[str, Any]:
    place = files("lorewright.evaluate.scenarios") / "offline.toml"
    return tomllib.loads(place.read_text(encoding="utf-8"))
