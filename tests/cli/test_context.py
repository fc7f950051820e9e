"""Documents as wholes, as a command."""

from pathlib import Path

import pytest

from cli.program import SAMPLE, done, lorewright, told
from cli.story import PLANTED, names_of

PARTS = ("themes", "terms", "people", "voice", "expertise", "relations", "complexity")


@pytest.fixture(autouse=True)
def _analyzed(workspace: Path) -> None:
    done("ingest", str(SAMPLE))
    done("analyze")


def test_the_only_document_is_shown_with_what_rules_can_count() -> None:
    lines = done("context").out.splitlines()

    assert lines[0].endswith("by rules")
    for part in PARTS:
        assert [line for line in lines if line.startswith(f"{part}:")]
    assert "voice: not known (no rule can tell; it takes a teacher)" in lines
    assert any("pairs of chunks that share rare words =" in line for line in lines)


def test_programs_are_told_the_whole_record() -> None:
    name = names_of("document")[0]

    found = told("context", name)

    assert [one["document"] for one in found["contexts"]] == [name]
    assert found["content"]["name"] == found["contexts"][0]["context"]
    assert {*PARTS} <= {*found["content"]}
    assert found["picture"] is None


def test_several_documents_are_listed() -> None:
    planted = Path(PLANTED.file_name)
    planted.write_text(PLANTED.text, encoding="utf-8")
    done("ingest", str(planted))
    done("analyze")

    said, found = done("context"), told("context")

    assert len(said.out.splitlines()) == 4
    assert len(found["contexts"]) == 2
    assert found["content"] is None


def test_a_picture_is_written_checked_and_destroyed_with_its_source(workspace: Path) -> None:
    page, graph = workspace / "whole.html", workspace / "whole.svg"

    done("context", "--picture", str(page))
    assert told("context", "--picture", str(graph))["picture"] == str(graph)
    assert "hangs together" in page.read_text("utf-8")
    assert graph.read_text("utf-8").startswith("<svg xmlns=")
    assert done("verify").code == 0
    page.write_text("altered", encoding="utf-8")
    assert lorewright("verify").code == 1

    done("erase", names_of("source")[0], "--why", "asked to", "--yes")
    assert not page.exists()
    assert not graph.exists()


def test_a_picture_of_another_kind_is_refused() -> None:
    said = lorewright("context", "--picture", "whole.png")

    assert said.code == 2
    assert ".html or .svg" in said.err


def test_a_document_that_was_not_analyzed_names_the_step(tmp_path: Path) -> None:
    other = tmp_path / "late.md"
    other.write_text("# Late\n\nIt came after the others.\n", encoding="utf-8")
    done("ingest", str(other))

    said = lorewright("context")

    assert said.code == 2
    assert "lorewright analyze" in said.err


def test_a_context_is_shown_and_traced_like_any_record() -> None:
    name = told("context")["content"]["name"]

    assert "by rules:" in done("show", name).out
    assert "handbook.md" in done("trace", name).out
