"""The report of a proof as Markdown."""

import re

import bs4
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lorewright.pictures import proof_markdown
from lorewright.pictures.proof_markdown import escaped
from lorewright.pictures.proof_tables import tables
from pictures.proofs import (
    ANSWER,
    HOSTILE,
    a_hostile_proof_page,
    a_proof_page,
    an_empty_proof_page,
)

READER = MarkdownIt("commonmark", {"html": True}).enable("table")


def seen(text: str) -> bs4.BeautifulSoup:
    return bs4.BeautifulSoup(READER.render(text), "html.parser")


def test_every_number_of_the_tables_of_the_page_stands_in_it() -> None:
    found = seen(proof_markdown(a_proof_page()))
    told = [[cell.get_text() for cell in row.find_all("td")] for row in found.select("tbody tr")]

    for _, table in tables(a_proof_page()):
        for row in table.rows:
            assert [" ".join(cell.split()) for cell in row] in told


def test_the_verdict_and_its_scope_come_first() -> None:
    text = proof_markdown(a_proof_page())

    assert text.startswith("# Proof: coach 3")
    assert text.index("SYNTHETIC") < text.index("## Verdict: BETTER")


def test_answers_stand_in_fences_that_they_cannot_close() -> None:
    found = seen(proof_markdown(a_hostile_proof_page()))

    assert not found.find_all(["script", "img"])
    assert any(HOSTILE in block.get_text() for block in found.select("pre code"))
    assert [tag.get_text() for tag in found.find_all("h1")] == [
        f"Proof: {' '.join(HOSTILE.split())}"
    ]


def test_an_answer_keeps_its_lines() -> None:
    found = seen(proof_markdown(a_proof_page()))

    assert any(block.get_text().strip() == ANSWER for block in found.select("pre code"))


def test_a_proof_of_nothing_can_still_be_read() -> None:
    text = proof_markdown(an_empty_proof_page())

    assert "## Verdict: INVALID" in text
    assert "No rules were fixed beforehand." in text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])))
def test_words_of_one_line_are_read_back_as_they_were(words: str) -> None:
    found = seen(f"x {escaped(words)} x").get_text()

    assert re.sub(r"\s+", " ", found).strip() == " ".join(f"x {words} x".split())
