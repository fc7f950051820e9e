"""Rules write the same scenario for the same brief, with nothing in it but cards and templates."""

from decimal import Decimal

from builders import a_recipe
from evaluate.scenarios.briefs import a_brief
from lorewright.evaluate.scenarios import choose, offline_scenario
from lorewright.records import ScenarioPurpose
from lorewright.settings import ScenarioSettings

RECIPE = a_recipe("scenarios").ref


def test_a_scenario_holds_its_cards_and_says_what_it_was_made_from() -> None:
    brief = a_brief()
    made = offline_scenario(brief, RECIPE)
    said = made.messages[0]

    assert brief.topic.name in said
    assert brief.question in said
    assert brief.arc.start.emotion in said
    assert any(concern in said for concern in brief.persona.common_concerns)
    assert made.emotional_state is not None
    assert made.emotional_state.primary == brief.arc.start.emotion
    assert made.emotional_state.intensity == Decimal("0.825")
    assert set(brief.arc.required_elements) < set(made.expected)
    assert (made.scenario_id, made.family) == (brief.scenario_id, brief.family)
    assert made.made_from == (*brief.entries, RECIPE)


def test_the_same_brief_makes_the_same_and_another_lot_another() -> None:
    assert offline_scenario(a_brief(), RECIPE) == offline_scenario(a_brief(), RECIPE)
    others = {offline_scenario(a_brief(lot=lot), RECIPE).messages for lot in range(8)}
    assert len(others) > 4


def test_a_deliberation_asks_back_and_names_no_arc() -> None:
    brief = a_brief(purpose=ScenarioPurpose.DELIBERATION, messages=3)
    made = offline_scenario(brief, RECIPE)

    assert len(made.messages) == 3
    assert made.emotional_arc is None
    assert made.emotional_state is None
    assert len(made.expected) == 4
    assert choose([made], ScenarioSettings()).kept == (made,)


def test_a_topic_without_questions_is_asked_about() -> None:
    said = offline_scenario(a_brief(questions=()), RECIPE).messages[0]

    assert "What should I know about" in said


def test_braces_in_a_card_are_words() -> None:
    said = offline_scenario(a_brief(name="The {emotion} of {0}"), RECIPE).messages[0]

    assert "The {emotion} of {0}" in said
