"""An order lays out the same briefs each time: by shares, by purpose, by what it is about."""

from collections import Counter
from pathlib import Path

import pytest

from flows.learnt import HELD_OUT, a_held_out_section
from lorewright.conversations.catalogues import Tier, catalogues
from lorewright.errors import UsageError
from lorewright.evaluate.scenarios import Brief
from lorewright.flows.scenario_orders import ScenarioChoice, choice_of, lay_out
from lorewright.flows.scenario_topics import named_topics
from lorewright.records import CatalogueEntry, ScenarioPurpose
from lorewright.settings import ScenarioSettings
from lorewright.store import Store

KNOWN = catalogues()
EDGE = {one.key for one in KNOWN.arcs.values() if one.tier is Tier.EDGE_CASE}


def briefs(store: Store, *, by_rules: bool = False, **more: object) -> tuple[Brief, ...]:
    choice = ScenarioChoice.model_validate({"count": 50, **more})
    return lay_out(store, choice, by_rules=by_rules).briefs


def test_arcs_and_personas_come_as_the_shares_say(store: Store) -> None:
    found = briefs(store)

    arcs = Counter(one.arc.key for one in found)
    assert arcs["couple_conflict_to_alignment"] == 8
    assert arcs["crisis_to_referral"] == 5
    personas = Counter(one.persona.key for one in found)
    assert max(personas.values()) - min(personas.values()) <= 1
    assert set(personas) == {"anxious_planner", "overwhelmed_avoider", "pragmatic_optimist"}
    assert len({one.scenario_id for one in found}) == 50
    assert all(one.family == f"topic:{one.topic.key}" for one in found)


def test_the_same_order_is_laid_out_the_same_and_a_draw_is_another(store: Store) -> None:
    assert briefs(store) == briefs(store)
    assert not {one.scenario_id for one in briefs(store)} & {
        one.scenario_id for one in briefs(store, draw=1)
    }


def test_the_operators_shares_and_keys_decide(store: Store) -> None:
    found = briefs(
        store,
        count=9,
        shares={"shame_to_acceptance": 2, "fear_to_confidence": 1},
        personas=("emotional_processor",),
        topics=("hsa_vs_fsa", "backdoor_roth"),
    )

    assert Counter(one.arc.key for one in found) == {
        "shame_to_acceptance": 6,
        "fear_to_confidence": 3,
    }
    assert {one.persona.key for one in found} == {"emotional_processor"}
    assert {one.topic.key for one in found} == {"hsa_vs_fsa", "backdoor_roth"}
    with pytest.raises(UsageError, match="no topic 'gold'"):
        briefs(store, topics=("gold",))


def test_purposes_about_danger_take_the_arcs_about_it(store: Store) -> None:
    for purpose in (ScenarioPurpose.SAFETY, ScenarioPurpose.REFERRAL):
        assert {one.arc.key for one in briefs(store, purpose=purpose)} == EDGE
    deliberated = {one.arc.key for one in briefs(store, purpose=ScenarioPurpose.DELIBERATION)}
    assert not deliberated & EDGE


def test_rules_write_about_nobody_in_danger(store: Store) -> None:
    assert not {one.arc.key for one in briefs(store, by_rules=True)} & EDGE
    with pytest.raises(UsageError, match="in danger"):
        briefs(store, by_rules=True, arcs=("crisis_to_referral",))
    with pytest.raises(UsageError, match="safety"):
        briefs(store, by_rules=True, purpose=ScenarioPurpose.SAFETY)


def test_named_topics_take_the_place_of_the_catalogue(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "garden.txt"
    file.write_text("# a field\nPruning  roses\n\nCompost\nPruning roses\n苔藓\n", encoding="utf-8")
    named = named_topics(store, file)
    found = briefs(store, count=6, named=named)

    assert {one.topic.name for one in found} == {"Pruning roses", "Compost", "苔藓"}
    assert all(one.family == f"domain:{one.topic.key}" for one in found)
    assert all(set(one.entries) & set(named) for one in found)
    assert store.get(named[0], CatalogueEntry).own
    assert named_topics(store, file) == named


def test_held_out_sections_are_asked_about_by_their_heading(store: Store) -> None:
    book, start, dataset = a_held_out_section(store)
    laid = lay_out(store, ScenarioChoice(count=4, held_out=dataset))

    assert {one.family for one in laid.briefs} == {f"section:{book.id}#{start}"}
    assert {one.topic.name for one in laid.briefs} == {"Walls"}
    assert all(one.documents == (book,) and book in one.entries for one in laid.briefs)
    assert all(HELD_OUT.strip() in one.passage for one in laid.briefs)
    assert not any("Walls" in str(entry.content) for entry in laid.entries)


def test_settings_stand_where_nothing_is_said() -> None:
    rules = ScenarioSettings(count=30, arcs={"a": 1}, seed=3)
    order = choice_of(rules, purpose=ScenarioPurpose.ADVICE)
    panel = choice_of(rules, purpose=ScenarioPurpose.DELIBERATION, count=5, seed=4)

    assert (order.count, order.messages, order.seed, order.shares) == (30, 1, 3, {"a": 1})
    assert (panel.count, panel.messages, panel.seed) == (5, 2, 4)
