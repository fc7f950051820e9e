"""Looking at chunks, categorising documents and writing tables, as commands."""

import csv
from pathlib import Path

import pytest

from cli.program import SAMPLE, done, lorewright, told
from cli.story import names_of

DIMENSIONS = 65


@pytest.fixture(autouse=True)
def _analyzed(workspace: Path) -> None:
    done("ingest", str(SAMPLE))
    done("analyze")


def a_chunk(kind: str) -> str:
    rows = told("list", "chunk", "--limit", "1000")["records"]
    return next(row["name"] for row in rows if row["summary"].startswith(kind))


def test_analyze_says_what_became_of_chunks_and_of_descriptions() -> None:
    said = done("analyze").out.splitlines()
    again = told("analyze")

    assert said[1] == "1 document requested = 1 accepted + 0 rejected + 0 failed"
    assert said[2] == (
        f"{again['chunks']} chunks described, 1 document categorised (2 pieces of work done before)"
    )
    assert said[3] == "2 descriptions requested = 2 accepted + 0 rejected + 0 failed"
    described = again["described"]
    assert described["analyses"] == again["chunks"]
    assert described["requested"] == described["accepted"] == described["done_before"] == 2


def test_a_chunk_is_shown_with_its_words_and_every_dimension() -> None:
    name = a_chunk("CER")
    shown = told("show", name)
    text = done("show", name).out

    assert shown["schema"] == "lorewright.show/1"
    assert len(shown["dimensions"]) == DIMENSIONS
    assert all((one["value"] is None) == bool(one["reason"]) for one in shown["dimensions"])
    assert " ".join(shown["text"].split()[:6]) in " ".join(text.split())
    for one in shown["dimensions"]:
        assert f" {one['name']} " in text
    assert "0.70 is needed" in text


def test_what_a_value_rests_on_is_quoted_beside_it() -> None:
    shown = told("show", a_chunk("Instructional_Unit"))
    steps = next(one for one in shown["dimensions"] if one["name"] == "steps_json")

    assert [one["step"] for one in steps["value"]] == [one["quote"] for one in steps["evidence"]]


def test_training_looks_at_eight_dimensions() -> None:
    names = [one["name"] for one in told("show", a_chunk("CER"), "--training")["dimensions"]]

    assert len(names) == 8
    assert names[:2] == ["prompt_candidate", "target_answer"]


@pytest.mark.parametrize("kind", ["source", "document", "recipe", "analysis", "categorisation"])
def test_every_kind_of_record_can_be_shown(kind: str) -> None:
    name = names_of(kind)[0]

    assert told("show", name)["content"]
    assert done("show", name).out.startswith(name[: len(kind) + 13])


def test_an_example_is_shown_with_its_question_answer_and_evidence() -> None:
    done("generate")
    shown = told("show", names_of("example")[0])

    assert shown["content"]["turns"]
    assert shown["rests_on"][0]["section"]
    assert "user:" in done("show", shown["name"]).out
    assert "rests on" in done("show", shown["name"]).out


def test_a_document_is_categorised_and_uncategorised_by_its_owner() -> None:
    (name,) = names_of("document")
    done("categorise", name, "--category", "training_materials", "--belonging", "4",
         "--tag", "intended_use=Training", "--why", "my own course")  # fmt: skip
    fields = {one["field"]: one for one in told("categorise", name)["fields"]}

    assert fields["category"]["values"] == ["training_materials"]
    assert fields["category"]["origin"] == "decision"
    assert fields["evidence_type"]["origin"] == "rule"
    assert "my own course" in done("show", name).out

    back = told("categorise", name, "--undo", "belonging", "--why", "unsure")
    assert len(back["decisions"]) == 1
    assert next(one for one in back["fields"] if one["field"] == "belonging")["values"] == []


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--category", "poetry", "--why", "x"), "no value of category"),
        (("--category", "knowledge_base"), "needs its reason"),
        (("--tag", "authorship", "--why", "x"), "is no tag"),
        (("--undo", "belonging", "--why", "x"), "nothing to undo"),
        (("--undo", "belonging", "--belonging", "4", "--why", "x"), "two commands"),
    ],
)
def test_what_cannot_be_decided_ends_with_2(words: tuple[str, ...], complaint: str) -> None:
    said = lorewright("categorise", names_of("document")[0], *words)

    assert said.code == 2
    assert complaint in said.err
    assert told("status")["counts"].get("decision", 0) == 0


def test_a_table_has_a_row_for_every_chunk_and_is_checked_by_verify(workspace: Path) -> None:
    table = told("table", "--columns", "risk")
    with Path(table["path"]).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == table["chunks"] == told("status")["counts"]["chunk"]
    assert list(rows[0]) == table["columns"]
    assert told("verify")["checked"]["files"] == 1
    assert lorewright("table", "--columns", "beauty").code == 2


def test_a_run_is_compared_with_an_earlier_one() -> None:
    runs = told("table", "--runs")["runs"]
    found = told("table", "--against", str(runs[0]["number"]))

    assert (found["changed"], found["added"], found["gone"]) == ([], [], [])
    assert found["same"] == told("status")["counts"]["chunk"]
    assert "the same" in done("table", "--against", str(runs[0]["number"])).out
    assert lorewright("table", "--against", "99").code == 2
