"""Erasing a source through the command line: no byte of the workspace repeats its words."""

import html
import json
import unicodedata
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.program import SAMPLE, done, lorewright, told
from cli.story import PLANTED, Story, names_of, source_called

pytestmark = [pytest.mark.usefixtures("story"), pytest.mark.slow]

SHORTEST = 7
"""A tokenizer may keep pieces of a word; pieces that are shorter say nothing."""


def forms_of(word: str) -> set[bytes]:
    """Every way in which a word may lie in a file."""
    spellings = {word, word.casefold(), word.upper()}
    spellings |= {unicodedata.normalize("NFD", one) for one in spellings}
    forms: set[bytes] = set()
    for one in spellings:
        forms |= {one.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")}
        forms |= {
            json.dumps(one).strip('"').encode(),
            html.escape(one).encode("ascii", "xmlcharrefreplace"),
            urllib.parse.quote(one).encode(),
            one.encode("utf-8").decode("latin-1").encode(),  # as byte-level tokenizers write it
        }
    return forms


def pieces_of(word: str) -> set[bytes]:
    """The parts of a word that tell it."""
    return {
        part
        for at in range(len(word) - SHORTEST + 1)
        for part in forms_of(word[at : at + SHORTEST])
    }


def places_of(parts: set[bytes], folder: Path) -> Iterator[str]:
    """Every file that holds one of `parts` in its bytes or its name."""
    for path in sorted(folder.rglob("*")):
        held = str(path.relative_to(folder)).encode()
        if path.is_file():
            held += b"\0" + path.read_bytes()
        if any(part in held for part in parts):
            yield str(path.relative_to(folder))


@pytest.fixture
def planted(story: Story, tmp_path: Path) -> str:
    """The source to erase, in a workspace that was given every chance to remember it."""
    broken = tmp_path / f"{PLANTED.word} broken.md"
    broken.write_bytes(b"\0" * 100)
    assert lorewright("ingest", str(broken)).code == 4
    done("curate", "--name", "again", settings={"LOREWRIGHT_CURATION__SEED": "9"})
    (story.workspace / "deeper").mkdir()
    done("export", "--out", str(story.workspace / "deeper" / "export"))
    return source_called(PLANTED.file_name)


def test_the_word_is_everywhere_before_it_is_erased(story: Story, planted: str) -> None:
    found = set(places_of(forms_of(PLANTED.word), story.workspace))

    assert planted
    assert {"lorewright.db"} < found
    for place in ("blobs", "exports", "reports", "deeper"):
        assert any(name.startswith(place) for name in found), place


def test_an_erased_word_is_in_no_byte_of_the_workspace(story: Story, planted: str) -> None:
    handbook = source_called(SAMPLE.name)

    done("erase", planted, "--why", "the contract ended", "--yes")

    assert list(places_of(pieces_of(PLANTED.word), story.workspace)) == []
    verified = told("verify")
    assert verified["intact"]
    assert any(line.startswith(planted) for line in verified["erased"])
    assert all("the contract ended" in line for line in verified["erased"])
    assert told("trace", handbook)["tree"]["ref"] == handbook
    assert names_of("source") == [handbook]
    for name in names_of("example"):
        assert all(one["file"] == SAMPLE.name for one in told("trace", name)["tree"]["sentences"])


def test_what_it_would_do_is_what_it_does(story: Story, planted: str) -> None:
    plan = told("erase", planted, "--why", "x", "--estimate")
    assert told("verify")["erased"] == []

    did = told("erase", planted, "--why", "x", "--yes")

    assert {**plan, "done": True} == did
    assert sorted(did["must_retrain"]) == sorted(names_of("adapter"))
    outside = [path for path in did["out_of_reach"] if str(story.elsewhere) in path]
    assert len(outside) == len(list(story.elsewhere.iterdir())) == 8
    assert any("report" in path for path in did["files"])
    assert all(not (story.workspace / path).exists() for path in did["files"])


def test_the_command_says_what_went_what_must_be_trained_and_what_it_cannot_reach(
    story: Story, planted: str
) -> None:
    said = done("erase", planted, "--why", "x", "--yes").out

    assert said.startswith("erased ")
    assert said.count("must retrain: adapter:") == 2
    assert f"out of reach: {story.elsewhere}" in said
    assert "records were erased on purpose" in done("verify").out


def test_after_an_erasure_nothing_uses_what_rests_on_it(planted: str) -> None:
    done("erase", planted, "--why", "the contract ended", "--yes")

    for verb in ("train", "evaluate", "report"):
        said = lorewright(verb)
        assert said.code == 1, said
        assert "is refused" in said.err
        assert "was erased" in said.err
        assert "hint:" in said.err
    members = told("export")["files"]
    assert all(one["members"] == one["written"] + one["erased"] for one in members)
    assert sum(one["erased"] for one in members) > 0
    assert told("status")["next"] == "lorewright curate"
    curated = told("curate")
    assert curated["requested"] == len(names_of("example"))
    done("train")


def test_an_erased_source_shows_its_reason_and_is_not_ingested_again(
    planted: str, tmp_path: Path
) -> None:
    done("erase", planted, "--why", "the contract ended", "--yes")
    again = tmp_path / PLANTED.file_name
    again.write_text(PLANTED.text, encoding="utf-8")

    assert "the contract ended" in done("trace", planted).out
    said = lorewright("ingest", str(again))
    assert said.code == 4
    assert "was erased" in said.err
    assert lorewright("withdraw", planted, "--why", "x").code == 4
    assert told("verify")["intact"]
    again.unlink()


def test_erasing_again_finds_nothing_left_and_stays_green(planted: str) -> None:
    done("erase", planted, "--why", "x", "--yes")

    done("erase", planted, "--why", "x", "--yes")

    assert told("verify")["intact"]


def test_nobody_is_erased_without_being_asked() -> None:
    name = source_called(PLANTED.file_name)

    said = lorewright("erase", name, "--why", "x")

    assert said.code == 2
    assert "repeat the command with --yes" in said.err
    assert told("verify")["erased"] == []


def test_only_a_source_can_be_erased() -> None:
    said = lorewright("erase", names_of("example")[0], "--why", "x", "--yes")

    assert said.code == 2
    assert "is not a source" in said.err


def test_an_erasure_that_cannot_delete_a_file_says_which_and_goes_on_later(
    story: Story, planted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = next((story.workspace / "reports").iterdir())

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        del missing_ok
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as stubborn:
        stubborn.setattr(Path, "unlink", refuse)
        said = lorewright("erase", planted, "--why", "x", "--yes")
    assert said.code == 4
    assert "cannot be deleted" in said.err
    assert "it continues" in said.err

    done("erase", planted, "--why", "x", "--yes")

    assert not report.exists()
    assert list(places_of(pieces_of(PLANTED.word), story.workspace)) == []
