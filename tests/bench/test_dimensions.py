"""What the page says about the dimensions is what the program does."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agreement import LABELS, Measured, labelled, measured
from books import books
from dimensions import AGREEMENT, PAGE, SAMPLE, agreement_file, agreement_table, chunk_table, drawn
from lorewright.analyze import LEAST_AGREEMENT, the_agreements
from lorewright.records import ChunkType
from page import Section

needs_the_books = pytest.mark.skipif(
    len(books()) < 3, reason="the corpus is not beside the project"
)


@pytest.fixture(scope="module")
def found() -> list[Measured]:
    return list(measured(list(labelled())))


def rows_on_the_page(name: str) -> list[str]:
    text = PAGE.read_text(encoding="utf-8")
    part = re.search(rf"<!-- {name} -->\n(.*?)<!-- end of {name} -->", text, re.DOTALL)
    assert part is not None
    return [line for line in part[1].splitlines() if line.startswith("| ")]


def rows_of(section: Section) -> list[str]:
    return [line for line in section.as_markdown().splitlines() if line.startswith("| ")]


@needs_the_books
def test_the_agreement_that_rules_go_by_is_what_is_measured(found: list[Measured]) -> None:
    assert AGREEMENT.read_text(encoding="utf-8") == agreement_file(found)
    assert rows_on_the_page("agreement") == rows_of(agreement_table(found))


@needs_the_books
def test_every_field_that_a_rule_fills_agrees_with_the_labels_also_on_held_out_books(
    found: list[Measured],
) -> None:
    filled = {name for name, one in the_agreements().items() if one.is_enough}

    assert len(filled) > 5
    for one in found:
        enough = min(one.agreement, one.on_held_out) >= float(LEAST_AGREEMENT) - 1e-9
        assert enough == (one.rule.field in filled), one.rule.field


def test_the_rules_agree_with_the_handbook_as_the_page_says() -> None:
    shares = {
        cells[1].strip(" `"): cells[5].strip()
        for cells in (row.split("|") for row in rows_on_the_page("agreement")[2:])
    }
    handbook = [one for one in labelled() if not one.is_held_out]

    assert len(handbook) == 20
    for one in measured(handbook):
        assert f"{one.agreement - 0.005:.2f}" <= f"{float(shares[one.rule.field]) + 0.005:.2f}"
        assert abs(one.agreement - float(shares[one.rule.field])) < 0.0101


def test_forty_chunks_are_labelled_ten_of_each_type() -> None:
    lines = [
        json.loads(line)
        for file in sorted(LABELS.iterdir())
        for line in file.read_text(encoding="utf-8").splitlines()
    ]

    assert Counter(line["chunk_type"] for line in lines) == dict.fromkeys(map(str, ChunkType), 10)
    assert len({(line["document"], line["start"], line["chunk_type"]) for line in lines}) == 40


@pytest.mark.parametrize("book", books(), ids=lambda book: book.stem)
def test_the_labelled_chunks_are_those_that_the_seed_draws(book: Path) -> None:
    lines = (LABELS / f"{book.stem}.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [(one["start"], one["end"], one["chunk_type"]) for one in map(json.loads, lines)]

    assert [(chunk.start, chunk.end, chunk.chunk_type) for _, chunk in drawn(book)] == kept
    assert len(kept) == sum(SAMPLE[book].values())


def words_in(label: Any) -> Iterator[str]:
    match label:
        case str():
            yield label
        case list():
            for one in label:  # pyright: ignore[reportUnknownVariableType] - parsed
                yield from words_in(one)
        case _:
            pass


def test_no_label_repeats_more_of_a_book_than_short_terms() -> None:
    for file in LABELS.iterdir():
        for line in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            said = [words for label in line["labels"].values() for words in words_in(label)]
            assert max(len(words.split()) for words in said) <= 8


def test_the_chunk_on_the_page_is_what_the_program_shows() -> None:
    section = chunk_table()

    assert len(section.rows) == 65
    assert rows_on_the_page("chunk") == rows_of(section)
