"""Reading DOCX: the text by its styles, with tables and footnotes."""

import gc
import re
from collections.abc import Generator
from contextlib import contextmanager
from io import BytesIO

from lorewright.errors import Unreadable
from lorewright.ingest.archive import Archive
from lorewright.ingest.declared import (
    iso_date,
    language_code,
    sensible_author,
    sensible_title,
    title_from,
)
from lorewright.ingest.decoding import decode
from lorewright.ingest.docx_runs import MEDIA, with_whole_runs
from lorewright.ingest.extra import library
from lorewright.ingest.html import read_page
from lorewright.ingest.markdown import first_heading
from lorewright.ingest.markup import UnsafeMarkup, facts_in, scan
from lorewright.ingest.reading import Reading


class DocxReader:
    """A Word document as canonical Markdown.

    Styles make headings, lists, quotes and code; deletions that are tracked, comments, heads,
    feet, pictures and the table of contents are left out, and footnotes stand at the end.
    Macros are never looked at, let alone run.
    """

    name: str = "docx"
    version: str = "1"
    suffixes: tuple[str, ...] = (".docx", ".docm", ".dotx")
    media_type: str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    def read(self, raw: bytes, *, file_name: str) -> Reading:
        """Read a whole document; raise `Unreadable` when it is broken or unsafe."""
        archive = Archive(raw, file_name=file_name)
        _refuse_unsafe_parts(archive)
        page = _as_html(archive, file_name)
        if not page:
            raise _without_words(archive)
        read = read_page(decode(page.encode(), file_name=file_name), file_name=file_name)
        if not read.text:
            raise _without_words(archive)
        facts = facts_in(archive.read(_FACTS)) if _FACTS in archive.names else {}
        return Reading(
            text=read.text + "\n",
            media_type=self.media_type,
            reader=f"{self.name} {self.version}",
            title=read.imprint.title
            or sensible_title(facts.get("title"), file_name)
            or first_heading(read.text)
            or title_from(file_name),
            author=read.imprint.author or sensible_author(facts.get("creator")),
            date=iso_date(facts.get("created")),
            language=read.imprint.language or language_code(facts.get("language")),
            licence=read.imprint.licence or facts.get("rights"),
        )


def _refuse_unsafe_parts(archive: Archive) -> None:
    """Look through every part that is XML, whatever it is called, before anybody else parses it."""
    for name in archive.names:
        if name.endswith("/") or name.startswith(MEDIA):
            continue
        part = archive.read(name)
        if not part.lstrip(_BEFORE_MARKUP).startswith((b"<", b"\0<")):
            continue
        try:
            scan(part)
        except UnsafeMarkup as error:
            raise archive.refusal(f"the part {name!r} {error}") from error


def _as_html(archive: Archive, file_name: str) -> str:
    mammoth = library("mammoth", file_name=file_name)
    try:
        with _without_collecting():
            made = mammoth.convert_to_html(
                BytesIO(with_whole_runs(archive)),
                style_map=_STYLES,
                include_default_style_map=False,
                include_embedded_style_map=False,
                external_file_access=False,
                convert_image=_no_picture,
            )
    except RecursionError as error:
        raise archive.refusal("the document nests its tables or boxes too deeply") from error
    except Exception as error:  # whatever a broken document makes it stumble over
        raise archive.refusal("the file is a damaged DOCX: its text cannot be found") from error
    return _with_footnotes(str(made.value))


@contextmanager
def _without_collecting() -> Generator[None]:
    """Let no garbage collection go through a tree that is all alive: it takes a fifth longer."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _no_picture(_image: object) -> list[object]:
    return []


def _with_footnotes(page: str) -> str:
    """`page` with a heading over its notes, without arrows back, and with lines in its code."""
    page = _PREFORMATTED.sub(lambda found: found[0].replace("<br />", "\n"), _BACK.sub("", page))
    return _NOTES.sub(r"<h1>Footnotes</h1>\g<0>", page, count=1)


def _without_words(archive: Archive) -> Unreadable:
    return archive.refusal(
        "the document holds no words", hint="text in pictures must be recognised first"
    )


_FACTS = "docProps/core.xml"
_BEFORE_MARKUP = b"\xef\xbb\xbf\xff\xfe \t\r\n"
_BACK = re.compile(r'\s*<a href="#(?:foot|end)note-ref-[^"]*">[^<]*</a>')
_PREFORMATTED = re.compile(r"<pre>.*?</pre>", re.DOTALL)
_NOTES = re.compile(r'<ol><li id="(?:foot|end)note-')


def _lists() -> str:
    """A rule for each kind of list at each depth: the items of an inner list lie in an outer."""
    rules: list[str] = []
    for depth in range(1, 6):
        outer = "ul|ol > li > " * (depth - 1)
        rules += [
            f"p:{kind}-list({depth}) => {outer}{tag} > li:fresh"
            for kind, tag in (("unordered", "ul"), ("ordered", "ol"))
        ]
    return "\n".join(rules)


_STYLES = f"""
p[style-name='Title'] => h1:fresh
{chr(10).join(f"p[style-name='heading {level}'] => h{level}:fresh" for level in range(1, 7))}
p[style-name='Heading'] => h1:fresh
{_lists()}
p[style-name^='toc '] => !
p[style-name^='Contents '] => !
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Block Text'] => blockquote > p:fresh
p[style-name='Quotations'] => blockquote > p:fresh
p[style-name='Source Code'] => pre:separator('\\n')
p[style-name='HTML Preformatted'] => pre:separator('\\n')
p[style-name='Preformatted Text'] => pre:separator('\\n')
r[style-name='Strong'] => strong
"""
