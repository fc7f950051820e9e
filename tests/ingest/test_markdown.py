import pytest

from deadline import deadline
from lorewright.errors import Unreadable
from lorewright.ingest import Reading
from lorewright.ingest.markdown import MarkdownReader, front_matter


def a_reading(text: str) -> Reading:
    return MarkdownReader().read(text.encode(), file_name="some_notes.md")


def test_the_text_stays_as_it_is() -> None:
    text = "# A\n\nSome  *words*\nwrapped.\n"

    assert a_reading(text).text == text


def test_line_ends_are_newlines() -> None:
    assert a_reading("# A\r\n\r\nb\r").text == "# A\n\nb\n"


def test_front_matter_says_what_the_text_is() -> None:
    reading = a_reading(
        "---\ntitle: \"On: air\"\nauthor: 'O''Neil' # the elder\ndate: 2026-03-02\n"
        "license: CC-BY-4.0\nlang: en-GB\n---\n# Other title\n"
    )

    assert (reading.title, reading.author, reading.date) == ("On: air", "O'Neil", "2026-03-02")
    assert (reading.licence, reading.language) == ("CC-BY-4.0", "en")


def test_lists_in_front_matter_are_joined() -> None:
    text = "---\nauthors:\n  - A\n  - B\ntags: [x, 'y']\nempty:\n---\n"

    assert front_matter(text) == {"authors": "A, B", "tags": "x, y"}


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    assert a_reading("words\n\n## Two\n\nOne *title*\n===\n").title == "One title"
    assert a_reading("words").title == "some notes"
    assert a_reading("words").licence is None


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2026", "2026"),
        ("2026-03", "2026-03"),
        ("2026-03-02T10:00:00Z", "2026-03-02"),
        ("March 2nd, 2026", "2026-03-02"),
        ("2 Mar. 2026", "2026-03-02"),
        ("March 2026", "2026-03"),
        ("2026-13-01", None),
        ("03/04/2020", None),
        ("soon", None),
    ],
)
def test_dates_are_read_when_they_can_be_read_in_one_way(written: str, date: str | None) -> None:
    assert a_reading(f"---\ndate: {written}\n---\nx").date == date


@pytest.mark.parametrize("raw", [b"", b"\n \n", b"\x00\x01"])
def test_nothing_to_read_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        MarkdownReader().read(raw, file_name="x.md")


def test_blank_lines_in_open_front_matter_do_not_hang() -> None:
    with deadline(240):
        assert a_reading("---\na: b\n" + "   \n" * 50_000 + "words!").title == "some notes"
