"""How far raters agree: with each other, with themselves, whatever the order."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from builders import a_language_model, a_recipe
from flows.answered_workspace import answered_workspace
from flows.small_workspace import Small
from lorewright.evaluate.rating_lines import PREFERENCE, RatingLine, VoteLine, write_lines
from lorewright.flows.answered import newest_field
from lorewright.flows.rating_agreement import OnDimension, agreement_of
from lorewright.records import Person, Ratings
from lorewright.statistics import State


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Small]:
    with answered_workspace(tmp_path, scenarios=4) as made:
        yield made


def a_line(
    scenario: int, value: float | None, *, dimension: str = "voice", repeat: int = 0
) -> RatingLine:
    return RatingLine(f"s-{scenario:03}", "f", "tuned", dimension, 0, 0, repeat, value, "")


def keep(
    here: Small, rater: str, lines: Sequence[RatingLine], votes: Sequence[VoteLine] = ()
) -> Ratings:
    field = newest_field(here.store, None)
    recipe = a_recipe("sheet" if not votes else "rate", profile="criteria")
    who = a_language_model(rater) if votes else Person(name=rater)
    kept, chosen = here.store.put_blobs(write_lines(lines), write_lines(votes))
    ratings = Ratings(
        rater=rater,
        by="judge" if votes else "person",
        origin="measured",
        requested=max(1, len(lines)),
        accepted=max(1, len(lines)),
        ratings=kept,
        votes=chosen,
        made_from=(*field.answers, who.ref, recipe.ref),
    )
    here.store.put(recipe, who, ratings)
    return ratings


def voice(here: Small, *found: Ratings) -> OnDimension:
    (one,) = [
        one
        for one in agreement_of(here.store, here.settings, found).dimensions
        if one.dimension == "voice"
    ]
    return one


def test_raters_who_say_the_same_agree(here: Small) -> None:
    values = (1.0, 5.0, 3.0, 4.0)
    found = [
        keep(here, rater, [a_line(at, value) for at, value in enumerate(values)])
        for rater in ("Ada", "Ben", "Cleo")
    ]

    one = voice(here, *found)

    assert one.alpha.estimate == one.ac2.estimate == 1.0
    assert [(pair.one, pair.other) for pair in one.kappas] == [
        ("Ada", "Ben"), ("Ada", "Cleo"), ("Ben", "Cleo"),
    ]  # fmt: skip
    assert one.is_met


def test_raters_who_say_the_opposite_do_not_meet_the_gate(here: Small) -> None:
    ada = keep(here, "Ada", [a_line(at, value) for at, value in enumerate((1, 5, 2, 4))])
    ben = keep(here, "Ben", [a_line(at, value) for at, value in enumerate((5, 1, 4, 2))])

    one = voice(here, ada, ben)

    assert one.alpha.estimate is not None
    assert one.alpha.estimate < 0
    assert one.is_met is False


def test_one_rater_alone_is_neither_met_nor_not(here: Small) -> None:
    one = voice(here, keep(here, "Ada", [a_line(at, 3) for at in range(4)]))

    assert one.is_met is None
    assert one.alpha.state is State.TOO_FEW
    assert one.kappas == ()


def test_what_could_not_be_told_and_repeats_are_no_agreement(here: Small) -> None:
    ada = keep(here, "Ada", [a_line(0, 4), a_line(1, None), a_line(2, 2)])
    ben = keep(here, "Ben", [a_line(0, 4), a_line(1, 5), a_line(2, 2), a_line(0, 1, repeat=1)])

    one = voice(here, ada, ben)

    assert one.alpha.n == 2
    assert one.alpha.estimate == 1.0


def test_a_rater_is_compared_with_what_the_rater_said_before(here: Small) -> None:
    lines = [a_line(at, value) for at, value in enumerate((1, 5, 3))]
    again = [a_line(at, value, repeat=1) for at, value in enumerate((1, 5, 4))]

    (oneself,) = agreement_of(
        here.store, here.settings, [keep(here, "Ada", [*lines, *again])]
    ).raters

    assert oneself.again.n == 3
    assert oneself.again.same == pytest.approx(2 / 3)
    assert oneself.order is None


def test_a_judge_that_is_swayed_by_the_order_is_shown(here: Small) -> None:
    votes = [
        VoteLine(f"s-{at:03}", *order, order[0], PREFERENCE, 0, "")
        for at in range(30)
        for order in (("tuned", "prompted-base"), ("prompted-base", "tuned"))
    ]

    (judge,) = agreement_of(
        here.store, here.settings, [keep(here, "openai:x", [a_line(0, 3)], votes)]
    ).raters

    assert judge.order is not None
    assert judge.order.share.estimate == 1.0
    assert (judge.order.flips.flips, judge.order.flips.n) == (30, 30)
    assert judge.order.flips.p_value is not None
    assert judge.order.flips.p_value < 1e-6
