"""Reviewing: at a terminal, by name and by sheet; what curate makes of it."""

import csv
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.program import SAMPLE, done, lorewright, told
from cli.story import names_of
from cli.terminal import Terminal
from lorewright.flows.review_sheets import COLUMNS
from lorewright.records import Example
from lorewright.settings import Settings
from lorewright.store import Workspace

pytestmark = pytest.mark.usefixtures("workspace")

KEYS = "[?] help"


@pytest.fixture(scope="module")
def proposed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review") / "workspace"
    done("init", str(folder))
    for words in (("ingest", str(SAMPLE)), ("analyze",), ("generate",), ("curate",)):
        done(*words, "--workspace", str(folder))
    return folder


@pytest.fixture
def workspace(
    proposed_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A workspace with proposed examples and a dataset of them."""
    folder = tmp_path / "workspace"
    shutil.copytree(proposed_once, folder)
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(folder))
    monkeypatch.chdir(tmp_path)
    for name in ("VISUAL", "EDITOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    yield folder
    shutil.rmtree(folder)


def example(folder: Path, name: str) -> Example:
    with Workspace(folder).open(Settings()) as store:
        return store.get(store.resolve(name), Example)


def sheet_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def a_sheet(*filled: dict[str, str], name: str = "sheet.csv") -> tuple[Path, list[dict[str, str]]]:
    """A sheet whose first rows are filled in."""
    path = Path(name).resolve()
    done("review", "--write-sheet", str(path), "--limit", "8")
    rows = sheet_of(path)
    for row, cells in zip(rows, filled, strict=False):
        row.update(cells)
    save(path, rows)
    return path, rows


def save(
    path: Path, rows: list[dict[str, str]], *, encoding: str = "utf-8-sig", **how: Any
) -> None:
    columns = how.pop("columns", COLUMNS)
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.DictWriter(handle, columns, extrasaction="ignore", **how)
        writer.writeheader()
        writer.writerows(rows)


def standing(name: str) -> str:
    for one in ("accepted", "rejected", "edited", "unreviewed"):
        path = Path(f"{one}.csv")
        path.unlink(missing_ok=True)
        done("review", "--only", one, "--write-sheet", str(path))
        if name in {row["name"] for row in sheet_of(path)}:
            return one
    return "gone"


def test_one_key_decides_and_the_next_example_comes() -> None:
    screen = Terminal("review", "--limit", "4")
    shown = screen.see(KEYS)
    assert "1 of 4" in shown
    assert "Every person in the case examples is invented" in shown
    assert "handbook.md" in shown

    screen.type("a")
    screen.see("2 of 4")
    screen.see(KEYS)
    screen.type("r")
    screen.see("something else")
    screen.type("o")
    screen.see("why")
    screen.type("the half of it\n")
    screen.see("3 of 4")
    screen.see(KEYS)
    screen.type("s")
    screen.see("4 of 4")
    screen.see(KEYS)
    screen.type("?")
    screen.see("everything decided is kept")
    screen.type("q")
    code, rest = screen.end()

    assert code == 0
    assert "1 accepted, 1 rejected, 0 edited; 1 left" in rest
    counts = told("review", "--status")
    assert (counts["accepted"], counts["rejected"], counts["edited"]) == (1, 1, 0)
    assert any("the half of it" in row["summary"] for row in told("list", "decision")["records"])


def test_undoing_at_the_terminal_goes_back_to_the_example_also_from_the_end() -> None:
    screen = Terminal("review", "--limit", "1")
    screen.see(KEYS)
    screen.type("u")
    screen.see("nothing was decided in this session yet")
    screen.type("r")
    screen.see("goes back")
    screen.type("1")
    screen.see("that was the last one")
    screen.type("u")
    screen.see("taken back")
    screen.see(KEYS)
    screen.type("a")
    screen.see("that was the last one")
    screen.type("q")

    assert screen.end()[0] == 0
    assert told("review", "--status")["accepted"] == 1


def test_words_are_changed_in_the_reviewers_editor(tmp_path: Path, workspace: Path) -> None:
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import pathlib, sys\n"
        "file = pathlib.Path(sys.argv[1])\n"
        "text = file.read_text()\n"
        "before, mark, _ = text.partition('--- answer ---\\n')\n"
        "file.write_text(before + mark + 'Nobody in the cases is a real person.\\n')\n",
        encoding="utf-8",
    )
    screen = Terminal("review", "--limit", "1", settings={"EDITOR": f"{sys.executable} {editor}"})
    screen.see(KEYS)
    screen.type("e")
    screen.see("why")
    screen.type("shorter\n")
    screen.see("edited")
    screen.type("q")
    screen.end()

    decided = told("list", "decision")["records"]
    assert [row["summary"].split()[0] for row in decided] == ["edit"]
    answers = {example(workspace, name).answer for name in names_of("example")}
    assert "Nobody in the cases is a real person." in answers


def test_an_edit_without_an_editor_is_asked_for_line_by_line() -> None:
    screen = Terminal("review", "--limit", "1")
    screen.see(KEYS)
    screen.type("e")
    screen.see("new question")
    screen.type("\n")
    screen.see("new answer")
    screen.type("\n")
    screen.see("nothing decided")
    screen.type("e")
    screen.see("new question")
    screen.type("Is anybody in the cases real?\n")
    screen.see("new answer")
    screen.type("\n")
    screen.see("why")
    screen.type("\n")
    screen.see("edited")
    screen.type("q")

    assert screen.end()[0] == 0
    assert told("review", "--status")["edited"] == 1


def test_ctrl_c_and_the_end_of_the_terminal_keep_what_was_decided() -> None:
    for key, code in (("\x03", 130), ("\x04", 0)):
        screen = Terminal("review", "--limit", "2")
        screen.see(KEYS)
        screen.type("a")
        screen.see("2 of 2")
        screen.see(KEYS)
        screen.type(key)
        assert screen.end()[0] == code
    assert told("review", "--status")["accepted"] == 2


def test_a_killed_session_has_lost_no_decision() -> None:
    screen = Terminal("review", "--limit", "3")
    screen.see(KEYS)
    screen.type("a")
    screen.see("2 of 3")
    screen.process.kill()
    screen.end()

    assert told("review", "--status")["accepted"] == 1
    assert told("verify")["intact"]


def test_without_colour_the_evidence_is_marked_by_brackets() -> None:
    screen = Terminal("review", "--limit", "1", settings={"NO_COLOR": "1"})
    shown = screen.see(KEYS)
    screen.type("q")
    screen.end()

    assert "[[Every person in the case examples" in shown


def test_where_nobody_can_be_asked_the_sheet_is_named() -> None:
    said = lorewright("review")

    assert said.code == 2
    assert "--write-sheet" in said.err


def test_decisions_by_name_are_told_and_undone() -> None:
    first, second, *_ = names_of("example")

    said = told("review", "--accept", first, "--accept", second[:20])
    assert said["requested"] == said["accepted"] == 2
    assert [one["standing"] for one in said["decided"]] == ["accepted", "accepted"]
    again = told("review", "--accept", first)
    assert again["done_before"] == 1
    done("review", "--reject", first, "--why", "half of it")
    assert standing(first) == "rejected"
    done("review", "--undo", first)
    assert standing(first) == "accepted"
    done("review", "--undo", first)
    assert standing(first) == "rejected"


def test_an_edit_makes_an_example_that_says_who_edited_it(workspace: Path) -> None:
    name = names_of("example")[0]
    old = example(workspace, name)
    words = ("--edit", name, "--question", "And who is real?", "--why", "plainer", "--by", "Grace")

    (edited,) = told("review", *words)["decided"]

    new = example(workspace, edited["edited"])
    assert (new.question, new.answer) == ("And who is real?", old.answer)
    assert new.evidence == old.evidence
    assert new.made_from[0] == name
    assert "Grace" in done("trace", new.ref).out
    assert told("review", "--reject", new.ref, "--why", "worse")["decided"][0]["example"] == name
    assert told("verify")["intact"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--reject", "NAME"), "a rejection needs a reason"),
        (("--edit", "NAME"), "an edit needs new words"),
        (("--accept", "NAME", "--answer", "x"), "--answer belongs to --edit"),
        (("--accept", "NAME", "--status"), "are two things"),
        (("--undo", "NAME"), "nothing was decided"),
        (("--accept", "SOURCE"), "is not an example"),
        (("--accept", "NAME", "--accept", "example:0000"), "nothing in this workspace"),
        (("--accept", "NAME", "--by", " "), "it is blank"),
        (("--write-sheet", "workspace/lorewright.toml"), "there is a file already"),
        (("--write-sheet", "x.csv", "--document", "NAME"), "neither a document nor a source"),
    ],
)
def test_what_cannot_be_decided_is_told_and_nothing_is(
    words: tuple[str, ...], sentence: str
) -> None:
    names = {"NAME": names_of("example")[0], "SOURCE": names_of("source")[0]}

    said = lorewright("review", *(names.get(word, word) for word in words))

    assert said.code in {1, 2}
    assert sentence in said.err
    assert told("review", "--status")["accepted"] == 0


def test_the_same_words_are_no_edit(workspace: Path) -> None:
    name = names_of("example")[0]

    said = lorewright("review", "--edit", name, "--answer", example(workspace, name).answer)

    assert said.code == 2
    assert "has these words already" in said.err


def test_curate_heeds_reviewers_and_notices_what_they_decide() -> None:
    before = told("curate")
    rejected, edited, accepted, *_ = names_of("example")
    done("review", "--accept", accepted)
    assert told("curate")["dataset"] == before["dataset"]
    done("review", "--reject", rejected, "--why", "half of it")
    new = told("review", "--edit", edited, "--question", "What about the plainer words?")

    assert told("status")["next"] == "lorewright curate"
    assert told("status")["decisions_after_dataset"] == 3
    after = told("curate")
    assert after["requested"] == before["requested"]
    assert after["rejected"]["reviewer"] == 1
    assert told("status")["next"] == "lorewright train"
    taken = told("diff", before["dataset"], after["dataset"])
    changed = {one["example"] for one in taken["changes"]}
    assert {rejected, edited, new["decided"][0]["edited"]} <= changed

    done("review", "--undo", rejected)
    done("review", "--undo", edited)
    assert told("status")["next"] == "lorewright curate"
    assert told("curate")["root"] == before["root"]


def test_only_what_was_read_goes_in_when_the_operator_wants_it_so() -> None:
    names = names_of("example")[:20]
    done("review", *(word for name in names for word in ("--accept", name)))
    strict = {"LOREWRIGHT_CURATION__REQUIRE_REVIEW": "true"}

    said = told("curate", settings=strict)

    assert said["accepted"] <= 20
    assert said["rejected"]["not_reviewed"] == said["requested"] - 20


def test_the_queue_is_chosen_and_ordered() -> None:
    def queue(*words: str) -> list[str]:
        Path("q.csv").unlink(missing_ok=True)
        done("review", "--write-sheet", "q.csv", *words)
        return [row["name"] for row in sheet_of(Path("q.csv"))]

    everything = queue()
    assert sorted(everything) == sorted(names_of("example"))
    assert queue("--order", "random") == queue("--order", "random", "--seed", "7")
    assert queue("--order", "random", "--seed", "8") != queue("--order", "random")
    assert sorted(queue("--order", "risk")) == sorted(everything)
    assert queue("--limit", "3") == everything[:3]
    assert queue("--document", names_of("document")[0]) == everything
    assert queue("--document", names_of("source")[0]) == everything
    reasons = queue("--form", "reason")
    assert 0 < len(reasons) < len(everything)
    done("withdraw", names_of("source")[0], "--why", "x")
    assert lorewright("review", "--status").code == 2
    assert lorewright("review", "--accept", everything[0]).code == 1


def test_a_filled_sheet_is_decided_row_by_row_and_only_once() -> None:
    path, rows = a_sheet(
        {"verdict": "Accept"},
        {"verdict": " REJECTED ", "reason": "half of it", "reviewer": "Grace"},
        {"verdict": "edit", "new_answer": "=Plain words for all of it."},
    )

    said = told("review", "--read-sheet", str(path), "--by", "Ada")

    assert (said["requested"], said["accepted"], said["done_before"], said["open"]) == (3, 3, 0, 5)
    assert [one["standing"] for one in said["decided"]] == ["accepted", "rejected", "edited"]
    assert standing(rows[1]["name"]) == "rejected"
    decisions = told("status")["counts"]["decision"]
    again = told("review", "--read-sheet", str(path), "--by", "Ada")
    assert (again["requested"], again["accepted"], again["done_before"]) == (3, 3, 3)
    assert told("status")["counts"]["decision"] == decisions


def test_rows_that_cannot_be_decided_are_told_with_their_lines_and_the_others_are() -> None:
    path, rows = a_sheet(
        {"verdict": "accept"},
        {"verdict": "edit"},
        {"verdict": "perhaps"},
        {"verdict": "reject"},
        {"verdict": "accept", "new_answer": "Other words."},
        {"verdict": "accept"},
        {"verdict": "accept"},
        {"verdict": "accept", "name": "example:0000"},
    )
    rows.append({**rows[5], "verdict": "reject", "reason": "x"})
    rows.append({**rows[0]})
    save(path, rows)
    done("review", "--reject", rows[6]["name"], "--why", "somebody was faster")

    said = lorewright("review", "--read-sheet", str(path), "--json")

    assert said.code == 3
    report = said.told
    failed, rejected = len(report["failed"]), sum(report["rejected"].values())
    assert report["requested"] == report["accepted"] + rejected + failed == 10
    assert (report["accepted"], report["done_before"], failed) == (2, 1, 1)
    assert report["rejected"] == {
        "conflicting": 2,
        "decided_meanwhile": 1,
        "new_words_unasked": 1,
        "no_new_words": 1,
        "no_reason": 1,
        "unknown_verdict": 1,
    }
    lines: list[int] = sorted(one["line"] for one in [*report["turned_down"], *report["failed"]])
    text = path.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 8
    assert all(text[line - 1].startswith("example:") for line in lines)
    assert standing(rows[6]["name"]) == "rejected"
    assert "line " in lorewright("review", "--read-sheet", str(path)).out


@pytest.mark.parametrize(
    ("encoding", "how"),
    [
        ("utf-8", {"delimiter": ";"}),
        ("utf-8-sig", {"delimiter": "\t"}),
        ("utf-16", {"delimiter": "\t"}),
        ("utf-8", {"quoting": csv.QUOTE_ALL, "lineterminator": "\n"}),
        ("utf-8-sig", {"columns": ("verdict", "reason", "name", "as_of", "notes")}),
        ("utf-8", {"columns": ("reviewer", "reason", "verdict", "name")}),
    ],
)
def test_a_sheet_is_read_however_a_spreadsheet_saved_it(encoding: str, how: dict[str, Any]) -> None:
    path, rows = a_sheet({"verdict": "accept"}, {"verdict": "reject", "reason": "half; of, it"})
    save(path, rows, encoding=encoding, **how)

    said = told("review", "--read-sheet", str(path))

    assert [one["standing"] for one in said["decided"]] == ["accepted", "rejected"]
    assert standing(rows[1]["name"]) == "rejected"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a review sheet"),
        (b"a,b\n1,2\n", "not a review sheet"),
        (b"name,verdict,verdict\n", "not a review sheet"),
        ("name,verdict\n\xe9,accept\n".encode("latin-1"), "not UTF-8"),
        (b"PK\x03\x04" + b"\0" * 40, "not a review sheet"),
        (b'name,verdict\n"' + b"x" * 1_000_001, "cannot be read"),
    ],
)
def test_what_is_no_sheet_decides_nothing(content: bytes, sentence: str) -> None:
    Path("odd.csv").write_bytes(content)

    said = lorewright("review", "--read-sheet", "odd.csv")

    assert said.code == 4
    assert sentence in said.err
    assert told("review", "--status")["unreviewed"] == len(names_of("example"))


def test_no_cell_of_a_sheet_is_a_formula(workspace: Path) -> None:
    name = names_of("example")[0]
    done(
        "review", "--edit", name, "--question", '=HYPERLINK("http://x")', "--answer", "+1 for this"
    )
    done("review", "--write-sheet", "all.csv", "--only", "all")

    with Path("all.csv").open(encoding="utf-8-sig", newline="") as handle:
        cells = [cell for row in csv.reader(handle) for cell in row]

    assert '\'=HYPERLINK("http://x")' in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_erasing_takes_sheets_edits_and_reasons_with_it(workspace: Path) -> None:
    first, second, *_ = names_of("example")
    done("review", "--reject", first, "--why", "it says Zwetschgenkuchen")
    done("review", "--edit", second, "--answer", "Zwetschgenkuchen is what it says.")
    done("curate")
    done("review", "--write-sheet", str(workspace / "sheet.csv"), "--only", "all")
    outside = Path("outside.csv").resolve()
    done("review", "--write-sheet", str(outside))

    said = told("erase", names_of("source")[0], "--why", "asked to", "--yes")

    assert said["files"] == ["sheet.csv"]
    assert said["out_of_reach"] == [str(outside)]
    for path in workspace.rglob("*"):
        assert not path.is_file() or b"Zwetschgenkuchen" not in path.read_bytes(), path
    assert told("verify")["intact"]
