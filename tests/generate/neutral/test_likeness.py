"""A counterpart has the same figures and words, about the same length, and no warmth."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.talks import content_of
from lorewright.generate.neutral import Speech, likeness_of, speech_of
from lorewright.settings import NeutralSettings

SETTINGS = NeutralSettings()
WARM = (
    "I hear you, and you're not alone in this. Put 1,200 a month into the fund until it holds "
    "7,200, then move to the pension with 3.5 percent."
)
PLAIN = (
    "Put 1,200 a month into the fund until it holds 7,200; after that, move to the pension with "
    "3.5 percent."
)


def speech(*answers: str) -> Speech:
    return Speech(tuple(turn for one in answers for turn in (("user", "what now"), one_of(one))))


def one_of(text: str) -> tuple[str, str]:
    return ("assistant", text)


def reason(before: str, after: str) -> str | None:
    fault = likeness_of(speech(before), speech(after)).fault(SETTINGS)
    return fault.reason if fault else None


def test_the_same_advice_without_feeling_is_a_counterpart() -> None:
    found = likeness_of(speech(WARM), speech(PLAIN))

    assert found.fault(SETTINGS) is None
    assert (found.figures_lost, found.figures_added) == ((), ())
    assert found.warm_before > 0 == found.warm_after
    assert found.kept >= Decimal("0.9")
    assert SETTINGS.least_length <= found.length < 1


@pytest.mark.parametrize(
    ("after", "wrong"),
    [
        (PLAIN.replace("7,200", "7,300"), "figures_differ"),
        (PLAIN.replace("3.5 percent", "interest"), "figures_differ"),
        (PLAIN + " It takes 6 months.", "figures_differ"),
        ("1,200 7,200 3.5 " + "of another thing, that is roofs, cats, seas and long walks",
         "facts_lost"),
        ("Put 1,200, fund 7,200, move pension month holds 3.5 percent", "other_length"),
        (PLAIN + " " + "Put the fund to the pension and move it with the month. " * 3,
         "other_length"),
        (PLAIN + " You're not alone.", "still_warm"),
    ],
)  # fmt: skip
def test_what_is_off_has_its_reason(after: str, wrong: str) -> None:
    assert reason(WARM, after) == wrong


def test_thousands_may_be_written_either_way() -> None:
    assert likeness_of(speech(WARM), speech(PLAIN.replace("7,200", "7200"))).figures_lost == ()


def test_a_figure_that_is_said_once_less_is_lost() -> None:
    found = likeness_of(speech("Pay 40 now and 40 later."), speech("Pay 40 now and later."))
    assert found.figures_lost == ("40",)


@given(st.text(max_size=300))
def test_everything_is_like_itself(text: str) -> None:
    found = likeness_of(speech(text), speech(text))

    assert (found.figures_lost, found.figures_added) == ((), ())
    assert found.kept == found.length == 1
    assert found.warm_before == found.warm_after


@given(st.text(max_size=200), st.text(max_size=200))
def test_figures_are_lost_one_way_and_added_the_other(one: str, other: str) -> None:
    there, back = likeness_of(speech(one), speech(other)), likeness_of(speech(other), speech(one))

    assert there.figures_lost == back.figures_added
    assert there.figures_added == back.figures_lost
    assert 0 <= there.kept <= 1


def test_other_answers_take_the_place_of_those_that_were() -> None:
    before = speech_of(content_of())
    after = before.with_answers(tuple(answer.upper() for answer in before.answers))

    assert [role for role, _ in after.turns] == [role for role, _ in before.turns]
    assert after.answers == tuple(answer.upper() for answer in before.answers)
    assert before.alternates
    with pytest.raises(ValueError, match="not 1"):
        before.with_answers(("one",))


def test_a_side_that_speaks_twice_does_not_alternate() -> None:
    assert not Speech((("user", "a"), ("user", "b"), ("assistant", "c"))).alternates


def test_bounds_that_cross_are_refused() -> None:
    with pytest.raises(ValueError, match="least_length is above most_length"):
        NeutralSettings(least_length=Decimal(2), most_length=Decimal(1))
