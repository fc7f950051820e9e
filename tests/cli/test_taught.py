"""What a teacher said, looked at and compared from the command line."""

from pathlib import Path

import pytest

from analyze.recital import recite, said
from cli.program import done, lorewright, told
from flows.small_workspace import TEXT, Small
from flows.teaching import teach
from lorewright.records import LanguageModel
from lorewright.settings import Settings
from lorewright.store import Workspace
from scripted import ScriptedAsker

WRONG = said("a hammer", "Take a hammer with a long handle.")
OTHER = LanguageModel(provider="scripted", name="other")


@pytest.fixture(autouse=True)
def _taught(workspace: Path, tmp_path: Path) -> None:
    """Two teachers were asked; the second quotes what is not there."""
    file = tmp_path / "pumps.md"
    file.write_text(TEXT, encoding="utf-8")
    done("ingest", str(file))
    done("analyze")
    folder, settings = Workspace(workspace), Settings()
    with folder.open(settings) as store:
        store.put(OTHER)
        here = Small(folder, store, settings)
        teach(here, ScriptedAsker(recite()))
        second = ScriptedAsker(recite({"task_extraction": {"inputs": WRONG}}))
        second.model = OTHER.ref
        teach(here, second)


def an_instruction() -> str:
    rows = told("list", "chunk", "--limit", "1000")["records"]
    return next(row["name"] for row in rows if row["summary"].startswith("Instructional_Unit"))


def test_a_chunk_shows_who_described_it_and_what_does_not_count() -> None:
    shown = told("show", an_instruction())
    text = done("show", an_instruction()).out

    assert "described by scripted:other for $0" in text
    assert "! quarantined inputs: a hammer  (what the teacher quoted" in text
    (aside,) = shown["quarantined"]
    assert (aside["value"], aside["quotes"]) == (WRONG["value"], WRONG["quotes"])
    assert shown["unanswered"] == []
    by_name = {one["name"]: one for one in shown["dimensions"]}
    assert by_name["steps_json"]["origin"] == "teacher"
    assert "does not stand in the chunk" in by_name["inputs"]["reason"]


def test_two_runs_are_compared_with_their_sums() -> None:
    first, second = (
        str(one["number"]) for one in told("table", "--runs")["runs"] if one["by"] == "teacher"
    )
    found = told("table", "--against", first, "--run", second)
    text = done("table", "--against", first, "--run", second).out

    assert found["by_field"] == {"inputs": 1}
    assert str(found["other"]["number"]) == second
    assert [one["teachers"] for one in found["sums"]] == [["scripted:script"], ["scripted:other"]]
    assert "inputs: water and oil -> (open)" in text
    assert "after: 4 chunks by scripted:other" in text
    assert "1 value quarantined" in text
    assert lorewright("table", "--run", second).code == 2
    assert lorewright("table", "--against", first, "--run", "99").code == 2


@pytest.mark.parametrize(
    ("kind", "summary"),
    [
        ("language_model", "scripted:script"),
        ("prompt", "analyze/risk_assessment, as it came along"),
        ("analysis", "by a teacher"),
        ("categorisation", "by a teacher: belonging 4"),
    ],
)
def test_what_a_teacher_made_and_was_asked_with_can_be_listed(kind: str, summary: str) -> None:
    rows = told("list", kind, "--limit", "100")["records"]

    assert any(summary in row["summary"] for row in rows)
