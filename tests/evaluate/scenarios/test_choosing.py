"""Each rule keeps what it should and says what is wrong with the rest."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluate.scenarios.drafts import a_candidate, apart
from lorewright.evaluate.scenarios import choose, numbers_of
from lorewright.measures import Leak
from lorewright.records import Scenario, ScenarioPurpose
from lorewright.settings import ScenarioSettings

RULES = ScenarioSettings()


def reason_of(scenario: Scenario, rules: ScenarioSettings = RULES) -> str:
    choice = choose([scenario, a_candidate(99)], rules)
    (lost,) = choice.turned_down
    assert lost.scenario == scenario
    assert lost.detail
    return lost.reason


def test_what_passes_every_rule_is_kept_in_its_order() -> None:
    candidates = [a_candidate(number) for number in (3, 1, 2)]

    assert choose(candidates, RULES).kept == tuple(candidates)
    assert choose([], RULES) == ((), ())


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"message": "I am so afraid of it all."}, "too_short"),
        ({"message": f"{apart(1)} {'and so on ' * 100}"}, "too_long"),
        ({"message": f"I am [name] and {apart(1)}"}, "placeholder"),
        ({"message": f"I am {{{{ name }}}} and {apart(1)}"}, "placeholder"),
        ({"message": f"As an AI {apart(1)}"}, "placeholder"),
        (
            {"message": f"{apart(1)} That is what one thinks, and it is the truth."[2:]},
            "nobody_speaks",
        ),
        ({"situation": " "}, "no_situation"),
        ({"expected": ("one",)}, "too_few_expected"),
        ({"intensity": None}, "no_emotion"),
        ({"intensity": "0.29"}, "too_calm"),
    ],
)
def test_why_one_is_turned_down(more: dict[str, Any], reason: str) -> None:
    assert reason_of(a_candidate(1, **more)) == reason


def test_bounds_are_still_within() -> None:
    words = "I " + " ".join(f"w{at}" for at in range(11))
    most = "I " + " ".join(f"v{at}" for at in range(249))

    kept = choose(
        [a_candidate(1, message=words, intensity="0.3"), a_candidate(2, message=most)], RULES
    ).kept

    assert len(kept) == 2


def test_a_follow_up_may_be_short_and_a_deliberation_needs_no_feeling() -> None:
    short = a_candidate(1, messages=(apart(1), "And then?"))
    decision = a_candidate(2, intensity=None, purpose=ScenarioPurpose.DELIBERATION)

    assert choose([short, decision], RULES).kept == (short, decision)


def test_another_language_has_a_first_person_of_its_own() -> None:
    said = "Seit dem Frühjahr liegt der Brief bei uns, und mein Bruder fragt mich jeden Sonntag."

    assert choose([a_candidate(1, message=said)], RULES).turned_down == ()


def test_what_training_gives_away_is_not_kept_and_names_its_place() -> None:
    leak = Leak("alike", "s-001", "example:3f0a", "the cosine of their characters is 0.91")

    (lost,) = choose([a_candidate(1), a_candidate(2)], RULES, leaks=[leak]).turned_down

    assert (lost.reason, lost.scenario.scenario_id) == ("leaks", "s-001")
    assert "alike with example:3f0a" in lost.detail


def test_what_says_the_same_is_kept_once() -> None:
    run = " ".join(f"r{at}" for at in range(13))
    first = a_candidate(1)
    candidates = [
        first,
        a_candidate(2, message=first.messages[0].upper()),
        a_candidate(3, message=f"I say {apart(3)} {run}"),
        a_candidate(4, message=f"We say {run} {apart(4)}"),
        a_candidate(5, message=first.messages[0].replace("thought", "thinks")),
    ]

    choice = choose(candidates, RULES)

    assert [one.scenario_id for one in choice.kept] == ["s-001", "s-003"]
    assert [one.reason for one in choice.turned_down] == ["repeated", "too_alike", "too_alike"]


def test_characters_that_are_nearly_the_same_are_too_alike() -> None:
    said = "I owe {} money and cannot sleep, since he asks me for it on every single Sunday."
    candidates = [
        a_candidate(at, message=said.format(who)) for at, who in enumerate(("Bert", "Bart"), 1)
    ]
    shorter_runs = [
        one.model_copy(update={"messages": (one.messages[0].replace("sleep,", f"{at} nap"),)})
        for at, one in enumerate(candidates)
    ]

    (lost,) = choose(shorter_runs, RULES.model_copy(update={"most_alike": "0.7"})).turned_down

    assert lost.reason == "too_alike"


def test_a_set_is_as_even_as_its_shares_say() -> None:
    arcs = ("a", "b", "c")
    candidates = [
        a_candidate(at, arc=arcs[at % 3], persona=f"p{at % 2}", topic=f"t{at % 5}")
        for at in range(60)
    ]
    rules = ScenarioSettings(keep=20, arcs={"a": 2, "b": 1, "c": 1}, personas={"p0": 1, "p1": 1})

    choice = choose(candidates, rules)

    assert Counter(one.emotional_arc for one in choice.kept) == {"a": 10, "b": 5, "c": 5}
    assert Counter(one.persona for one in choice.kept) == {"p0": 10, "p1": 10}
    assert {one.reason for one in choice.turned_down} == {"over_quota"}
    numbers = dict(numbers_of(choice.kept))
    assert numbers["emotional_arc"] == {"a": 10, "b": 5, "c": 5}


def test_what_an_arc_lacks_the_others_give() -> None:
    candidates = [a_candidate(at, arc="a" if at < 2 else "b") for at in range(12)]

    kept = choose(candidates, ScenarioSettings(keep=10, arcs={"a": 1, "b": 1})).kept

    assert Counter(one.emotional_arc for one in kept) == {"a": 2, "b": 8}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from([0, 1, 2, 3]), max_size=12),
    st.integers(1, 8),
)
def test_nothing_is_lost_and_the_same_is_chosen_again(kinds: list[int], keep: int) -> None:
    candidates = [
        a_candidate(
            at,
            intensity="0.1" if kind == 1 else "0.8",
            message=apart(0) if kind == 2 else None,
            arc=f"arc{kind}",
        )
        for at, kind in enumerate(kinds)
    ]
    rules = ScenarioSettings(keep=keep)

    choice = choose(candidates, rules)

    assert len(choice.kept) + len(choice.turned_down) == len(candidates)
    refs = [one.ref for one in choice.kept] + [one.scenario.ref for one in choice.turned_down]
    assert sorted(refs) == sorted(one.ref for one in candidates)
    assert len(choice.kept) <= keep
    assert choose(candidates, rules) == choice
