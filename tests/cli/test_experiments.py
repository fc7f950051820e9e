"""Experiments on the command line: listed, foreseen, run, shown, and the sweep of `train`."""

import pytest

from cli.program import done, lorewright, told
from cli.story import Story
from cli.test_json import documented

ONE = """
name = "learning-rate"
title = "One rate"
hypothesis = "One is enough."
[axes]
learning_rate_times = [1]
"""


def test_a_sweep_runs_the_plan_of_the_workspace_and_says_how_to_use_the_winner(
    story: Story,
) -> None:
    (story.workspace / "experiments").mkdir()
    (story.workspace / "experiments" / "learning-rate.toml").write_text(ONE, encoding="utf-8")

    swept = told("train", "--sweep")
    shown = done("experiments", "show", "learning-rate", "--html", "rate.html")
    again = done("experiments", "run", "learning-rate")

    assert swept["schema"] == "lorewright.train/1"
    assert set(swept) - {"schema"} == documented()["experiments show"]
    assert swept["counts"]["trained"] == swept["requested"] == 1
    assert swept["next"] == "lorewright train --learning-rate 0.006"
    assert "the lowest held-out loss is learning-rate-1's" in shown.out
    assert (story.workspace.parent / "rate.html").is_file()
    assert "1 requested = 1 trained + 0 known + 0 failed + 0 not begun" in again.out
    assert told("experiments", "show", "learning-rate")["cells"] == swept["cells"]
    listed = {one["name"]: one for one in told("experiments", "list")["plans"]}
    assert listed["learning-rate"]["own"] is True
    assert listed["learning-rate"]["counts"] == {"trained": 1}


def test_a_plan_says_what_each_training_takes_and_what_cannot_be_trained(story: Story) -> None:
    assert story
    words = ("experiments", "plan", "B", "--base", "pocket", "--set", "size=10,9999")
    found = told(*words)

    assert [cell["cell"] for cell in found["cells"]] == ["B1", "B2"]
    assert [cell["examples"] for cell in found["cells"]] == [10, None]
    assert found["unknown"] == 1
    said = done(*words).out
    assert "B2: examples 9999: cannot: 9,999 examples are asked for" in said
    assert "said elsewhere, not measured here" in said
    assert "can be run" in done("experiments", "list").out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "A"), "the experiment A has not been run"),
        (("plan", "B"), "takes its base from the best of A, which has no result yet"),
        (("plan", "F"), "there is no experiment 'F'"),
        (("plan", "A", "--set", "rank"), "--set rank says nothing"),
        (("plan", "A", "--base", "x", "--set", "base=y"), "say the same"),
        (("plan", "A", "--set", "colour=red"), "no training setting 'colour'"),
    ],
)
def test_what_cannot_be_planned_is_an_error_of_one_sentence(
    story: Story, words: tuple[str, ...], sentence: str
) -> None:
    assert story
    said = lorewright("experiments", *words)

    assert said.code == 2
    assert sentence in said.err
    assert "hint:" in said.err
