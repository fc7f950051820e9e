from itertools import pairwise

import pytest

from lorewright import ingest
from lorewright.errors import Unreadable
from lorewright.ingest import Reading
from lorewright.prose import sections
from made_files import Type, a_pdf

LONG = (
    "A pump that runs dry is damaged within minutes, since",
    "the water that it moves is all that cools the bearing",
    "while the motor turns.",
)


def read(raw: bytes, *, file_name: str = "a.pdf") -> Reading:
    return ingest.read(raw, file_name=file_name)


def on_page(reading: Reading, number: int) -> str:
    page = reading.pages[number - 1]
    assert page.number == number
    return reading.text[page.start : page.end]


def test_lines_become_paragraphs() -> None:
    reading = read(a_pdf([[*LONG, Type(LONG[0], y=640), *LONG[1:]]]))

    paragraph = " ".join(LONG)
    assert reading.text == f"{paragraph}\n\n{paragraph}\n"


def test_a_paragraph_goes_on_over_the_end_of_a_page() -> None:
    reading = read(a_pdf([LONG[:2], LONG[2:]]))

    assert reading.text == " ".join(LONG) + "\n"
    assert on_page(reading, 1) == " ".join(LONG[:2])
    assert on_page(reading, 2) == LONG[2]


def test_every_page_has_a_range_and_an_empty_one_is_empty() -> None:
    reading = read(a_pdf([["The first page."], [], ["The third page."]]))

    assert [on_page(reading, number) for number in (1, 2, 3)] == [
        "The first page.",
        "",
        "The third page.",
    ]
    assert all(above.end <= below.start for above, below in pairwise(reading.pages))


def test_size_gives_headings_and_their_levels() -> None:
    def chapter(name: str, part: str) -> list[str | Type]:
        return [Type(name, size=20), Type(part, size=15), *LONG]

    reading = read(a_pdf([chapter("Pumps", "Oil"), chapter("Valves", "Inlet")]))

    found = [(section.level, section.heading) for section in sections(reading.text)]
    assert found == [(1, "Pumps"), (2, "Oil"), (1, "Valves"), (2, "Inlet")]
    assert reading.title == "Pumps"


def test_a_bold_line_above_text_is_a_heading_and_a_bold_row_is_none() -> None:
    rows = [Type("Part   Price", is_bold=True), Type("Seal   9", is_bold=True)]
    reading = read(a_pdf([[Type("Oil", is_bold=True, y=740), Type(LONG[0], y=715), *LONG[1:]]]))
    table = read(a_pdf([[*LONG, *rows]]))

    assert [section.heading for section in sections(reading.text)] == ["Oil"]
    assert "#" not in table.text


def test_a_bookmark_makes_a_heading_of_a_line_like_any_other() -> None:
    lines = [Type("Care of the bearing", y=740), Type(LONG[0], y=700), *LONG[1:]]

    reading = read(a_pdf([lines], outline={"Care of the bearing": 1}))

    assert reading.text.startswith("# Care of the bearing\n\n")
    assert read(a_pdf([lines])).text.startswith("Care of the bearing\n\n")


def test_what_repeats_at_the_edge_is_left_out_and_what_repeats_in_the_text_is_not() -> None:
    pages = [
        [
            Type("Handbook of pumps", y=815),
            Type(str(number), x=300, y=30),
            Type("Note", y=500),
            *LONG,
        ]
        for number in range(7, 13)
    ]

    reading = read(a_pdf(pages))

    assert "Handbook of pumps" not in reading.text
    assert not any(str(number) in reading.text for number in range(7, 13))
    assert reading.text.count("Note") == 6


def test_a_heading_that_recurs_at_the_top_is_kept() -> None:
    reading = read(a_pdf([[Type("Exercises", size=18, y=815), *LONG] for _ in range(4)]))

    assert reading.text.count("# Exercises") == 4


@pytest.mark.parametrize(
    ("above", "below", "said"),
    [
        ("We saw the bear-", "ing fail twice here.", "the bearing fail"),
        ("It is a well-", "known fault of the bearing.", "a well-known fault"),
        ("The type Mark-", "II bearing fails.", "Mark-II bearing"),
        ("A hospi-", "tal bearing.", "A hospital bearing"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_goes_only_where_the_word_is_whole_without(
    above: str, below: str, said: str
) -> None:
    known = "The well is deep. It is well. A known bearing is a known part."

    assert said in read(a_pdf([[above, below, Type(known, y=500)]])).text


def test_items_of_a_list_stand_each_on_a_line() -> None:
    reading = read(
        a_pdf(
            [
                [
                    "You need:",
                    "• oil",
                    "• a cloth that is",
                    "dry and clean",
                    "1. Open it.",
                    "2. Wait.",
                ]
            ]
        )
    )

    assert "- oil\n- a cloth that is dry and clean\n1. Open it.\n2. Wait." in reading.text


def test_what_markdown_would_take_for_a_mark_is_escaped() -> None:
    assert read(a_pdf([["# no heading"]])).text == "\\# no heading\n"


def test_a_file_says_who_wrote_it_and_when() -> None:
    info = "/Title (Care of Pumps) /Author (Ada Byron) /CreationDate (D:20200131120000Z)"

    reading = read(a_pdf([["Words."]], info=info))

    assert (reading.title, reading.author, reading.date) == (
        "Care of Pumps",
        "Ada Byron",
        "2020-01-31",
    )


@pytest.mark.parametrize("title", ["Microsoft Word - x.doc", "untitled", "C:\\\\a\\\\b.indd", " "])
def test_a_title_that_a_program_made_is_no_title(title: str) -> None:
    info = f"/Title ({title}) /Author (Administrator)"

    reading = read(a_pdf([["Words."]], info=info), file_name="care-of-pumps.pdf")

    assert (reading.title, reading.author) == ("care of pumps", None)


LOCK = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'41' * 32}> /U <{'42' * 32}> /P -44 >>"


@pytest.mark.parametrize(
    ("raw", "said", "way_out"),
    [
        (a_pdf([["x"]], trailer=f"{LOCK} /ID [<00> <00>]"), "needs a password", "qpdf --decrypt"),
        (b"%PDF-1.5\nnothing of the sort", "damaged", "print it to a new PDF"),
        (a_pdf([[]]), "no words", "ocrmypdf"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_way_out(raw: bytes, said: str, way_out: str) -> None:
    with pytest.raises(Unreadable, match=said) as refused:
        read(raw)

    assert refused.value.where == "a.pdf"
    assert way_out in str(refused.value.hint)


def test_a_scan_is_told_from_text() -> None:
    picture = b"q 595 0 0 842 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q"
    blank = a_pdf([["Scanned by me" + " " * 60], ["Scanned by me" + " " * 60]])
    show = next(line for line in blank.split(b"\n") if line.startswith(b"BT"))
    scan = blank.replace(show, picture.ljust(len(show)))

    with pytest.raises(Unreadable, match="2 of 2 pages are scans") as refused:
        read(scan)

    assert refused.value.hint == "recognise the text first: ocrmypdf in.pdf out.pdf"


def test_project_gutenbergs_parts_stand_under_headings_of_their_own() -> None:
    start = [
        Type("Title: Care of Pumps", size=9),
        Type("Author: Ada Byron", size=9),
        Type("*** START OF THIS PROJECT GUTENBERG EBOOK CARE OF PUMPS ***", size=9),
        Type("CARE OF PUMPS", size=22),
        Type("PREFACE", size=16),
    ]
    end = [Type("*** END OF THIS PROJECT GUTENBERG EBOOK CARE OF PUMPS ***", y=300), "Terms."]

    reading = read(a_pdf([[*start, *LONG[:2], *LONG], [*LONG, *LONG, *end]]))

    assert (reading.title, reading.author) == ("Care of Pumps", "Ada Byron")
    assert [section.heading for section in sections(reading.text)] == [
        "Project Gutenberg header",
        "Title page",
        "Care of Pumps",
        "PREFACE",
        "Project Gutenberg licence",
    ]


def test_five_thousand_pages_are_read_each_with_its_range() -> None:
    pages = ([Type(f"This is page {number} of many.", y=600), *LONG] for number in range(1, 5_001))

    reading = read(a_pdf(pages))

    assert len(reading.pages) == 5_000
    for number in (1, 2_500, 5_000):
        assert on_page(reading, number).startswith(f"This is page {number} of many.")
