import pytest

from lorewright import ingest
from lorewright.errors import Unreadable
from lorewright.ingest import Reading
from lorewright.prose import sections
from made_files import a_docx, an_archive, docx_parts, paragraph

BULLET = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'


def read(raw: bytes) -> Reading:
    return ingest.read(raw, file_name="a.docx")


def test_styles_make_headings() -> None:
    body = "".join(
        [
            paragraph("Handbook", "Title"),
            paragraph("Pumps", "Heading1"),
            paragraph("Oil", "Heading2"),
            paragraph("Check it."),
        ]
    )

    found = [(section.level, section.heading) for section in sections(read(a_docx(body)).text)]

    assert found == [(1, "Handbook"), (1, "Pumps"), (2, "Oil")]


def test_lists_and_tables_are_kept() -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    rows = "".join(
        f"<w:tr>{cell.format(left)}{cell.format(right)}</w:tr>"
        for left, right in (("Part", "Price"), ("Seal", "9"))
    )
    body = paragraph("oil", within=BULLET) + paragraph("a cloth", within=BULLET)

    text = read(a_docx(f"{body}<w:tbl>{rows}</w:tbl>")).text

    assert "- oil\n- a cloth" in text
    assert "| Part | Price |" in text
    assert "| Seal | 9 |" in text


def test_footnotes_stand_at_the_end_under_a_heading_of_their_own() -> None:
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = f"<w:p><w:r><w:t>Check the oil.</w:t></w:r>{mark}</w:p>{paragraph('Then go on.')}"
    notes = f'<w:footnote w:id="2">{paragraph("Once a week.")}</w:footnote>'

    text = read(a_docx(body, footnotes=notes)).text

    assert text == "Check the oil.[1]\n\nThen go on.\n\n# Footnotes\n\n1. Once a week.\n"


def test_a_table_of_contents_and_what_was_deleted_are_left_out() -> None:
    gone = "<w:p><w:del><w:r><w:delText>Never.</w:delText></w:r></w:del></w:p>"

    text = read(a_docx(paragraph("Pumps 3", "TOC1") + gone + paragraph("Words."))).text

    assert text == "Words.\n"


def test_the_properties_name_title_author_and_date() -> None:
    facts = (
        "<dc:title>Care of Pumps</dc:title><dc:creator>Ada Byron</dc:creator>"
        "<dcterms:created>2020-01-31T12:00:00Z</dcterms:created><dc:language>en-GB</dc:language>"
    )

    reading = read(a_docx(facts=facts))

    assert (reading.title, reading.author) == ("Care of Pumps", "Ada Byron")
    assert (reading.date, reading.language) == ("2020-01-31", "en")


def test_macros_are_not_looked_at() -> None:
    parts = {**docx_parts(), "word/vbaProject.bin": b"\xd0\xcf\x11\xe0 not even macros"}

    reading = ingest.read(an_archive(parts), file_name="a.docm")

    assert reading.text == "# Pumps\n\nCheck the oil once a week.\n"


@pytest.mark.parametrize("name", ["word/document.xml", "_rels/.rels", "word/styles.xml"])
def test_a_part_that_is_broken_is_named(name: str) -> None:
    parts = docx_parts()
    parts[name] = str(parts[name])[:-20]

    with pytest.raises(Unreadable, match=f"the part '{name}' is no whole XML"):
        read(an_archive(parts))


def test_a_document_without_words_says_so() -> None:
    with pytest.raises(Unreadable, match="holds no words"):
        read(a_docx("<w:p/>"))
