"""Weights that are learnt: from labels by people or a simulator, and compared with the rules."""

import json
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lorewright.errors import BadSettings, MissingExtra
from lorewright.generate.deliberations import (
    HybridWeigher,
    Labels,
    LearnedWeigher,
    StaticWeigher,
    compare,
    panel_library,
    policy_card,
    read_labels,
    simulated_labels,
)
from lorewright.generate.deliberations.comparing import FEWEST_CONVERSATIONS
from lorewright.generate.deliberations.policy import FEATURES, FEWEST_TURNS, features_of
from lorewright.records.deliberation import Weighting

PANELS = panel_library().panels
EVERY = [*PANELS.values()]
COFFEE = PANELS["coffee-shop"]
SIMULATED = simulated_labels(EVERY, conversations=28, seed=3)


def line(**changes: Any) -> dict[str, Any]:
    weights = {one.id: 0.25 for one in COFFEE.personas}
    told = {
        "conversation": "one",
        "panel": COFFEE.key,
        "state": "idea",
        "user_input": "What about the rent?",
        "weights": weights,
        "by": "Ada",
    }
    return {**told, **changes}


def labels_in(folder: Path, *lines: dict[str, Any] | str) -> Labels:
    file = folder / "labels.jsonl"
    told = (one if isinstance(one, str) else json.dumps(one) for one in lines)
    file.write_text("\n".join(told), encoding="utf-8")
    return read_labels(file, PANELS)


def test_labels_by_people_keep_their_digits_and_follow_each_other(tmp_path: Path) -> None:
    found = labels_in(tmp_path, line(), "", line(state="market_validated"), line(conversation="b"))

    assert found.source == "people"
    assert found.conversations == ("one", "b")
    assert "1 people" in found.told
    assert set(found.turns[0].weights.values()) == {Decimal("0.25")}
    before = [one.situation.previous for one in found.turns]
    assert before == [None, found.turns[0].weights, None]


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        (line(panel="zebra"), "panel"),
        (line(state="zebra"), "state"),
        (line(weights={"a_001": 1}), "weights"),
        (line(weights=dict.fromkeys(line()["weights"], float("nan"))), "weights."),
        (line(weights=dict.fromkeys(line()["weights"], 1.5)), "weights."),
        (line(more=1), "more"),
        ("{", ""),
    ],
)
def test_a_faulty_label_is_told_with_line_and_field(
    fault: dict[str, Any] | str, field: str, tmp_path: Path
) -> None:
    with pytest.raises(BadSettings) as raised:
        labels_in(tmp_path, line(), fault)

    assert f"labels.jsonl:2: {field}" in str(raised.value)


def test_labels_that_are_not_there_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        read_labels(tmp_path / "none.jsonl", PANELS)


def test_a_simulation_is_the_same_for_its_seed_and_is_called_one() -> None:
    again = simulated_labels(EVERY, conversations=28, seed=3)
    other = simulated_labels(EVERY, conversations=28, seed=4)

    assert again == SIMULATED
    assert other.turns != SIMULATED.turns
    assert SIMULATED.source == "simulation"
    assert "no person did" in SIMULATED.told


def test_the_hidden_policy_is_neither_of_the_rules() -> None:
    for weigher in (StaticWeigher(), HybridWeigher()):
        alike = [
            one for one in SIMULATED.turns if dict(weigher.propose(one.situation)) == one.weights
        ]
        assert not alike


def test_every_feature_has_a_name() -> None:
    rows = features_of(SIMULATED.turns[0].situation).values()

    assert {len(row) for row in rows} == {len(FEATURES)}


def test_a_policy_weighs_everybody_and_does_so_again() -> None:
    policies = [LearnedWeigher(SIMULATED, seed=1) for _ in range(2)]
    situation = SIMULATED.turns[-1].situation

    first, second = (dict(one.propose(situation)) for one in policies)

    assert first == second
    assert first.keys() == {one.id for one in situation.panel.personas}
    assert all(0 <= weight <= 1 for weight in first.values())
    assert "simulation" in policies[0].why(situation, situation.panel.personas[0])


def test_too_few_labels_teach_nothing() -> None:
    few = Labels(SIMULATED.turns[: FEWEST_TURNS - 1], "people", "few")
    with pytest.raises(BadSettings, match="too few to learn"):
        LearnedWeigher(few, seed=1)
    short = simulated_labels(EVERY, conversations=FEWEST_CONVERSATIONS - 1, seed=1)
    with pytest.raises(BadSettings, match="too few to hold"):
        compare(short, seed=1)


def test_a_comparison_tests_on_conversations_that_taught_nothing() -> None:
    report = compare(SIMULATED, seed=5)

    assert report.fitted_conversations + report.held_out_conversations == 28
    assert report.fitted_turns + report.held_out_turns == len(SIMULATED.turns)
    assert [one.approach for one in report.rows] == [
        Weighting.STATIC,
        Weighting.HYBRID,
        Weighting.LEARNED,
    ]
    for one in report.rows:
        assert one.error.low <= one.error.mean <= one.error.high
        assert one.rank.low <= one.rank.mean <= one.rank.high <= 1
    assert report.learned_less_static.high < 0


def test_static_stays_the_default_until_people_have_labelled() -> None:
    report = compare(SIMULATED, seed=5)

    assert report.default is Weighting.STATIC
    assert replace(report, source="people").default is Weighting.LEARNED
    card = policy_card(report)
    assert card.startswith("# Weighting policy (simulation)")
    assert "*This is a simulation" in card
    assert "**Default:** static_predefined" in card


def test_without_scikit_learn_one_sentence_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)

    with pytest.raises(MissingExtra, match="learned weights need scikit-learn") as raised:
        LearnedWeigher(SIMULATED, seed=1)
    assert "lorewright[prove]" in (raised.value.hint or "")
