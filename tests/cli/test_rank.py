"""Ranking at a terminal: a few letters for each question, kept at once, sealed until the lock."""

from pathlib import Path

import pytest

from cli.program import done, lorewright, told
from cli.terminal import Terminal
from evaluate.rated_arms import ARMS
from flows.answered_workspace import answered_workspace
from lorewright.evaluate.ranking import QUESTIONS as ASKED
from lorewright.flows.blind_ranking import ranking_of

QUESTIONS = ("real coach?", "you follow?", "of the advisor?")


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose arms have answered two scenarios; one comes again."""
    with answered_workspace(tmp_path, scenarios=2) as made:
        folder = made.workspace.folder
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def rank_one(terminal: Terminal, said: str = "b>a=c") -> str:
    """Answer the three questions about one client; what was shown before."""
    seen = terminal.see(QUESTIONS[0])
    for question in (*QUESTIONS[1:], None):
        terminal.type(f"{said}\r")
        if question:
            seen += terminal.see(question)
    return seen


def test_every_client_is_ranked_and_no_arm_is_shown() -> None:
    terminal = Terminal("rank", "--rater", "Ada")

    seen = "".join(rank_one(terminal) for _ in range(3))
    code, last = terminal.end()

    assert code == 0
    assert "that was the last one" in last
    assert "3 ranked now; 0 left" in last
    assert "1 of 3" in seen
    assert not [arm for arm in ARMS if arm in seen + last]


def test_ctrl_c_keeps_what_was_said_and_the_next_start_goes_on() -> None:
    terminal = Terminal("rank", "--rater", "Ada")
    rank_one(terminal)
    terminal.see(QUESTIONS[0])
    terminal.type("a\r")
    terminal.see(QUESTIONS[1])
    terminal.interrupt()
    code, _ = terminal.end()

    again = Terminal("rank", "--rater", "Ada")
    seen = again.see(QUESTIONS[0])
    again.type("\r")

    assert code == 130
    assert told("rank", "--progress")["raters"][0]["said"] == 1
    assert "2 of 3" in seen
    assert again.end()[0] == 0


def test_what_is_no_order_is_asked_again() -> None:
    terminal = Terminal("rank")
    terminal.see(QUESTIONS[0])
    terminal.type("z\r")
    said = terminal.see(QUESTIONS[0])
    terminal.type("\r")

    assert "none of the answers" in said
    assert terminal.end()[0] == 0


def test_the_arms_are_told_after_the_lock_and_not_before() -> None:
    terminal = Terminal("rank", "--rater", "Ada")
    rank_one(terminal)
    terminal.see(QUESTIONS[0])
    terminal.type("\r")
    terminal.end()

    early = lorewright("rank", "--show")
    locked = told("rank", "--lock")
    found = told("rank", "--show")
    late = lorewright("rank", "--lock")

    assert early.code == late.code == 1
    assert "not locked" in early.err
    assert "locked already" in late.err
    assert not [arm for arm in ARMS if arm in early.out + early.err]
    assert locked["ratings"][0]["failed"] == {"not ranked before the lock": 6}
    assert {one["arm"] for one in found["questions"][0]["arms"]} == set(ARMS)
    assert told("rank", "--progress")["locked"]
    assert "strength" in done("rank", "--show").out


def test_who_prefers_an_answer_to_somebody_else_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answered_workspace(tmp_path / "more", scenarios=8) as here:
        board = ranking_of(here.workspace, here.store, here.settings)
        tie = {one.key: "tie" for one in ASKED}
        while (shown := board.next_item("Ada")) is not None:
            board.submit("Ada", shown.code, tie)
        monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(here.workspace.folder))

    (rater,) = told("rank", "--progress")["raters"]

    assert (rater["attended"], rater["distracted"]) == (0, 2)
    assert "preferred an answer to somebody else in 2 of 2 items" in done("rank", "--progress").out


def test_somebody_has_to_be_there_and_one_thing_is_asked_at_a_time() -> None:
    nobody, both = lorewright("rank"), lorewright("rank", "--lock", "--show")

    assert nobody.code == both.code == 2
    assert "nobody is at a terminal" in nobody.err
    assert "--lock and --show are two things" in both.err
