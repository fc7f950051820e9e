"""Files of every format through the commands: read, counted, traced to page and moment."""

import os
import re
from pathlib import Path

import pytest

from cli.program import SAMPLE, done, lorewright, told
from made_files import a_docx, a_pdf, an_archive, an_epub, docx_parts

pytestmark = pytest.mark.usefixtures("workspace")

MANY = int(os.environ.get("LOREWRIGHT_MANY_FILES", "600"))
"""A multiple of a hundred; every one of them reaches the disk, which takes its time."""

TALK = b"WEBVTT\n\n00:14:03.000 --> 00:14:09.000\n<v Ada>Check the oil of every pump.\n"
BAD = {
    "bomb.docx": an_archive({**docx_parts(), "bomb.xml": b" " * 50_000_000}),
    "broken.epub": an_epub()[:300],
    "broken.pdf": b"%PDF-1.5\nno pages at all",
    "film.mp4": b"\0\0\0\x18ftypmp42",
    "picture.docx": b"\x89PNG\r\n\x1a\n",
    "prose.pdf": b"just words",
    "sheet.xlsx": an_archive({"xl/workbook.xml": "<x/>"}),
}
GOOD = {
    "book.epub": an_epub(),
    "manual.docm": a_docx(),
    "manual.pdf": a_pdf([["Check the oil of every pump once a week."]]),
    "talk.vtt": TALK,
    "talk.srt": b"1\n00:00:01,000 --> 00:00:02,000\nCheck the oil.\n",
    "\u6559\u7ec3\u624b\u518c.md": b"# Coach\n\nCheck the oil.\n",
    "\u05d4\u05de\u05d3\u05e8\u05d9\u05da.txt": b"Check the valves.\n",
    "\U0001f4d8 na\u00efve 'quoted'\n.md": b"# Soil\n\nMulch it.\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with good and bad files of many formats."""
    made = tmp_path / "mixed"
    made.mkdir()
    for name, content in {**BAD, **GOOD}.items():
        (made / name).write_bytes(content)
    return made


def test_each_bad_file_is_named_with_its_reason_and_the_others_go_on(folder: Path) -> None:
    said = lorewright("ingest", str(folder), "--json", "-q")

    assert said.code == 3
    assert said.told["accepted"] == len(GOOD)
    assert said.told["requested"] == len(GOOD) + len(BAD)
    assert {Path(one["label"]).name for one in said.told["failed"]} == set(BAD)
    assert all(one["sentence"] and one["hint"] for one in said.told["failed"])
    assert "Traceback" not in said.err
    assert told("verify")["intact"]


@pytest.mark.parametrize("name", BAD)
def test_one_bad_file_is_one_sentence(name: str, folder: Path) -> None:
    said = lorewright("ingest", str(folder / name))

    assert said.code == 4
    assert said.err.count("error: ") == said.err.count("hint: ") == 1
    assert f"--> {folder / name}" in said.err


def test_links_that_go_in_circles_are_no_error_and_nothing_is_read_twice(folder: Path) -> None:
    deep = folder / "deep"
    deep.mkdir()
    (deep / "up").symlink_to(folder)
    (deep / "self").symlink_to(deep)
    for name in BAD:
        (folder / name).unlink()

    assert told("ingest", str(folder))["requested"] == len(GOOD)


def test_a_link_to_a_folder_outside_is_told_and_not_followed(folder: Path, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir()
    (private / "secret.md").write_text("# Secret\n\nNobody may read it.\n")
    (folder / "link").symlink_to(private)
    (folder / "loop.md").symlink_to(folder / "loop.md")

    failed = lorewright("ingest", str(folder), "--json", "-q").told["failed"]

    reasons = {Path(one["label"]).name: one["sentence"] for one in failed}
    assert "leads to a folder outside" in reasons["link"]
    assert "too many levels of symbolic links" in reasons["loop.md"]
    assert "secret" not in " ".join(reasons)


def test_the_origin_is_kept_and_a_file_that_is_here_keeps_its_own(folder: Path) -> None:
    path = str(folder / "talk.vtt")
    done("ingest", path, "--origin", "https://example.org/talks/7")

    again = done("ingest", path, "--origin", "somewhere else")

    assert "kept what was known of the origin" in again.err
    [source] = told("list", "source")["records"]
    assert told("status")["counts"]["source"] == 1
    assert source["summary"].endswith("from https://example.org/talks/7")
    assert lorewright("ingest", path, "--origin", " ").code == 2


def handbook() -> list[str]:
    """The paragraphs of the sample handbook, each on a line."""
    return re.sub(r"\n(?=\S)(?!#|-|\d)", " ", SAMPLE.read_text(encoding="utf-8")).split("\n\n")


@pytest.mark.parametrize(
    ("name", "place"), [("handbook.pdf", r"p\. \d+"), ("handbook.vtt", r"Ada, 00:\d\d:\d\d")]
)
def test_an_example_is_traced_to_its_page_and_to_who_said_it_when(
    name: str, place: str, tmp_path: Path
) -> None:
    spoken = [words.replace("\n", " ").strip("#- ") for words in handbook()]
    cues = (
        f"00:{n // 60:02}:{n % 60:02}.000 --> 00:{n // 60:02}:{n % 60:02}.900\n<v Ada>{words}"
        for n, words in enumerate(spoken)
    )
    pages = ([words.encode("cp1252", "replace").decode("cp1252")] for words in spoken)
    raw = a_pdf(pages) if name.endswith("pdf") else "\n\n".join(["WEBVTT", *cues]).encode()
    (tmp_path / name).write_bytes(raw)
    for words in (("ingest", str(tmp_path / name)), ("analyze",), ("generate",)):
        done(*words)
    example = told("list", "example")["records"][0]["name"]

    shown = done("trace", example).out

    assert re.search(rf"document .*, characters \d+-\d+, {place}", shown)
    [sentence, *_] = told("trace", example)["tree"]["sentences"]
    assert re.fullmatch(place, sentence["page"] or sentence["moment"])


@pytest.mark.slow
def test_of_many_files_the_broken_ones_are_told_and_the_others_are_read(tmp_path: Path) -> None:
    for number in range(MANY):
        place = tmp_path / "many" / f"{number // 500:02}"
        place.mkdir(parents=True, exist_ok=True)
        is_bad = number % 100 < 3
        words = b"\0\1\2" * 50 if is_bad else b"# Soil\n\nMulch number %d holds water.\n" % number
        (place / f"{number:05}.md").write_bytes(words)

    said = lorewright("ingest", str(tmp_path / "many"), "--json", "-q")

    assert said.code == 3
    assert said.told["requested"] == MANY
    assert len(said.told["failed"]) == MANY * 3 // 100
    assert said.told["accepted"] == said.told["documents"] == MANY - MANY * 3 // 100
