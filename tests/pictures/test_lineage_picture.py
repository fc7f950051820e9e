"""The lineage picture: the way back, and the quoted words on their page."""

from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from lorewright.pictures import Passage, Picture, lineage_picture
from pictures.drawings import cells, number, shapes, words
from pictures.invented import QUOTE, TITLE, a_lineage, a_name


def on_the_page(passage: Passage) -> Picture:
    return lineage_picture(replace(a_lineage(), passage=passage))


def quoted(picture: Picture) -> str:
    return " ".join(text.text or "" for text in shapes(picture, "page-quote"))


def test_the_quoted_words_and_no_others_are_marked() -> None:
    picture = lineage_picture(a_lineage())

    assert quoted(picture) == QUOTE
    assert len(shapes(picture, "quoted")) == len(shapes(picture, "page-quote"))


def test_a_mark_lies_behind_its_words() -> None:
    picture = lineage_picture(a_lineage())

    for mark, text in zip(shapes(picture, "quoted"), shapes(picture, "page-quote"), strict=True):
        assert number(mark, "x") < number(text, "x")
        right = number(text, "x") + number(text, "textLength")
        assert right < number(mark, "x") + number(mark, "width")
        assert number(mark, "y") < number(text, "y") < number(mark, "y") + number(mark, "height")


def test_a_quote_within_a_word_is_marked_to_the_letter() -> None:
    picture = on_the_page(Passage("(Mas", "lach and Lei", "ter, 2016)", 4, 16))

    assert quoted(picture) == "lach and Lei"
    assert [text.text for text in shapes(picture, "page")] == ["(Mas", "ter, 2016)"]


def test_paragraphs_stay_apart() -> None:
    one = on_the_page(Passage("Before. ", "Quote.", "", 8, 14))
    two = on_the_page(Passage("Before.\n\n", "Quote.", "", 9, 15))

    def height(picture: Picture) -> float:
        return number(shapes(picture, "page-quote")[0], "y") - number(
            shapes(picture, "page")[0], "y"
        )

    assert height(one) == 0
    assert height(two) > 21


def test_long_context_is_clipped_around_the_quote() -> None:
    picture = on_the_page(Passage("before " * 500, QUOTE, " after" * 500, 3500, 3552))

    page = [text.text or "" for text in shapes(picture, "page")]
    assert page[0].startswith("… before")
    assert page[-1].endswith("after …")
    assert len(page) < 40


def test_a_very_long_quote_says_how_much_is_left_out() -> None:
    picture = on_the_page(Passage("", "word " * 1000, "", 0, 5000))

    assert "[… 3,600 characters …]" in quoted(picture)


@given(
    st.text(max_size=200),
    st.text(min_size=1, max_size=200).filter(str.strip),
    st.text(max_size=200),
)
def test_any_text_can_be_set(before: str, quote: str, after: str) -> None:
    before, quote, after = (
        "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")
        for text in (before, quote + "x", after)
    )

    picture = on_the_page(Passage(before, quote, after, 0, len(quote)))

    assert ET.fromstring(picture.narrow) is not None
    assert quoted(picture).split() == quote.split() or "…" in quoted(picture)


def test_every_step_has_its_box_and_how_it_leads_on() -> None:
    lineage = a_lineage()

    said = words(lineage_picture(lineage))

    for step in lineage.steps:
        assert step.kind in said
    for step in lineage.steps[:-1]:
        assert step.link in said


def test_names_are_short_in_the_boxes_and_whole_behind_them() -> None:
    picture = lineage_picture(a_lineage())

    name = next(text for text in shapes(picture, "name") if "example" in "".join(text.itertext()))
    assert name.findtext("title") == a_name("example")
    assert (name[0].tail or "") == "example:a3f92c07b51d"
    assert cells(picture)["Example"][1] == a_name("example")


def test_the_reading_names_place_document_and_file() -> None:
    lineage = a_lineage()

    reading = lineage_picture(lineage).reading

    start, end = lineage.passage.start, lineage.passage.end
    assert (
        f"rests on characters {start:,} to {end:,} of “{TITLE}”, read from handbook.md." in reading
    )
    assert "first of 3 passages" in lineage_picture(replace(lineage, passages=3)).reading


def test_the_quoting_step_is_tied_to_the_page() -> None:
    lineage = a_lineage()
    untied = replace(lineage, steps=tuple(replace(one, is_quote=False) for one in lineage.steps))

    assert len(shapes(lineage_picture(lineage), "tie")) == 1
    assert not shapes(lineage_picture(untied), "tie")
