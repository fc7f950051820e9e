"""Answers of an arm that is not through survive what cuts it off, and are no record yet."""

from builders import WORDS, a_source
from every_kind import a_scenario
from lorewright.evaluate.answers import AnswerLine
from lorewright.flows.unfinished_answers import UnfinishedAnswers
from lorewright.lineage import Ref
from lorewright.store import Store, Workspace, plan_erasure, written_files

SCENARIOS = [a_scenario("s-1", "One?", "Two?"), a_scenario("s-2", "A?")]


def a_line(scenario: str, turn: int = 0, text: str = "So.") -> AnswerLine:
    return AnswerLine(scenario, turn, 0, text, 1, "end")


def unfinished(workspace: Workspace, store: Store) -> tuple[UnfinishedAnswers, Ref]:
    store.put_blob(WORDS.encode())
    store.put(a_source())
    rests_on = a_source().ref
    return UnfinishedAnswers(workspace, store, "abc", rests_on=rests_on), rests_on


def test_whole_scenarios_come_back_and_half_ones_do_not(workspace: Workspace, store: Store) -> None:
    file, _ = unfinished(workspace, store)
    file.add([a_line("s-1"), a_line("s-2")])

    assert file.read(SCENARIOS, generations=1) == {"s-2": [a_line("s-2")]}
    assert file.read(SCENARIOS, generations=2) == {}


def test_a_torn_line_spoils_only_itself(workspace: Workspace, store: Store) -> None:
    file, _ = unfinished(workspace, store)
    file.add([a_line("s-2")])
    with file.path.open("a", encoding="utf-8") as torn:
        torn.write('{"scenario": "s-1", "te')
    file.add([a_line("s-1"), a_line("s-1", 1)])

    assert sorted(file.read(SCENARIOS, generations=1)) == ["s-1", "s-2"]


def test_what_is_answered_again_counts_once_and_last(workspace: Workspace, store: Store) -> None:
    file, _ = unfinished(workspace, store)
    file.add([a_line("s-2", text="First.")])
    file.add([a_line("s-2", text="Then.")])

    (found,) = file.read(SCENARIOS, generations=1)["s-2"]

    assert found.text == "Then."


def test_erasing_finds_it_until_it_is_forgotten(workspace: Workspace, store: Store) -> None:
    file, rests_on = unfinished(workspace, store)
    file.add([a_line("s-2")])

    assert plan_erasure(store, rests_on, workspace.folder).files == [
        workspace.local_path(file.path)
    ]

    file.forget()
    assert not file.path.exists()
    assert written_files(store) == []
    assert file.read(SCENARIOS, generations=1) == {}


def test_forgetting_what_never_was_is_nothing(workspace: Workspace, store: Store) -> None:
    unfinished(workspace, store)[0].forget()
