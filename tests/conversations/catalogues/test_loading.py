"""Catalogues: what came along, joined with the operator's own, and errors that name the entry."""

from decimal import Decimal
from pathlib import Path

import pytest

from lorewright.conversations.catalogues import (
    ARCS,
    catalogues,
    compatibility,
    opening_of,
    phases_of,
)
from lorewright.conversations.voice import system_prompt
from lorewright.errors import BadSettings, UsageError
from lorewright.generate.conversations import PlanChoice, plan

TOPIC = """[[topic]]
key = "{key}"
name = "X"
category = "c"
complexity = "beginner"
description = "d"
"""
ARC = """[[arc]]
key = "bare"
name = "Bare"
tier = "scenario"
start = { emotion = "a", least = 0.1, most = 0.2 }
end = { emotion = "b", least = 0.1, most = 0.2 }
strategy = "none"
fewest_turns = 1
most_turns = 2
difficulty = 1
principles = []
phases = []
"""


def test_all_that_came_along_is_there_and_every_arc_has_its_phases() -> None:
    known = catalogues()

    assert (len(known.personas), len(known.topics), len(known.consultants)) == (5, 65, 1)
    assert all(
        len(phases_of(arc, arc.fewest_turns)) == arc.fewest_turns for arc in known.arcs.values()
    )
    assert all(
        one.rule in system_prompt(known.consultants["elena_morales"])
        for one in known.consultants["elena_morales"].principles
    )


def test_three_go_together_at_no_less_than_what_is_taken_off() -> None:
    known = catalogues()
    found = {
        compatibility(persona, arc, topic)
        for persona in known.personas.values()
        for arc in known.arcs.values()
        for topic in known.topics.values()
    }

    assert min(found) >= Decimal("0.30")
    assert max(found) == 1


def test_an_own_entry_is_added_and_a_known_key_replaced(tmp_path: Path) -> None:
    text = TOPIC.format(key="mine") + TOPIC.format(key="hsa_vs_fsa")
    (tmp_path / "topics.toml").write_text(text, encoding="utf-8")
    known = catalogues(tmp_path)

    assert len(known.topics) == 66
    assert known.topics["hsa_vs_fsa"].name == "X"
    assert known.own == {("topics", "mine"), ("topics", "hsa_vs_fsa")}


@pytest.mark.parametrize(
    "text",
    ["[[topic", "x = 1", "[topic]\nkey = 'a'", "[[topic]]\nkey = 'a'", TOPIC.format(key="a") * 2],
)
def test_a_broken_own_catalogue_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "topics.toml").write_text(text, encoding="utf-8")

    with pytest.raises(BadSettings) as caught:
        catalogues(tmp_path)
    assert "topics.toml" in (caught.value.where or "")


def test_an_arc_without_phases_is_refused_when_the_plan_is_made(tmp_path: Path) -> None:
    (tmp_path / f"{ARCS}.toml").write_text(ARC, encoding="utf-8")

    with pytest.raises(UsageError, match="'bare' has no phases"):
        plan(catalogues(tmp_path), PlanChoice(count=1))


def test_every_phase_has_a_name_and_a_conversation_is_called_after_the_first() -> None:
    known = catalogues()

    assert all(phase.name for arc in known.arcs.values() for phase in arc.phases)
    assert opening_of(known.arcs["shame_to_acceptance"]) == "initial_shame_revelation"
    assert opening_of(known.arcs["crisis_to_referral"]) == "initial_crisis_disclosure"
    bare = known.arcs["shame_to_acceptance"].model_copy(update={"phases": ()})
    assert opening_of(bare) == "initial_opportunity_exploration"


def test_the_record_of_an_entry_is_made_once() -> None:
    known = catalogues()
    topic = known.topics["hsa_vs_fsa"]

    assert known.record("topics", topic) is known.record("topics", topic)
