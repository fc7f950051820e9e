"""The chunk map: place, type and confidence of every chunk."""

import pytest

from lorewright.pictures import ChunkMark, DocumentMap, chunk_map
from lorewright.records import ChunkType
from pictures.drawings import cells, number, shapes, words


def a_mark(
    start: int, end: int, *, confidence: float = 0.9, layer: ChunkType = ChunkType.CER
) -> ChunkMark:
    return ChunkMark(start, end, layer, confidence, "On rest")


def test_a_chunk_lies_where_it_lies_in_the_document() -> None:
    picture = chunk_map(DocumentMap("A", 1000, (a_mark(500, 750),)))

    (block,) = shapes(picture, "type-2", tag="rect")[-1:]
    (lane, *_) = shapes(picture, "lane")
    start, width = number(lane, "x"), number(lane, "width")
    assert number(block, "x") == pytest.approx(start + width / 2, abs=1)
    assert number(block, "width") == pytest.approx(width / 4 - 1, abs=0.5)


def test_a_chunk_tells_its_heading_place_and_confidence() -> None:
    picture = chunk_map(DocumentMap("A", 1000, (a_mark(500, 750, confidence=0.81),)))

    (block,) = shapes(picture, "type-2", tag="rect")
    assert block.findtext("title") == "On rest: characters 500 to 750, confidence 0.81"


def test_only_chunks_of_low_confidence_are_hatched() -> None:
    marks = (a_mark(0, 90, confidence=0.49), a_mark(100, 190, confidence=0.5))

    picture = chunk_map(DocumentMap("A", 1000, marks))

    # The second hatched shape is the one in the legend.
    assert len(shapes(picture, "hatched")) == 2
    assert "1 (50 %) with a confidence below 0.50" in picture.reading


def test_layers_have_rows_of_their_own() -> None:
    marks = tuple(a_mark(0, 500, layer=layer) for layer in ChunkType)

    picture = chunk_map(DocumentMap("A", 1000, marks))

    heights = [
        number(block, "y")
        for place in range(4)
        for block in shapes(picture, f"type-{place}", tag="rect")
        if block.find("title") is not None
    ]
    assert heights == sorted(set(heights))
    assert {"Sequential", "Instructions", "Claims with evidence", "Examples"} <= set(words(picture))


def test_many_chunks_become_columns_as_high_as_they_cover() -> None:
    crowd = tuple(a_mark(start, start + 5) for start in range(0, 10_000, 10))

    picture = chunk_map(DocumentMap("A", 10_000, crowd))

    columns = shapes(picture, "type-2", tag="rect")
    assert len(columns) < 200
    assert picture.reading.endswith("as high as they are covered: claims with evidence.")
    assert {round(number(column, "height")) for column in columns} <= {9, 10, 11}
    assert len(chunk_map(DocumentMap("A", 10_000, crowd)).wide) < 60_000


def test_a_gap_between_many_chunks_stays_a_gap() -> None:
    crowd = tuple(a_mark(start, start + 10) for start in range(0, 5_000, 10))

    picture = chunk_map(DocumentMap("A", 10_000, crowd))

    (lane, *_) = shapes(picture, "lane")
    middle = number(lane, "x") + number(lane, "width") / 2
    assert max(number(block, "x") for block in shapes(picture, "type-2", tag="rect")) <= middle


def test_many_chunks_of_low_confidence_are_hatched_too() -> None:
    crowd = tuple(a_mark(start, start + 10, confidence=0.1) for start in range(0, 10_000, 10))

    picture = chunk_map(DocumentMap("A", 10_000, crowd))

    assert len(shapes(picture, "hatched")) > 100


def test_characters_of_overlapping_chunks_count_once() -> None:
    marks = (a_mark(0, 600), a_mark(400, 800), a_mark(450, 500))

    row = cells(chunk_map(DocumentMap("A", 1000, marks)))["Claims with evidence"]

    assert row == ("3", "800", "80 %", "0.90", "0")


def test_sections_begin_at_their_marks() -> None:
    picture = chunk_map(DocumentMap("A", 1000, (a_mark(0, 10),), section_starts=(0, 250)))

    (lane, *_) = shapes(picture, "lane")
    quarter = number(lane, "x") + number(lane, "width") / 4
    in_the_legend, first, second = (number(mark, "x1") for mark in shapes(picture, "section-mark"))
    assert in_the_legend == 10
    assert (first, second) == pytest.approx((number(lane, "x"), quarter), abs=0.2)


def test_a_document_of_few_characters_has_an_axis() -> None:
    picture = chunk_map(DocumentMap("A", 1, (a_mark(0, 1),)))

    assert "characters" in words(picture)
