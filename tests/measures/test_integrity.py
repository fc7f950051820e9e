"""What is wrong with a set of answers is named and counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.measures import Answered, Integrity, check_integrity

TARGET = "when the market drops you keep your monthly payment and buy more shares each time"


def answers(count: int) -> list[Answered]:
    return [Answered(f"s{at}", f"Answer {at} of its own.") for at in range(count)]


def counts(found: Integrity) -> dict[str, tuple[int, bool]]:
    return {finding.rule: (finding.count, finding.blocks) for finding in found.findings}


def test_good_answers_have_no_findings() -> None:
    found = check_integrity(answers(20), targets=[TARGET], others={"base": {"s0": "Other."}})

    assert (found.findings, found.unique_ratio, found.is_whole) == ((), 1, True)


def test_constant_answers_block() -> None:
    found = check_integrity([Answered(f"s{at}", "Be well.") for at in range(10)])

    assert counts(found) == {"few-different": (10, True)}
    assert (found.unique_ratio, found.is_whole) == (0.1, False)
    assert found.findings[0].places[0] == "s0: 10 answers are the same"


def test_two_that_are_the_same_among_many_are_told_and_do_not_block() -> None:
    found = check_integrity([*answers(19), Answered("again", "ANSWER 3 of its own!")])

    assert counts(found) == {"few-different": (2, False)}
    assert found.is_whole


def test_empty_and_cut_answers_are_counted_apart() -> None:
    bad = [
        Answered("missing", None),
        Answered("blank", " \n"),
        Answered("cut", "and so it is that"),
        Answered("at its limit", "It ends.", is_cut=True),
        Answered("said to be whole", "no full stop", is_cut=False),
    ]

    found = check_integrity([*bad, *answers(45)])

    assert counts(found) == {"few-different": (2, False), "empty": (2, False), "cut": (2, False)}
    assert [finding.places[0].split(":")[0] for finding in found.findings[1:]] == ["missing", "cut"]
    assert counts(check_integrity([*bad, *answers(5)]))["empty"] == (2, True)


@pytest.mark.parametrize(
    "text", ["Done.", "Done!", "Done…", "Done)", "**Done**", "```", "好。", "Love, A 🙂"]
)
def test_an_answer_that_ends_is_not_cut(text: str) -> None:
    assert "cut" not in counts(check_integrity([Answered("one", text), *answers(30)]))


def test_answers_that_recite_what_is_trained_on_are_found_with_their_target() -> None:
    found = check_integrity(
        [Answered("parrot", f"Well, {TARGET}."), *answers(5)], targets=["other words", TARGET]
    )

    assert counts(found) == {"recited": (1, True)}
    assert found.findings[0].places == (
        "parrot: 89% of its runs of 8 words are trained on, most in target 2",
    )


def test_an_arm_whose_answers_are_all_those_of_another_is_not_alive() -> None:
    mine = answers(4)
    same = {one.name: (one.text or "").upper() for one in mine}

    assert counts(check_integrity(mine, others={"base": same})) == {"same-as-arm": (4, True)}
    nearly = same | {"s3": "Another answer."}
    assert counts(check_integrity(mine, others={"base": nearly})) == {"same-as-arm": (3, False)}
    assert counts(check_integrity(mine, others={"base": {"elsewhere": "x"}})) == {}


def test_addresses_must_stand_in_the_prompt_or_in_the_sources() -> None:
    answer = Answered(
        "one",
        "See https://a.example/x, www.b.example and https://c.example/made-up.",
        prompt="is HTTPS://A.example/x any good?",
        sources=("from www.b.example.",),
    )

    found = check_integrity([answer])

    assert counts(found) == {"unverified-url": (1, False)}
    assert found.findings[0].places == ("one: https://c.example/made-up",)
    assert (
        found.findings[0].sentence == "1 addresses stand neither in the prompt nor in the sources"
    )


def test_a_set_without_answers_is_refused() -> None:
    with pytest.raises(BadRecord, match="no answer"):
        check_integrity([])


@given(st.lists(st.one_of(st.none(), st.text()), min_size=1, max_size=12))
def test_any_answers_can_be_looked_at(texts: list[str | None]) -> None:
    found = check_integrity(
        [Answered(str(at), text) for at, text in enumerate(texts)], targets=[TARGET]
    )

    assert found.answers == len(texts)
    assert 0 < found.unique_ratio <= 1
    assert all(finding.count > 0 for finding in found.findings)
