"""How fast stored conversations become stored enrichments."""

import json
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from books import HANDBOOK
from lorewright.conversations.enriching import enrich, entries_of
from lorewright.flows.enriching import enrich_conversations, tally
from lorewright.records import CatalogueEntry, Conversation, RawForm, Recipe, Scaffold
from lorewright.settings import Settings
from lorewright.store import Workspace
from measuring import Spread, spread
from page import Section
from pairs import document_of

RUNS = 5
COUNT = 1_000
"""Conversations of one run."""
TURNS = (4, 6, 10)
"""Messages of a conversation; six is what real ones have most often."""
ASKED, TOLD = 350, 1_800
"""Characters of a message of the client and of the advisor: 60 and 300 words."""

ENTRIES = (
    CatalogueEntry(
        catalogue="personas",
        key="new_owner",
        content={
            "name": "Nell",
            "archetype": "The New Owner",
            "background": "took over the works last spring",
            "communication_style": "asks until it is clear",
            "emotional_baseline": "worry",
        },
    ),
    CatalogueEntry(
        catalogue="arcs",
        key="worry_to_calm",
        content={
            "name": "Worry to calm",
            "tier": "template",
            "start": {"emotion": "worry", "least": "0.6", "most": "0.8"},
            "end": {"emotion": "calm", "least": "0.3", "most": "0.5"},
            "strategy": "one thing after the other",
            "fewest_turns": 3,
            "most_turns": 5,
            "difficulty": 3,
            "principles": ["steps"],
            "phases": [{"first": 1, "last": 5, "user": "asks", "advisor": "explains"}],
            "techniques": ["name the worry", "give one number"],
        },
    ),
    CatalogueEntry(
        catalogue="topics",
        key="upkeep",
        content={
            "name": "Upkeep",
            "category": "machines",
            "complexity": "beginner",
            "description": "what is checked, and how often",
        },
    ),
)


def measure() -> Section:
    """Enrich conversations of three lengths in new workspaces."""
    return Section(
        title="Enrich conversations",
        about=(
            "`enrich` on conversations whose messages are passages of the sample handbook, "
            f"{ASKED} characters of the client and {TOLD:,} of the advisor, along a persona, an "
            f"arc and a topic: {COUNT:,} of them from the raw text in the store to the enrichment "
            "in the store, in wall time and in CPU time of all threads; and the stages alone, "
            f"in CPU time. {RUNS} runs, each in a new workspace, after one that is not counted."
        ),
        columns=[
            "messages",
            "raw text",
            "stored to stored, wall",
            "stored to stored, CPU",
            "stages alone, CPU",
        ],
        rows=[_row(turns) for turns in TURNS],
    )


def _row(turns: int) -> list[str]:
    made = [conversation(number, turns) for number in range(COUNT)]
    runs = [_stored_to_stored(made) for _ in range(RUNS + 1)][1:]
    alone = [_stages(made) for _ in range(RUNS + 1)][1:]
    return [
        str(turns),
        f"{sum(len(one.raw.encode()) for one in made) / COUNT:,.0f} bytes",
        _a_second(spread([wall for wall, _ in runs])),
        _a_second(spread([cpu for _, cpu in runs])),
        _a_second(spread(alone)),
    ]


def _a_second(taken: Spread) -> str:
    median, low, high = (COUNT / taken_s for taken_s in (taken.median, taken.high, taken.low))
    return f"{median:,.0f}/s ({low:,.0f}-{high:,.0f})"


def _stored_to_stored(made: list[Conversation]) -> tuple[float, float]:
    """Wall and CPU seconds; every conversation must come out whole."""
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "workspace")
        workspace.make()
        with workspace.open(settings) as store:
            store.put(*ENTRIES, *made)
            wall, cpu = time.perf_counter(), time.process_time()
            enrich_conversations(store, settings)
            taken = time.perf_counter() - wall, time.process_time() - cpu
            completed = tally(store, settings).completed
    if completed != len(made):
        raise RuntimeError(f"{completed} of {len(made)} conversations were enriched")
    return taken


def _stages(made: list[Conversation]) -> float:
    entries, recipe = entries_of(ENTRIES), Recipe(step="enrich", settings={}).ref
    begun = time.process_time()
    for one in made:
        enrich(one, recipe=recipe, entries=entries)
    return time.process_time() - begun


def conversation(number: int, turns: int) -> Conversation:
    """A conversation of passages that no other one has in the same places."""
    persona, arc, topic = ENTRIES
    return Conversation(
        conversation_id=f"bench-{number:05}",
        scaffold=Scaffold(
            persona_key=persona.key, emotional_arc_key=arc.key, training_topic_key=topic.key
        ),
        form=RawForm.TURNS,
        raw=json.dumps(_said(number, turns), indent=2),
        teacher="bench:passages",
        made_from=tuple(entry.ref for entry in ENTRIES),
    )


def _said(number: int, turns: int) -> dict[str, object]:
    return {
        "conversation_metadata": {
            "client_persona": "Nell",
            "session_context": "the first spring",
            "conversation_phase": "practical_implementation",
            "expected_outcome": "she knows what to check",
        },
        "turns": [
            {
                "turn_number": turn + 1,
                "role": ("user", "assistant")[turn % 2],
                "content": _passage(number * turns + turn, (ASKED, TOLD)[turn % 2]),
                "emotional_context": {
                    "primary_emotion": ("worry", "calm")[turn % 2],
                    "secondary_emotion": "interest",
                    "intensity": float(Decimal(7 - turn // 2) / 10),
                },
            }
            for turn in range(turns)
        ],
    }


def _passage(number: int, length: int) -> str:
    words = _words()
    start = number * 97 % (len(words) - length)
    return words[start : start + length]


def _words() -> str:
    if not _kept:
        _kept.append(document_of(HANDBOOK).words)
    return _kept[0]


_kept: list[str] = []
