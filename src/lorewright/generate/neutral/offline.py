"""Neutral counterparts without a language model, for conversations that rules have written.

An answer of the extractive teacher is a stretch of a document between two template sentences.
The counterpart has the same stretch between sentences without feeling. It is checked like any
other, and one that is too unlike its original is rejected with the reason.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from lorewright.generate.neutral.likeness import likeness_of
from lorewright.generate.neutral.speech import speech_of
from lorewright.generate.neutral.writing import STEP, control_of
from lorewright.lineage import Ref
from lorewright.records import Conversation, EnrichedContent, Rejection
from lorewright.settings import NeutralSettings

EXTRACTIVE = "extractive"
"""The teacher of originals and counterparts."""


def offline_control(
    original: Conversation, content: EnrichedContent, *, settings: NeutralSettings, recipe: Ref
) -> Conversation | Rejection:
    """The neutral counterpart of a conversation that rules have written, or why there is none."""
    speech = speech_of(content)
    topic = content.scaffold.training_topic or content.session_context
    last = len(speech.answers) - 1
    quotes = [one.quote for one in original.evidence]
    answers: list[str] = []
    for number, answer in enumerate(speech.answers):
        before = "first" if number == 0 else "last" if number == last else "go_on"
        after = "after_last" if number == last else "after"
        cited = next((quote for quote in quotes if quote in answer), "")
        opening, closing = (_template(name, original, number) for name in (before, after))
        answers.append(f"{opening.replace('{topic}', topic)}\n\n{cited}\n\n{closing}")
    neutral = speech.with_answers(tuple(answers))
    parents = (original.ref, recipe)
    fault = likeness_of(speech, neutral).fault(settings)
    if fault is not None:
        return Rejection(
            step=STEP,
            outcome="rejected",
            reason=fault.reason,
            detail=fault.detail,
            made_from=parents,
        )
    return control_of(original, content, neutral, parents, EXTRACTIVE)


def _template(name: str, original: Conversation, number: int) -> str:
    """The template whose turn it is, the same for the same conversation."""
    choices = _templates()[name]
    return choices[(int(original.ref.id[:4], 16) + number) % len(choices)]


@cache
def _templates() -> dict[str, Any]:
    place = files("lorewright.generate.neutral") / "offline.toml"
    return tomllib.loads(place.read_text(encoding="utf-8"))
