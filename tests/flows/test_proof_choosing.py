"""Which scenarios are shown, and the file that holds all of them."""

import json
import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from flows.proof_lines import RULES, scenarios, stored
from lorewright.flows.proof_choosing import read_pairs
from lorewright.flows.proof_pairs import side_by_side
from lorewright.pictures import PairShown


def a_pair(name: str, difference: float | None) -> PairShown:
    return PairShown(name, "", "", (), (), (), difference)


def test_the_furthest_behind_and_ahead_are_shown_and_the_first_by_name() -> None:
    differences = list(range(-50, 50))
    random.Random(1).shuffle(differences)
    found = read_pairs(
        (a_pair(f"s{at:03}", float(one)) for at, one in enumerate(differences)), most=9
    ).pairs

    shown = [one.difference for one in found.shown]
    assert shown == sorted(shown, key=lambda one: one or 0.0)
    assert shown[:3] == [-50, -49, -48]
    assert shown[-3:] == [47, 48, 49]
    assert "9 of 100 scenarios" in found.how_chosen


@given(st.lists(st.none() | st.integers(-3, 3), max_size=40), st.integers(1, 12))
def test_as_many_are_shown_as_may_be_and_none_twice(
    differences: list[int | None], most: int
) -> None:
    pairs = [a_pair(f"s{at:03}", one) for at, one in enumerate(differences)]

    found = read_pairs(pairs, most=most).pairs

    names = [one.scenario for one in found.shown]
    assert len(names) == len(set(names)) == min(most, len(pairs))
    assert found.scenarios == len(pairs)
    assert (found.how_chosen.startswith("Every scenario")) is (len(names) == len(pairs))


def test_the_file_holds_every_scenario_and_answers_are_counted(tmp_path: Path) -> None:
    names = [f"s{at}" for at in range(9)]
    full = tmp_path / "full.jsonl"

    found = read_pairs(side_by_side(scenarios(names), stored(names), RULES), most=3, full=full)

    lines = [json.loads(line) for line in full.read_text(encoding="utf-8").splitlines()]
    assert [line["scenario"] for line in lines] == names
    assert (found.pairs.scenarios, found.pairs.answers, found.pairs.failed) == (9, 18, 0)
    assert found.pairs.full == "full.jsonl"


def test_lengths_are_taken_where_both_arms_were_rated_and_answered() -> None:
    names = ["s1", "s2"]

    found = read_pairs(side_by_side(scenarios([*names, "s3"]), stored(names), RULES))

    assert found.differences == (1.0, 1.0)
    assert found.longer_by == (3.0, 3.0)
