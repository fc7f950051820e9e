"""Rankings are read as people write them, and what a rater sees gives nobody away."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.rated_arms import ARMS, BASE, some_arms, some_scenarios
from lorewright.errors import UsageError
from lorewright.evaluate.blinding import Blind
from lorewright.evaluate.decoys import Decoy, decoys_for
from lorewright.evaluate.ranking import (
    QUESTIONS,
    Item,
    choice_of,
    items_for,
    question,
    shown,
    votes_of,
)
from lorewright.evaluate.rating_lines import BOTH_BAD, PREFERENCE, TIE

LETTERS = ("A", "B", "C")
TENTH = Decimal("0.1")


def a_blind(rater: str = "Ada") -> Blind:
    return Blind(b"s" * 32, "session", rater)


def items(count: int = 30, *, rater: str = "Ada", repeats: Decimal = TENTH) -> list[Item]:
    arms = {f"s-{number:03}": ARMS for number in range(count)}
    return items_for(a_blind(rater), arms, repeats)


@pytest.mark.parametrize(
    ("said", "groups"),
    [
        ("b", (("B",), ("A", "C"))),
        ("B>A=C", (("B",), ("A", "C"))),
        ("bac", (("B",), ("A",), ("C",))),
        ("b a=c", (("B",), ("A", "C"))),
        (" c , b ; a ", (("C",), ("B",), ("A",))),
        ("a = b > c", (("A", "B"), ("C",))),
        ("tie", (("A", "B", "C"),)),
        ("=", (("A", "B", "C"),)),
        ("a=b=c", (("A", "B", "C"),)),
    ],
)
def test_an_order_is_read_however_it_is_written(
    said: str, groups: tuple[tuple[str, ...], ...]
) -> None:
    choice = choice_of(said, LETTERS)

    assert choice.groups == groups
    assert not choice.all_bad


@pytest.mark.parametrize("said", ["bad", "Both bad", "all_bad", "x"])
def test_all_may_be_bad(said: str) -> None:
    assert choice_of(said, LETTERS).all_bad


@pytest.mark.parametrize("said", ["", "d", "a>d", "1", "a>a", "best is a", ">"])
def test_what_is_no_order_is_refused_with_a_way_out(said: str) -> None:
    with pytest.raises(UsageError) as error:
        choice_of(said, LETTERS)

    assert error.value.hint


@given(st.permutations(LETTERS), st.lists(st.booleans(), min_size=2, max_size=2))
def test_what_is_kept_is_read_as_it_was_said(order: list[str], tied: list[bool]) -> None:
    said = order[0] + "".join(
        ("=" if is_tied else ">") + letter for letter, is_tied in zip(order[1:], tied, strict=True)
    )
    choice = choice_of(said, LETTERS)

    assert choice_of(str(choice), LETTERS) == choice


def test_an_order_is_a_vote_about_each_two() -> None:
    letters = {"A": "base", "B": "tuned", "C": "control"}
    choice = choice_of("b>a=c", letters)

    votes = list(votes_of(choice, letters, scenario="s", question=PREFERENCE, repeat=0))

    assert [(one.first, one.second, one.preferred) for one in votes] == [
        ("base", "tuned", "tuned"),
        ("base", "control", TIE),
        ("tuned", "control", "tuned"),
    ]


def test_when_all_are_bad_no_vote_is_for_anybody() -> None:
    letters = {"A": "base", "B": "tuned"}
    (vote,) = votes_of(choice_of("bad", letters), letters, scenario="s", question="coach", repeat=1)

    assert (vote.preferred, vote.repeat, vote.question) == (BOTH_BAD, 1, "coach")


def test_every_scenario_comes_once_and_a_tenth_comes_again_at_the_end() -> None:
    found = items(30)

    assert {one.scenario for one in found[:30]} == {f"s-{number:03}" for number in range(30)}
    assert [one.repeat for one in found] == [0] * 30 + [1] * 3
    assert len({one.code for one in found}) == len(found)


def test_every_rater_has_an_order_and_letters_of_their_own() -> None:
    ada, ben = items(rater="Ada"), items(rater="Ben")

    assert [one.scenario for one in ada] != [one.scenario for one in ben]
    letters = {one.scenario: one.letters for one in ben}
    assert any(one.letters != letters[one.scenario] for one in ada)
    assert items(rater="Ada") == ada


def test_what_comes_again_mostly_stands_under_other_letters() -> None:
    found = items(60, repeats=Decimal("0.5"))
    first = {one.scenario: one.letters for one in found if not one.repeat}
    again = [one for one in found if one.repeat]

    assert sum(one.letters != first[one.scenario] for one in again) > len(again) / 2


def test_what_is_there_to_see_who_reads_stands_among_the_others() -> None:
    scenarios = {one.scenario_id: one for one in some_scenarios(12)}
    arms = some_arms(scenarios.values())
    decoys = decoys_for(a_blind(), scenarios, arms, 2)
    found = items_for(a_blind(), dict.fromkeys(scenarios, ARMS), TENTH, decoys)

    places = [at for at, one in enumerate(found) if one.decoy]
    assert places == [5, 9]
    assert len(found) == 12 + 2 + 2
    for item in (found[at] for at in places):
        decoy = item.decoy
        assert decoy is not None
        assert decoy.real != decoy.foreign
        assert decoy.scenario in decoy.real
        assert sorted(item.letters.values()) == ["foreign", "real"]


@pytest.mark.parametrize(
    ("said", "is_read"), [("a", True), ("b", False), ("tie", False), ("bad", False)]
)
def test_only_the_answer_to_this_client_was_read(said: str, is_read: bool) -> None:  # noqa: FBT001
    item = Item(
        "code", "s-001", 0, {"A": "real", "B": "foreign"}, Decoy("s-001", "tuned", "x", "y")
    )

    assert item.is_read(choice_of(said, ("A", "B"))) is is_read


@given(st.text(), st.integers(0, 11))
def test_a_rater_sees_no_arm_and_no_base(rater: str, at: int) -> None:
    scenarios = {one.scenario_id: one for one in some_scenarios(10, turns=2)}
    arms = some_arms(scenarios.values())
    found = items_for(a_blind(rater), dict.fromkeys(scenarios, ARMS), Decimal("0.2"))
    item = found[at]

    seen = repr(shown(item, scenarios[item.scenario], arms, number=at + 1, of=len(found)))

    for name in (*ARMS, BASE, "session"):
        assert name not in seen


def test_an_item_shows_every_answer_to_every_message_under_its_letter() -> None:
    scenario = some_scenarios(1, turns=2)[0]
    (item,) = items_for(a_blind(), {scenario.scenario_id: ARMS}, Decimal(0))

    seen = shown(item, scenario, some_arms([scenario]), number=1, of=1, advisor="Never mocks.")

    assert seen.advisor == "Never mocks."
    assert seen.letters == LETTERS
    assert seen.questions == QUESTIONS
    for turn, said in enumerate(seen.turns):
        for reply in said.replies:
            voice = {"tuned": "Warmly", "prompted-base": "Surely", "neutral-control": "Plainly"}
            assert reply.text.startswith(voice[item.letters[reply.letter]])
            assert f"turn {turn}" in reply.text


def test_one_of_the_questions_is_the_preference() -> None:
    assert question(PREFERENCE) in QUESTIONS
    with pytest.raises(UsageError, match="no question called"):
        question("style")
