"""A judgement says every criterion once, and means what it adds up to."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from builders import a_judgement, an_example
from lorewright.records import Criterion, Judgement, Rating

NAMES = [criterion.value for criterion in Criterion]
scores = st.fixed_dictionaries({name: st.none() | st.integers(1, 10) for name in NAMES})


@given(scores.filter(lambda found: any(found.values())))
def test_the_mean_is_over_what_could_be_judged_and_between_its_ends(
    found: dict[str, int | None],
) -> None:
    judgement = a_judgement(scores=found)
    known = [score for score in found.values() if score is not None]

    assert min(known) <= judgement.mean <= max(known)
    assert abs(judgement.mean - Decimal(sum(known)) / len(known)) <= Decimal("0.005")
    assert {criterion.value for criterion in judgement.scores} == {
        name for name, score in found.items() if score is not None
    }


def test_a_judgement_without_any_score_is_none() -> None:
    with pytest.raises(ValidationError, match="at least one"):
        a_judgement(scores=dict.fromkeys(NAMES))


def test_a_criterion_is_neither_left_out_nor_said_twice() -> None:
    whole = a_judgement()

    for ratings in (whole.ratings[1:], (*whole.ratings[:-1], whole.ratings[0])):
        with pytest.raises(ValidationError, match="every criterion once"):
            whole.model_copy(update={"ratings": ratings})


def test_a_judgement_is_made_from_the_example_that_it_is_about() -> None:
    other = an_example(question="How is the oil of a pump checked?")

    with pytest.raises(ValidationError, match="made from its example"):
        a_judgement().model_copy(update={"example": other.ref})


@pytest.mark.parametrize(
    ("criterion", "score"), [(Criterion.CLARITY, 7), (Criterion.GROUNDEDNESS, None)]
)
def test_only_a_score_for_groundedness_names_claims(
    criterion: Criterion, score: int | None
) -> None:
    with pytest.raises(ValidationError, match="unsupported"):
        Rating(criterion=criterion, score=score, reason="x", unsupported=("a claim",))


def test_a_judgement_is_read_back_as_it_was() -> None:
    judgement = a_judgement(scores={"voice": None}, own_work=True)

    assert Judgement.from_body(judgement.body).ratings == judgement.ratings
