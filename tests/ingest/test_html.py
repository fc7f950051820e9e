import pytest

from lorewright.errors import Unreadable
from lorewright.ingest import Reading
from lorewright.ingest.html import HtmlReader
from lorewright.prose import BlockKind, blocks, is_apparatus, sections

PAGE = """<?xml version="1.0"?><!DOCTYPE html>
<html lang="en-GB"><head><title> On
 air </title><meta name="author" content="A. Writer"><meta name="DC.date" content="2 March 2026">
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/"><style>p {}</style></head>
<body><nav>Home | About</nav><!-- hidden -->
<h1>On<br>air</h1>
<p>Open the <a href="x.html">window</a>
wide, <em>always</em>.</p><p>1986. A year of_air *2.</p>
<ul><li>one</li><li>two</li></ul>
<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>
<script>alert("no")</script><img src="data:image/png;base64,AAAA" alt="no">
<p>End<span class="pagenum">[Pg 9]</span>.</p>
</body></html>"""


def a_reading(page: str) -> Reading:
    return HtmlReader().read(page.encode(), file_name="on-air.html")


def test_a_page_becomes_markdown() -> None:
    assert a_reading(PAGE).text == (
        "# On air\n\nOpen the window wide, *always*.\n\n1986\\. A year of_air *2.\n\n"
        "- one\n- two\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\nEnd.\n"
    )


def test_a_page_says_what_it_is() -> None:
    reading = a_reading(PAGE)

    assert (reading.title, reading.author, reading.date) == ("On air", "A. Writer", "2026-03-02")
    assert reading.language == "en"
    assert reading.licence == "https://creativecommons.org/licenses/by/4.0/"


def test_a_page_that_says_nothing_has_no_licence() -> None:
    reading = a_reading("<p>Hello.</p>")

    assert (reading.title, reading.author, reading.licence) == ("on air", None, None)


def test_a_declared_encoding_is_read() -> None:
    raw = '<html><meta charset="windows-1251"><p>Первое правило</p></html>'.encode("cp1251")

    assert HtmlReader().read(raw, file_name="x.html").text == "Первое правило\n"


def test_a_sidenote_is_a_heading_below_its_chapter() -> None:
    page = (
        '<h2>Noise</h2><div class="sidenote">Rustling</div><p>Silk.</p>'
        '<h4>FOOTNOTES</h4><p><span class="sidenote">Silk</span></p><p>x</p>'
    )

    assert [(s.level, s.heading) for s in sections(a_reading(page).text)] == [
        (2, "Noise"),
        (3, "Rustling"),
        (4, "FOOTNOTES"),
        (5, "Silk"),
    ]


def test_a_gutenberg_page_keeps_the_book_apart() -> None:
    prose = "A long paragraph about the air in the rooms of the sick. " * 4
    page = (
        "<pre>The Project Gutenberg EBook\n\nTitle: A Book\n\nAuthor: A. Writer\n\n"
        "*** START OF THIS PROJECT GUTENBERG EBOOK A BOOK ***\n</pre>"
        f"<h1>A BOOK</h1><h2>BY A. W.</h2><h2>Preface</h2><p>{prose}</p><h2>Air</h2><p>{prose}</p>"
        "<pre>*** END OF THIS PROJECT GUTENBERG EBOOK A BOOK ***\nLicence.</pre>"
    )
    reading = a_reading(page)

    assert (reading.title, reading.author) == ("A Book", "A. Writer")
    taught = [s.heading for s in sections(reading.text) if not is_apparatus(s)]
    assert taught == ["A Book", "Preface", "Air"]


@pytest.mark.parametrize(
    "page", ["<p>un<b>closed <i>tags</p><div><table><tr><td>x</body>", "<html><p>a</html>b</p></p>"]
)
def test_malformed_pages_are_read(page: str) -> None:
    assert BlockKind.PARAGRAPH in {block.kind for block in blocks(a_reading(page).text)}


def test_endless_nesting_is_read_or_refused_with_a_reason() -> None:
    with pytest.raises(Unreadable, match="nests its elements too deeply"):
        a_reading("<div>" * 5000 + "deep" + "</div>" * 5000)


@pytest.mark.parametrize("page", ["<script>x()</script>", "<html><body> </body></html>"])
def test_a_page_without_words_is_refused(page: str) -> None:
    with pytest.raises(Unreadable, match="holds no words"):
        a_reading(page)
