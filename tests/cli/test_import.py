"""`import` says what became of every conversation of every file, and helps where it cannot read."""

from pathlib import Path

from cli.program import done, lorewright, told
from conversations.brightrun.made import a_file, a_member, written

GOOD = tuple(a_member(f"talk-{number:04}") for number in range(2))


def test_a_file_is_brought_in_and_told(workspace: Path, tmp_path: Path) -> None:
    path = written(tmp_path, a_file(*GOOD, {"training_pairs": 7}, 8))
    said = done("import", str(path), "--licence", "CC-BY-4.0")
    lines = said.out.splitlines()

    assert lines[0] == "talks.json: 3 conversations, brightrun-lora-v4"
    assert lines[1] == "4 conversations requested = 2 accepted + 2 rejected + 0 failed"
    assert "1  rejected: no conversation" in said.out
    assert "1  rejected: validation failed" in said.out
    assert "6  repaired NULL_TARGET" in said.out
    assert "1  conversations stopped by MISSING_TURNS_ARRAY" in said.out
    assert any(
        line.startswith("line ") and line.endswith("(MISSING_TURNS_ARRAY)") for line in lines
    )
    assert "like these; --json lists them" in said.out
    again = done("import", str(path))
    assert "all of it was here already, and nothing was changed" in again.out
    assert "here already" not in said.out
    assert done("enrich").out.startswith("3 conversations, 0 of them enriched now")


def test_a_file_that_is_cut_off_at_once_is_not_called_known(
    workspace: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cut.json"
    path.write_text('{"conversations": [', encoding="utf-8")
    first, again = done("import", str(path)), done("import", str(path))

    assert "1  rejected: cut off" in first.out
    assert "here already" not in first.out
    assert "all of it was here already" in again.out
    assert 'generation.teacher is "conversations"' not in done("status").out
    assert workspace.is_dir()


def test_programs_are_told_the_same(workspace: Path, tmp_path: Path) -> None:
    path = written(tmp_path, a_file(*GOOD, 8))
    first, again = told("import", str(path)), told("import", str(path))

    assert (first["requested"], first["accepted"], first["failed"]) == (3, 2, 0)
    assert first["rejected"] == {"no_conversation": 1}
    (file,) = first["files"]
    assert (file["new"], again["files"][0]["new"]) == (2, 0)
    assert file["repairs"] == {"NULL_TARGET": 6}
    assert {"line", "field", "code", "severity", "message", "conversation"} == set(
        file["issues"][0]
    )


def test_outside_a_workspace_one_is_made(tmp_path: Path) -> None:
    path = written(tmp_path, a_file(*GOOD))
    said = done("import", str(path), "--workspace", str(tmp_path / "new"))

    assert "made a workspace in" in said.err
    assert (tmp_path / "new" / "lorewright.toml").is_file()


def test_a_file_that_is_none_is_told_with_what_helps(workspace: Path, tmp_path: Path) -> None:
    for text, sentence in (("", "it is empty"), ("{}", "it has no list called conversations")):
        said = lorewright("import", str(written(tmp_path, text)))
        assert said.code == 4
        assert sentence in said.err
        assert "brightrun-lora-v4" in said.err
    assert lorewright("import", str(tmp_path / "gone.json")).code == 4


def test_a_file_among_others_that_cannot_be_read_ends_with_3(
    workspace: Path, tmp_path: Path
) -> None:
    good = written(tmp_path, a_file(*GOOD))
    bad = written(tmp_path, "", "empty.json")
    said = lorewright("import", str(bad), str(good))
    for_programs = lorewright("import", str(bad), str(good), "--json")

    assert (said.code, for_programs.code) == (3, 3)
    assert "2 conversations requested = 2 accepted + 0 rejected + 0 failed" in said.out
    assert f"failed: {bad}: this is no training file: it is empty" in said.out
    assert for_programs.told["unreadable"][0]["error"] == "Unreadable"
    assert lorewright("import", str(bad), str(tmp_path / "gone.json")).code == 4


def test_what_is_brought_in_is_shown_with_its_repairs(workspace: Path, tmp_path: Path) -> None:
    path = written(tmp_path, a_file(GOOD[0]))
    done("import", str(path))
    (name,) = (one["name"] for one in told("list", "conversation")["records"])

    assert "repaired NULL_TARGET" in done("show", name).out
