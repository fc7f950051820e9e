"""A conversation that nothing is wrong with, and the entries that it was set up with."""

import json
from typing import Any

from builders import a_recipe
from lorewright.conversations.enriching import Entries, enrich, entries_of
from lorewright.lineage import Ref
from lorewright.records import (
    CatalogueEntry,
    Conversation,
    EnrichedContent,
    Enrichment,
    RawForm,
    Scaffold,
)

Talk = dict[str, Any]

PERSONA = CatalogueEntry(
    catalogue="personas",
    key="careful_saver",
    content={
        "name": "Mara",
        "archetype": "The Careful Saver",
        "occupation": "nurse",
        "demographics": {"age": "37", "family": "two children"},
        "background": "saves a tenth of her pay and fears that it is too little",
        "communication_style": "short questions, many of them",
        "emotional_baseline": "worry",
    },
)
ARC = CatalogueEntry(
    catalogue="arcs",
    key="fear_to_confidence",
    content={
        "name": "Fear to confidence",
        "tier": "template",
        "start": {"emotion": "fear", "least": "0.7", "most": "0.9"},
        "end": {"emotion": "confidence", "least": "0.6", "most": "0.8"},
        "strategy": "put a number to what is feared",
        "fewest_turns": 3,
        "most_turns": 5,
        "difficulty": 4,
        "principles": ["feelings_first"],
        "phases": [{"first": 1, "last": 5, "user": "says what she fears", "advisor": "listens"}],
        "techniques": ["name the feeling", "one concrete number"],
        "required_elements": ["one concrete number", "a small next step"],
    },
)
TOPIC = CatalogueEntry(
    catalogue="topics",
    key="rainy_day_fund",
    content={
        "name": "A fund for rainy days",
        "category": "saving",
        "complexity": "beginner",
        "description": "how much to set aside, and where",
    },
)
CONSULTANT = CatalogueEntry(
    catalogue="consultants",
    key="ada_brook",
    content={
        "name": "Ada Brook",
        "credential": "CFP",
        "business": "Brook and Daughters",
        "vertical": "financial_planning_consultant",
        "expertise": "plans for people with families",
        "years_experience": 12,
        "tone": ["warm", "plain"],
        "principles": [
            {"key": f"principle_{number}", "name": name, "rule": f"we keep to {name}"}
            for number, name in enumerate(("feelings", "respect", "reasons", "steps", "values"), 1)
        ],
        "techniques": ["ask before you teach"],
        "avoid": ["words that nobody knows"],
    },
)
KEPT = (PERSONA, ARC, TOPIC, CONSULTANT)
ENTRIES = entries_of(KEPT)
RECIPE = a_recipe("enrich").ref

_SAID = (
    (
        "fear",
        "0.8",
        (
            "I lie awake over what happens when the car breaks down and the roof leaks in "
            "the same month. How much should be on the side for that, as you see it?"
        ),
    ),
    (
        "calm",
        "0.4",
        (
            "That is a heavy thing to carry at night. May I put a number to it? Three "
            "months of what your household spends is where most people begin to sleep."
        ),
    ),
    (
        "doubt",
        "0.6",
        (
            "Three months sounds like a mountain to me. We spend about 2,400 a month, and "
            "at the end of it there is rarely more than a hundred left over."
        ),
    ),
    (
        "warmth",
        "0.5",
        (
            "So the mountain has a name: 7,200. A hundred a month is already a path up, "
            "and the first 1,000 of it carry you through nearly everything that breaks."
        ),
    ),
    (
        "hope",
        "0.6",
        (
            "A thousand I can imagine. It would be there before the summer if the hundred "
            "went away on the day my pay comes, before I can spend it on anything."
        ),
    ),
    (
        "calm",
        "0.5",
        (
            "That is the whole trick, and you found it yourself. Set up the transfer for "
            "pay day, leave it alone for ten months, and then we look at it again together."
        ),
    ),
    (
        "confidence",
        "0.7",
        (
            "I will do it this evening, from the kitchen table. It feels less like a "
            "leak that I cannot find and more like a bucket that I hold in my hands."
        ),
    ),
    (
        "gladness",
        "0.6",
        (
            "Then you go to bed tonight with a plan that fits in a sentence. Write to "
            "me when the first hundred has arrived, and we will be glad about it together."
        ),
    ),
)
INVENTED = "Bob, a pilot"


def a_talk(turns: int = len(_SAID)) -> Talk:
    """What a teacher writes when all goes well; numbers with a fraction are exact."""
    return {
        "conversation_metadata": {
            "client_persona": INVENTED,
            "session_context": "a first talk about saving",
            "conversation_phase": "initial_crisis_disclosure",
            "expected_outcome": "she knows what to do on pay day",
        },
        "turns": [
            {
                "turn_number": number,
                "role": ("user", "assistant")[(number - 1) % 2],
                "content": text,
                "emotional_context": {
                    "primary_emotion": emotion,
                    "secondary_emotion": "care",
                    "intensity": float(intensity),
                },
            }
            for number, (emotion, intensity, text) in enumerate(_SAID[:turns], start=1)
        ],
    }


def raw_of(talk: object) -> str:
    return json.dumps(talk, indent=2, ensure_ascii=False)


def a_conversation(
    raw: str | None = None,
    *,
    number: int = 1,
    form: RawForm = RawForm.TURNS,
    made_from: tuple[Ref, ...] | None = None,
) -> Conversation:
    """A conversation along all entries, with the raw text of a good talk or another."""
    recipe = a_recipe("converse").ref
    return Conversation(
        conversation_id=f"balanced-1-{number:04}",
        scaffold=Scaffold(
            persona_key=PERSONA.key,
            emotional_arc_key=ARC.key,
            training_topic_key=TOPIC.key,
            consultant_key=CONSULTANT.key,
        ),
        form=form,
        raw=raw_of(a_talk()) if raw is None else raw,
        teacher="scripted:script",
        made_from=(*(one.ref for one in KEPT), recipe) if made_from is None else made_from,
    )


def enriched(raw: str | None = None, entries: Entries = ENTRIES) -> Enrichment:
    return enrich(a_conversation(raw), recipe=RECIPE, entries=entries)


def content_of(raw: str | None = None, entries: Entries = ENTRIES) -> EnrichedContent:
    found = enriched(raw, entries).content
    assert found is not None
    return found


def codes_in(found: Enrichment) -> list[str]:
    return [one.code for one in found.issues]
