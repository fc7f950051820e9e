"""Reading HTML: what a page says, without what it shows round it."""

import re
import warnings
from typing import TYPE_CHECKING, NamedTuple

from lorewright.errors import Unreadable
from lorewright.ingest import gutenberg
from lorewright.ingest.declared import iso_date, language_code, title_from
from lorewright.ingest.decoding import decode
from lorewright.ingest.escaping import escaped
from lorewright.ingest.markdown import first_heading
from lorewright.ingest.reading import Reading

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.element import PageElement


class HtmlReader:
    """An HTML page as canonical Markdown.

    Headings, paragraphs, lists, tables, quotes and code are kept, links as their words;
    scripts, styles, navigation, forms, pictures and page numbers are left out. A marginal note
    (`class="sidenote"`) becomes a heading under the one above it, as it does in plain text.
    """

    name: str = "html"
    version: str = "1"
    suffixes: tuple[str, ...] = (".html", ".htm", ".xhtml")
    media_type: str = "text/html"

    def read(self, raw: bytes, *, file_name: str) -> Reading:
        """Read a whole page; raise `Unreadable` when it is none, or holds no words."""
        page = decode(raw, file_name=file_name, declared=declared_encoding(raw))
        read = read_page(page, file_name=file_name)
        if not read.text:
            raise Unreadable(
                "the page holds no words",
                where=file_name,
                hint="a page that a script fills must be saved from a browser first",
            )
        return Reading(
            text=read.text + "\n",
            media_type=self.media_type,
            reader=f"{self.name} {self.version}",
            title=read.imprint.title
            or read.facts.get("title")
            or first_heading(read.text)
            or title_from(file_name),
            author=read.imprint.author or read.facts.get("author"),
            date=iso_date(read.facts.get("date")),
            language=read.imprint.language or language_code(read.facts.get("language")),
            licence=read.imprint.licence or read.facts.get("licence"),
        )


class PageRead(NamedTuple):
    """What a page says."""

    text: str
    """Markdown without white space round it; empty for a page without words."""
    facts: dict[str, str]
    """What its head says, under `title`, `author`, `date`, `language` and `licence`."""
    imprint: gutenberg.Imprint


def read_page(page: str, *, file_name: str) -> PageRead:
    """The text of a page and what it says about itself, for every format that holds pages.

    Raises:
        Unreadable: when its elements nest too deeply.
    """
    try:
        return _read(page)
    except RecursionError as error:
        raise Unreadable(
            "the page nests its elements too deeply to be read",
            where=file_name,
            hint="save it from a browser as plain text, and give that",
        ) from error


def declared_encoding(raw: bytes) -> str | None:
    """The encoding that a page names in its first lines, as browsers look for it."""
    found = _CHARSET.search(raw[:2048])
    return (found[1] or found[2]).decode("ascii") if found else None


def _read(page: str) -> PageRead:
    from bs4 import BeautifulSoup

    with warnings.catch_warnings(action="ignore"):  # about XHTML, which is what we want to read
        soup = BeautifulSoup(page, "html.parser")
    facts = _facts(soup)
    imprint = _mark_gutenberg(soup)
    _drop_what_is_no_text(soup)
    _mark_sidenotes(soup)
    _escape_marks(soup)
    return PageRead(_markdown(soup), facts, imprint)


def _facts(soup: "BeautifulSoup") -> dict[str, str]:
    """What the head of a page says about it."""
    facts: dict[str, str] = {}
    if soup.title:
        facts["title"] = _words(soup.title)
    if soup.html and (language := soup.html.get("lang") or soup.html.get("xml:lang")):
        facts["language"] = str(language)
    for meta in soup.find_all("meta"):
        name = str(meta.get("name") or meta.get("property") or meta.get("http-equiv") or "")
        fact = _META.get(name.lower())
        content = " ".join(str(meta.get("content") or "").split())
        if fact and content:
            facts.setdefault(fact, content)
    if licence := soup.find(_is_licence_link):
        facts.setdefault("licence", str(licence.get("href") or "") or _words(licence))
    return {fact: words for fact, words in facts.items() if words}


def _is_licence_link(tag: "Tag") -> bool:
    return tag.name in {"a", "link"} and "license" in (tag.get_attribute_list("rel") or [])


def _mark_gutenberg(soup: "BeautifulSoup") -> gutenberg.Imprint:
    """Set headings over Project Gutenberg's header, title page and licence; read the header."""
    imprint = gutenberg.Imprint()
    for tag in soup.find_all(_may_be_gutenberg):
        words = tag.get_text()
        headings = {part.heading for part in gutenberg.parts(words)}
        if gutenberg.HEADER in headings:
            imprint = gutenberg.imprint_of(words)
            tag.insert_before(_heading(soup, gutenberg.HEADER))
            _mark_title_page(soup, tag, imprint.title or "Text")
        elif gutenberg.LICENCE in headings:
            tag.insert_before(_heading(soup, gutenberg.LICENCE))
    return imprint


def _may_be_gutenberg(tag: "Tag") -> bool:
    return tag.name == "pre" or tag.get("id") in {"pg-header", "pg-footer"}


def _mark_title_page(soup: "BeautifulSoup", header: "Tag", title: str) -> None:
    """Set a heading over what stands between `header` and the first paragraph of the book."""
    first = next((p for p in header.find_all_next("p") if _is_long_prose(_words(p))), None)
    if first is None:
        return
    above = first.find_previous(string=lambda words: bool(words and words.strip()))
    heading = above.find_parent(_HEADINGS) if above else None
    body = first if heading is None or heading.name == "h1" else heading
    for tag in header.find_all_next([*_HEADINGS, "p"]):
        if tag is body or tag is heading:
            break
        tag.name = "p"
    header.insert_after(_heading(soup, gutenberg.TITLE_PAGE))
    if heading is None or heading.name != "h1":
        body.insert_before(_heading(soup, title))


def _is_long_prose(words: str) -> bool:
    return len(words) > 150 and not gutenberg.is_credit(words) and not words.startswith("[")


def _heading(soup: "BeautifulSoup", words: str) -> "Tag":
    heading = soup.new_tag("h1")
    heading.string = words
    return heading


def _drop_what_is_no_text(soup: "BeautifulSoup") -> None:
    for words in soup.find_all(string=_is_for_machines):
        words.extract()
    for tag in soup.find_all(_NO_TEXT):
        tag.decompose()
    for tag in soup.find_all(class_=_PAGE_NUMBER):
        tag.decompose()
    for tag in soup.find_all(role="navigation"):
        tag.decompose()
    for words in soup.find_all(string=gutenberg.PAGE_MARK):
        if words.parent and _words(words.parent) == words.strip():
            words.extract()


def _is_for_machines(words: str | None) -> bool:
    """Whether a string of the tree is a comment, a declaration or the like."""
    from bs4.element import PreformattedString

    return isinstance(words, PreformattedString)


def _mark_sidenotes(soup: "BeautifulSoup") -> None:
    """Make headings of marginal notes, one level below the heading above them."""
    level = 2
    for tag in soup.find_all(_is_heading_or_sidenote):
        if tag.name in _HEADINGS:
            level = int(tag.name[1])
        else:
            tag.name = f"h{min(6, level + 1)}"


def _is_heading_or_sidenote(tag: "Tag") -> bool:
    return tag.name in _HEADINGS or "sidenote" in (tag.get_attribute_list("class") or [])


def _escape_marks(soup: "BeautifulSoup") -> None:
    """Keep words at the start of a paragraph from being taken for Markdown."""
    for words in soup.find_all(string=True):
        bare = words.lstrip()
        safe = escaped(bare)
        if safe != bare and _begins_a_paragraph(words):
            words.replace_with(safe)


def _begins_a_paragraph(words: "PageElement") -> bool:
    if words.parent is None or words.parent.name not in _PARAGRAPHS:
        return False
    return not any(str(before).strip() for before in words.previous_siblings)


def _markdown(soup: "BeautifulSoup") -> str:
    from markdownify import MarkdownConverter

    converter = MarkdownConverter(
        bullets="-",
        escape_asterisks=False,
        escape_underscores=False,
        heading_style="ATX",
        strip=["a", "img"],
        table_infer_header=True,
        wrap=True,
        wrap_width=None,
    )
    return _BLANK_LINES.sub("\n\n", converter.convert_soup(soup)).strip()


def _words(tag: "Tag") -> str:
    return " ".join(tag.get_text().split())


_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_PARAGRAPHS = frozenset({"p", "div", "dd", "body", "section", "article", "[document]"})
_NO_TEXT = [
    *("head", "script", "style", "noscript", "template", "nav", "form", "button", "iframe"),
    *("svg", "canvas", "audio", "video", "object", "map", "img"),
]
_PAGE_NUMBER = re.compile(r"^(?:pagenum|pageno|page-?number|newpage)$")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]+)|encoding\s*=\s*[\"']([\w.:-]+)")
_META = {
    "author": "author",
    "dc.creator": "author",
    "dcterms.creator": "author",
    "article:author": "author",
    "citation_author": "author",
    "og:title": "title",
    "dc.title": "title",
    "dcterms.title": "title",
    "date": "date",
    "dc.date": "date",
    "dcterms.date": "date",
    "dcterms.created": "date",
    "article:published_time": "date",
    "citation_publication_date": "date",
    "content-language": "language",
    "dc.language": "language",
    "dcterms.language": "language",
    "license": "licence",
    "licence": "licence",
    "dc.rights": "licence",
    "dcterms.rights": "licence",
    "dcterms.license": "licence",
    "copyright": "licence",
}
"""What the names of meta elements stand for."""
_BLANK_LINES = re.compile(r"\n\s*\n")
