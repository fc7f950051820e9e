import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadline import deadline
from lorewright.errors import Unreadable
from lorewright.ingest.plain_text import TextReader
from lorewright.prose import blocks, is_apparatus, sections

WRAPPED = """\
The first rule of nursing is to keep the air within as pure as the air
without, and to do this without chilling the patient. Nothing else can
make up for the want of it.
"""
BOOK = f"""\
The Project Gutenberg EBook of A Book, by A. Writer

You may re-use it under the terms of the Project Gutenberg License.

Title: A Book
       Its Second Line

Author: A. Writer

Language: English

*** START OF THIS PROJECT GUTENBERG EBOOK A BOOK ***


Produced by Somebody and the Online Distributed Proofreading Team



A BOOK

BY

A. WRITER


CONTENTS

THE AIR

THE LIGHT



THE AIR.

{WRAPPED}
[Sidenote: Warmth.]

{WRAPPED}
THE LIGHT.

{WRAPPED}
{WRAPPED}
{WRAPPED}
{WRAPPED}

FOOTNOTES

[1] {WRAPPED}
PRINTED BY THE PRINTER

Words.

*** END OF THIS PROJECT GUTENBERG EBOOK A BOOK ***

THE LICENSE

{WRAPPED}
"""


def canonical(text: str) -> str:
    return TextReader().read(text.encode(), file_name="some-notes.txt").text


def kinds(text: str) -> list[str]:
    return [block.kind for block in blocks(canonical(text))]


def outline(text: str) -> list[tuple[int, str]]:
    return [(section.level, section.heading) for section in sections(canonical(text))]


def test_a_wrapped_paragraph_stands_on_one_line() -> None:
    assert canonical(WRAPPED).strip() == WRAPPED.replace("\n", " ").strip()


def test_paragraphs_that_are_set_in_are_told_apart() -> None:
    text = "".join(f"   {WRAPPED}" for _ in range(3))

    assert kinds(text) == ["paragraph"] * 3


def test_a_paragraph_per_line_stays_one() -> None:
    text = "\n".join(WRAPPED.replace("\n", " ").strip() for _ in range(3))

    assert kinds(text) == ["paragraph"] * 3


def test_dashes_at_a_line_end_take_no_space() -> None:
    text = (
        "The first rule of nursing is to keep the air within as pure as an out-\n"
        "door air, and to do this without chilling the patient in the least--\n"
        "this nobody may forget who has the charge of the sick.\n"
    )

    assert "as an out-door air, and" in canonical(text)
    assert "in the least--this nobody" in canonical(text)


def test_verse_keeps_its_lines() -> None:
    verse = "Tiger, tiger, burning bright\nIn the forests of the night,\nWhat immortal hand or eye"
    text = canonical(f"{WRAPPED}\n{verse}\n\n{WRAPPED}")

    assert verse.replace("\n", "  \n") in text
    assert [block.kind for block in blocks(text)] == ["paragraph"] * 3


def test_tables_and_code_keep_their_layout() -> None:
    table = (
        "Age        Nurses     Others\n20            624      6,537\n25            817      4,174"
    )
    code = "def f(x):\n    if x:\n        return 1\n\n    return 2"

    assert table in canonical(f"{WRAPPED}\n{table}\n")
    assert kinds(f"{WRAPPED}\n{table}\n\n{WRAPPED}") == ["paragraph", "code", "paragraph"]
    assert "        return 1" in canonical(code)


def test_lists_stay_lists_and_long_items_stand_on_one_line() -> None:
    text = f"Five points:\n\n1. Pure air.\n2. {WRAPPED}3. Light.\n\n• one\n• two\n"

    found = list(blocks(canonical(text)))

    assert [b.marker for b in found] == ["", "1.", "2.", "3.", "-", "-"]
    assert WRAPPED.replace("\n", " ").strip() in canonical(text)


def test_a_list_may_follow_its_introduction_at_once() -> None:
    assert kinds("You need:\n- soap\n- water\n") == ["paragraph", "list_item", "list_item"]


def test_a_number_in_wrapped_prose_begins_no_list() -> None:
    text = WRAPPED.replace("make up", "make up before\n2. Those").replace("Nothing", "Not 1.")

    assert kinds(text) == ["paragraph"]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("PREFACE.", 1),
        ("Chapter 3", 2),
        ("CHAPTER IV. The Ward", 2),
        ("IV. Noise", 2),
        ("2.1 Open windows", 3),
        ("# Marked", 1),
        ("Open Windows at Night", 2),
        ("Windows\n=======", 1),
        ("Windows\n-------", 2),
        ("[Sidenote: Open your windows, shut your doors.]", 3),
    ],
)
def test_headings_are_found(line: str, level: int) -> None:
    text = f"{WRAPPED}\n\n{line}\n\n{WRAPPED}"
    words = re.sub(r"^# |^\[Sidenote: |\]$|\n.*", "", line)
    if line == "PREFACE.":
        level = 2

    assert outline(text) == [(0, ""), (level, words)]


@pytest.mark.parametrize(
    "line",
    ["Yours truly,", "He went out.", "-- and so on", "THE END OF IT,", "by A. Writer", "Hm;"],
)
def test_other_short_lines_are_no_headings(line: str) -> None:
    assert outline(f"{WRAPPED}\n\n{line}\n\n{WRAPPED}") == [(0, "")]


def test_a_title_needs_less_room_when_all_its_words_are_capitals() -> None:
    text = f"{WRAPPED}\nOpen Windows at Night\n\n{WRAPPED}\nOpen windows at night\n\n{WRAPPED}"

    assert outline(text) == [(0, ""), (2, "Open Windows at Night")]


def test_a_short_list_of_numbers_is_no_list_of_headings() -> None:
    assert outline(f"{WRAPPED}\n1. Milk\n2. Eggs\n\n{WRAPPED}") == [(0, "")]


def test_the_last_line_is_no_heading() -> None:
    assert outline(f"{WRAPPED}\nTHE END") == [(0, "")]


def test_a_number_and_its_title_are_one_heading() -> None:
    assert outline(f"CHAPTER I\n\nTHE AIR\n\n{WRAPPED}") == [(2, "CHAPTER I: THE AIR")]


def test_the_title_of_a_text_is_its_first_heading() -> None:
    reading = TextReader().read(f"ON AIR\n\n{WRAPPED}".encode(), file_name="x.txt")

    assert reading.title == "ON AIR"
    assert TextReader().read(WRAPPED.encode(), file_name="on_pure-air.txt").title == "on pure air"


def test_a_gutenberg_book_says_who_wrote_it() -> None:
    reading = TextReader().read(BOOK.encode(), file_name="x.txt")

    assert reading.title == "A Book: Its Second Line"
    assert reading.author == "A. Writer"
    assert reading.language == "en"
    assert reading.licence == "Project Gutenberg License"


def test_only_the_book_itself_is_not_apparatus() -> None:
    taught = [s.heading for s in sections(canonical(BOOK)) if not is_apparatus(s)]

    assert taught == ["A Book: Its Second Line", "THE AIR.", "Warmth.", "THE LIGHT."]


def test_a_text_that_says_nothing_about_its_licence_has_none() -> None:
    assert TextReader().read(WRAPPED.encode(), file_name="x.txt").licence is None


@pytest.mark.parametrize(
    "line",
    ["# 5 is right", "> more", "1986. A year", "<b> tags", "```", "| x", "---", "===", "***"],
)
def test_words_that_look_like_marks_stay_words(line: str) -> None:
    text = canonical(f"{WRAPPED}\nTiger, tiger, burning bright\n{line}\nIn the forests\n")

    assert [block.kind for block in blocks(text)] == ["paragraph", "paragraph"]
    assert line in text.replace("\\", "")


@pytest.mark.parametrize("text", ["שלום עלם.\nשרה שניה.", "护理的第一条原则。\n空气要新鲜。"])
def test_other_scripts_come_through_whole(text: str) -> None:
    assert "".join(canonical(text).split()) == "".join(text.split())


def test_wrapped_chinese_is_joined_without_spaces() -> None:
    line = "护理的第一条原则是使室内空气与室外一样清新而不使病人受寒"

    assert canonical(f"{line}\n{line}\n{line}") == f"{line * 3}\n\n"


@given(
    st.lists(
        st.sampled_from(
            [
                "",
                "Air.",
                "A LINE",
                *WRAPPED.split("\n"),
                "- a",
                "1. B",
                "  x   y",
                "| c",
                "```",
                "---",
                "===",
            ]
        ),
        max_size=20,
    )
)
def test_no_word_is_lost_or_added(lines: list[str]) -> None:
    text = "\n".join(lines)
    if text.strip():
        assert re.sub(r"\W", "", canonical(text)) == re.sub(r"\W", "", text)


@given(st.text())
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    try:
        read = TextReader().read(text.encode(errors="replace"), file_name="x.txt").text
    except Unreadable as error:
        read = error.hint or ""

    assert read


@pytest.mark.parametrize("unit", ["word ", "x"])
def test_a_line_of_five_million_characters_is_read(unit: str) -> None:
    text = unit * (5_000_000 // len(unit))

    with deadline(240):
        assert canonical(text).strip() == text.strip()
