"""Whether an adapter lost what its base could do, with tiny networks that really answer."""

import json
from pathlib import Path

import pytest

from flows.test_adapter_files import Trained, files, trained
from lorewright.errors import Unreadable, UsageError
from lorewright.evaluate.regression import Outcome, Part
from lorewright.flows.naming import parents, set_newest
from lorewright.flows.non_regression import (
    check_regression,
    estimate_regression,
    subject_of,
)
from lorewright.flows.regression_result import (
    read_regression,
    regression_file,
    regression_shown,
)
from lorewright.flows.regression_work import RegressionWish, safety_scenarios, work_of
from lorewright.jobs import Progress
from lorewright.records import Scenario, ScenarioPurpose, ScenarioSet
from lorewright.settings import RegressionSettings, Settings, TrainingSettings
from lorewright.store import verify, written_files

__all__ = ["files", "trained"]

LIMITS = RegressionSettings(window_tokens=64, most_windows=12, answer_tokens=4)
SETTINGS = Settings(training=TrainingSettings(threads=1), regression=LIMITS)


@pytest.fixture
def wish(tmp_path: Path) -> RegressionWish:
    text = tmp_path / "letters.txt"
    text.write_text("Check the oil of every pump once a week. " * 40, encoding="utf-8")
    choices = tmp_path / "choices.jsonl"
    choices.write_text(
        "".join(
            json.dumps({"question": f"Q{at}?", "choices": ["yes", "never"], "answer": at % 2})
            + "\n"
            for at in range(12)
        )
    )
    reference = {
        f"emotion{at}{part}": value
        for at, name in enumerate(("anger", "pride", "relief", "shame"), start=1)
        for part, value in (("", name), ("_score", "3"))
    }
    questions = tmp_path / "questions.json"
    questions.write_text(
        json.dumps({"1": {"prompt": "How?", "reference_answer_fullscale": reference}})
    )
    return RegressionWish(None, text, questions, (choices,))


def keep_scenarios(trained: Trained, count: int = 6) -> None:
    store = trained.store
    scenarios = [
        Scenario(
            scenario_id=f"r{at}",
            family=f"r{at}",
            purpose=ScenarioPurpose.REFERRAL if at else ScenarioPurpose.ADVICE,
            messages=("I can't go on.", "What now?"),
            made_from=(trained.source.ref,),
        )
        for at in range(count)
    ]
    store.put(*scenarios)
    (members,) = parents(store, [one.ref for one in scenarios], most=1)
    found = ScenarioSet(
        name="crises",
        members=members,
        requested=count,
        accepted=count,
        families=count,
        made_from=(members,),
    )
    store.put(found)
    set_newest(store, found.ref)


def test_base_and_adapter_are_asked_the_same_and_every_part_is_told(
    trained: Trained, wish: RegressionWish
) -> None:
    keep_scenarios(trained)
    seen = list[Progress]()

    found = check_regression(trained.workspace, trained.store, SETTINGS, wish, watch=seen.append)

    rows = {row.part: row for row in found.rows}
    assert list(rows) == list(Part)
    assert found.skipped == ()
    assert rows[Part.TEXT].n == 12
    assert rows[Part.TEXT].base != rows[Part.TEXT].tuned
    assert rows[Part.CHOICES].n == 12
    assert rows[Part.SAFETY].n == 5  # those of referral alone
    assert rows[Part.EMOTIONS].outcome is Outcome.NOT_TESTED  # it speaks no numbers
    assert {one.label.partition(":")[0] for one in seen} == {"base", "tuned"}


def test_the_result_is_kept_and_verified(trained: Trained, wish: RegressionWish) -> None:
    found = check_regression(trained.workspace, trained.store, SETTINGS, wish)

    assert found.file == regression_file(trained.workspace, trained.adapter.ref)
    assert read_regression(trained.workspace, trained.adapter.ref) == found.rows
    place = trained.workspace.local_path(found.file)
    assert place in {one.path for one in written_files(trained.store)}
    assert not list(verify(trained.store, trained.workspace.folder).problems)


def test_parts_without_a_file_are_named_with_what_is_missing(trained: Trained) -> None:
    found = check_regression(trained.workspace, trained.store, SETTINGS, RegressionWish())

    assert [row.part for row in found.rows] == [Part.TEXT]
    assert found.rows[0].about.startswith("the sample handbook")
    assert dict(found.skipped).keys() == {Part.EMOTIONS, Part.CHOICES, Part.SAFETY}


def test_the_estimate_counts_what_will_be_asked(trained: Trained, wish: RegressionWish) -> None:
    keep_scenarios(trained)

    found = estimate_regression(work_of(trained.store, wish), LIMITS)

    assert found.scored == 2 * 24
    assert found.answers == 2 * (1 + 5 * 2)
    assert found.tokens_at_most == found.answers * LIMITS.answer_tokens


def test_rows_are_shown_with_their_interval_and_margin(
    trained: Trained, wish: RegressionWish
) -> None:
    found = check_regression(trained.workspace, trained.store, SETTINGS, wish)

    text, emotions, *_ = regression_shown(found.rows)

    assert text.about == "general text: letters.txt, nats per token"
    assert " to " in text.change
    assert text.margin == "0.05"
    assert emotions.state.startswith("not tested, too few")
    assert emotions.base == "none"


def test_a_control_is_refused(trained: Trained) -> None:
    control = trained.another(role="permuted-control")

    with pytest.raises(UsageError, match="is a control"):
        subject_of(trained.store, control.adapter.ref)


def test_without_a_set_of_scenarios_there_are_none(trained: Trained) -> None:
    assert safety_scenarios(trained.store) == ((), "")


def test_a_text_that_is_none_is_refused(trained: Trained, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unreadable, match="text cannot be read"):
        work_of(trained.store, RegressionWish(text=file))
    file.write_text(" \n")
    with pytest.raises(UsageError, match="text is empty"):
        work_of(trained.store, RegressionWish(text=file))


def test_no_result_is_no_rows_and_an_altered_one_is_refused(trained: Trained) -> None:
    assert read_regression(trained.workspace, trained.adapter.ref) == ()
    file = regression_file(trained.workspace, trained.adapter.ref)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('{"rows": [{"part": "x"}]}')

    with pytest.raises(Unreadable, match="no result of"):
        read_regression(trained.workspace, trained.adapter.ref)
