"""Who judges, and what each of them is asked."""

from decimal import Decimal
from pathlib import Path

import pytest

from flows.answered_workspace import answered_workspace
from lorewright.errors import BadSettings, NotYet, UsageError
from lorewright.flows.answered import newest_field
from lorewright.flows.judging_panel import choice_for, panel, seat
from lorewright.settings import Settings, TeacherSettings
from lorewright.store import Workspace

PAIR = ("tuned", "prompted-base")


def test_pairs_of_the_settings_count_when_both_arms_answered(tmp_path: Path) -> None:
    with answered_workspace(tmp_path, arms=("tuned", "neutral-control")) as here:
        field = newest_field(here.store, None)

        assert choice_for(field, here.settings).pairs == ()
        with pytest.raises(UsageError, match="no answers of the arm 'prompted-base'"):
            choice_for(field, here.settings, pairs=[PAIR])
        with pytest.raises(UsageError, match="cannot be compared with itself"):
            choice_for(field, here.settings, pairs=[("tuned", "tuned")])
        with pytest.raises(BadSettings, match="no profile"):
            choice_for(field, here.settings, dimensions="nothing")


def test_nothing_to_rate_says_what_to_do(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.make()
    with workspace.open(Settings()) as store, pytest.raises(NotYet, match="no answers"):
        newest_field(store, None)


def a_panel(**judges: TeacherSettings) -> Settings:
    settings = Settings()
    seats = settings.evaluation.judges.model_copy(update={"panel": judges})
    evaluation = settings.evaluation.model_copy(update={"judges": seats})
    return settings.model_copy(update={"evaluation": evaluation})


def test_every_judge_of_a_panel_has_a_seat_and_is_cold() -> None:
    own = TeacherSettings(model="openai:gpt-4.1", url="http://localhost:1/v1", asks_again=5)
    settings = a_panel(one=own, other=TeacherSettings(model="anthropic:claude-x"))

    seats = [one.teacher for one in panel(settings)]

    assert [one.model for one in seats] == ["openai:gpt-4.1", "anthropic:claude-x"]
    assert {(one.temperature, one.asks_again) for one in seats} == {(Decimal(0), 1)}
    assert seats[0].url == own.url
    assert seat(settings, "openai:gpt-4.1").teacher == seats[0]
    assert seat(settings, "rehearsal:ann").teacher.url is None


def test_without_a_panel_the_judge_judges_and_else_the_teacher() -> None:
    settings = Settings(teacher=TeacherSettings(model="openai:teacher"))
    judge = settings.model_copy(update={"judge": TeacherSettings(model="openai:judge")})

    assert [one.teacher.model for one in panel(settings)] == ["openai:teacher"]
    assert [one.teacher.model for one in panel(judge)] == ["openai:judge"]
