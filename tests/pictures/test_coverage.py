"""Coverage: sections with and without examples."""

import pytest

from lorewright.pictures import SectionCoverage, Use, coverage
from pictures.drawings import cells, number, shapes, words


def a_section(
    title: str = "Rest",
    *,
    use: Use = Use.TAUGHT,
    characters: int = 1000,
    covered: int = 0,
    document: str = "Book",
) -> SectionCoverage:
    return SectionCoverage(document, title, use, characters, covered, examples=1 if covered else 0)


def test_a_bar_is_as_long_as_its_section_and_filled_as_far_as_it_is_covered() -> None:
    picture = coverage((a_section(covered=250), a_section(characters=500, covered=500)))

    long, short = (number(bar, "width") for bar in shapes(picture, "track taught"))
    first, second = (number(bar, "width") for bar in shapes(picture, "filled taught")[-2:])
    assert short == pytest.approx(long / 2, abs=0.2)
    assert first == pytest.approx(long / 4, abs=0.2)
    assert second == pytest.approx(short, abs=0.2)


def test_the_reading_counts_sections_characters_and_what_is_held_out() -> None:
    picture = coverage(
        (a_section(covered=500), a_section(), a_section(use=Use.TRANSFER, covered=250))
    )

    assert picture.reading == (
        "2 of 3 sections carry an example (67 %); the evidence holds 25 % of the characters; "
        "1 section is kept for the transfer test."
    )


def test_what_has_no_example_says_so() -> None:
    assert "no example" in words(coverage((a_section(),)))


def test_the_transfer_sections_are_marked_by_more_than_colour() -> None:
    taught = coverage((a_section(covered=10),)).wide
    transfer = coverage((a_section(use=Use.TRANSFER, covered=10),)).wide

    assert transfer.count("url(#") == taught.count("url(#") + 1


def test_a_second_document_gets_a_line_with_its_title() -> None:
    one = coverage((a_section("Rest"), a_section("Sleep")))
    two = coverage((a_section("Rest"), a_section("Sleep", document="Other book")))

    assert "Book" not in words(one)
    assert {"Book", "Other book"} <= set(words(two))


def test_deeper_sections_are_indented() -> None:
    sections = tuple(
        SectionCoverage("Book", f"Level {level}", Use.TAUGHT, 10, 0, 0, level)
        for level in (0, 1, 2, 3)
    )

    labels = shapes(coverage(sections), "label")[-4:]

    assert [(label.text, number(label, "x")) for label in labels] == [
        ("Level 0", 0),
        ("Level 1", 0),
        ("Level 2", 10),
        ("Level 3", 20),
    ]


def test_very_many_sections_are_drawn_together_and_listed_apart() -> None:
    sections = tuple(a_section(f"S{place}", covered=100) for place in range(400))

    picture = coverage(sections)

    assert len(shapes(picture, "track taught")) <= 60
    assert "S0 + 6 more" in words(picture)
    assert len(cells(picture)) == 400


def test_sections_of_different_use_are_never_drawn_together() -> None:
    sections = tuple(
        a_section(f"S{place}", use=Use.TRANSFER if place % 50 == 0 else Use.TAUGHT)
        for place in range(400)
    )

    assert len(shapes(coverage(sections), "track transfer")) == 8


def test_a_section_without_a_heading_has_a_label() -> None:
    assert "(before the first heading)" in words(coverage((a_section(""),)))
