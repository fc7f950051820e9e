"""Briefs for tests: fear about a topic, as the catalogues that came along have it."""

from lorewright.conversations.catalogues import catalogues
from lorewright.evaluate.scenarios import Brief
from lorewright.lineage import Ref
from lorewright.records import ScenarioPurpose

KNOWN = catalogues()
ENTRIES = (
    KNOWN.record("personas", KNOWN.personas["anxious_planner"]),
    KNOWN.record("arcs", KNOWN.arcs["fear_to_confidence"]),
    KNOWN.record("topics", KNOWN.topics["hsa_vs_fsa"]),
)


def a_brief(
    *,
    purpose: ScenarioPurpose = ScenarioPurpose.ADVICE,
    messages: int = 1,
    lot: int = 40,
    name: str | None = None,
    questions: tuple[str, ...] | None = None,
    documents: tuple[Ref, ...] = (),
    passage: str = "",
) -> Brief:
    topic = KNOWN.topics["hsa_vs_fsa"]
    changed = {"name": name, "questions": questions}
    given = {key: value for key, value in changed.items() if value is not None}
    return Brief(
        scenario_id=f"{purpose}-{lot}",
        family="topic:hsa_vs_fsa",
        purpose=purpose,
        persona=KNOWN.personas["anxious_planner"],
        arc=KNOWN.arcs["fear_to_confidence"],
        topic=topic.model_copy(update=given),
        messages=messages,
        lot=lot,
        entries=tuple(one.ref for one in ENTRIES),
        documents=documents,
        passage=passage,
    )
