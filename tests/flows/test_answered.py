"""Scenarios and answers are found by name, however many there are, and belong together."""

from pathlib import Path

import pytest

from evaluate.rated_arms import ARMS, lines_of, some_scenarios
from flows.answered_workspace import answered_workspace, keep_answers, keep_set
from lorewright.errors import UsageError
from lorewright.flows.answered import field_of, newest_answers, newest_field, newest_set
from lorewright.flows.rating_sessions import session_of


def test_a_set_of_more_scenarios_than_a_record_has_parents_comes_whole(tmp_path: Path) -> None:
    with answered_workspace(tmp_path, scenarios=130) as here:
        field = newest_field(here.store, None)

        assert [one.scenario_id for one in field.scenarios] == [f"s-{n:03}" for n in range(130)]
        assert sorted(field.arms) == sorted(field.records) == sorted(ARMS)
        assert field.arms["tuned"]["s-129", 0, 0] is not None


def test_the_set_that_was_answered_last_is_meant_unless_one_is_named(tmp_path: Path) -> None:
    with answered_workspace(tmp_path, scenarios=2) as here:
        first = newest_set(here.store, None)
        questions = some_scenarios(3)
        second = keep_set(here.store, questions, "other")

        assert newest_set(here.store, None) == first
        keep_answers(here.store, second, "tuned", lines_of("tuned", questions))

        assert newest_set(here.store, None) == second
        assert newest_set(here.store, first.ref) == first


def test_of_an_arm_that_answered_twice_the_last_answers_count(tmp_path: Path) -> None:
    with answered_workspace(tmp_path, scenarios=2) as here:
        field = newest_field(here.store, None)
        anew = [line._replace(tokens=77) for line in lines_of("tuned", field.scenarios)]
        last = keep_answers(here.store, field.asked, "tuned", anew)

        assert newest_answers(here.store, field.asked.ref)["tuned"] == last
        assert session_of(newest_field(here.store, None)) != session_of(field)


def test_answers_to_other_scenarios_or_of_the_same_arm_cannot_be_compared(tmp_path: Path) -> None:
    with answered_workspace(tmp_path, scenarios=2, arms=("tuned",)) as here:
        field = newest_field(here.store, None)
        anew = [line._replace(tokens=77) for line in lines_of("tuned", field.scenarios)]
        twice = keep_answers(here.store, field.asked, "tuned", anew)
        questions = some_scenarios(3)
        other = keep_set(here.store, questions, "other")
        elsewhere = keep_answers(
            here.store, other, "prompted-base", lines_of("prompted-base", questions)
        )

        with pytest.raises(UsageError, match="of one arm"):
            field_of(here.store, [*field.answers, twice.ref])
        with pytest.raises(UsageError, match="not asked the same scenarios"):
            field_of(here.store, [*field.answers, elsewhere.ref])
