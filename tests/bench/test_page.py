"""The page of results keeps every section but the one that was measured again."""

import platform
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _bench_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "bench"), *sys.path])


def put(page: Path, name: str, number: str) -> str:
    from page import HEAD, Section, replace_section

    section = Section(
        title=name.capitalize(), about="Once.", columns=["what", "time"], rows=[["all", number]]
    )
    replace_section(page, name, section, head=HEAD)
    return page.read_text(encoding="utf-8")


def test_a_new_section_goes_to_the_end(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    put(page, "start", "1 ms")

    text = put(page, "ingest", "2 MB/s")

    assert text.startswith("# Benchmarks")
    assert text.index("## Start") < text.index("## Ingest")


def test_a_section_measured_again_replaces_its_old_numbers_only(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    put(page, "start", "1 ms")
    put(page, "ingest", "2 MB/s")

    text = put(page, "start", r"3 ms \1")

    assert "1 ms" not in text
    assert r"| all | 3 ms \1 |" in text
    assert "| all | 2 MB/s |" in text
    assert text.count("## Start") == 1


def test_a_section_says_on_what_it_was_measured(tmp_path: Path) -> None:
    text = put(tmp_path / "page.md", "start", "1 ms")

    assert f"Python {platform.python_version()}" in text
    assert " cores, " in text


def test_the_words_above_the_sections_are_those_of_today(tmp_path: Path) -> None:
    from page import HEAD, PAGE_SECTIONS_BEGIN

    page = tmp_path / "page.md"
    put(page, "start", "1 ms")
    old = page.read_text(encoding="utf-8")
    page.write_text(f"# Old words\n\n{old[old.index(PAGE_SECTIONS_BEGIN) :]}", encoding="utf-8")

    new = put(page, "start", "1 ms")

    assert "Old words" not in new
    assert new.startswith(f"{HEAD}\n{PAGE_SECTIONS_BEGIN}")


def test_the_published_page_begins_with_these_words() -> None:
    from page import HEAD, PAGE_SECTIONS_BEGIN

    published = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")

    assert published.startswith(f"{HEAD}\n{PAGE_SECTIONS_BEGIN}")


def test_a_section_says_how_busy_the_machine_was(tmp_path: Path) -> None:
    text = put(tmp_path / "page.md", "start", "1 ms")

    found = re.search(r"yardstick (\d+\.\d\d) s", text)

    assert found
    assert float(found[1]) > 0


def test_the_time_of_a_process_that_fails_is_not_taken() -> None:
    from measuring import run

    with pytest.raises(RuntimeError, match="ended with 3"):
        run([sys.executable, "-c", "raise SystemExit(3)"])


def test_another_page_keeps_the_words_above_its_sections(tmp_path: Path) -> None:
    from page import Section, replace_section

    page = tmp_path / "page.md"
    page.write_text("# What was found\n\nBy us.\n", encoding="utf-8")
    section = Section(title="First", about="Once.", columns=["what"], rows=[["all"]])

    for _ in range(2):
        replace_section(page, "first", section)

    text = page.read_text(encoding="utf-8")
    assert text.startswith("# What was found\n\nBy us.\n\n<!-- first -->\n## First")
    assert text.count("## First") == 1
