"""Reading EPUB: the chapters of a book in the order in which it is read."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from lorewright.errors import Unreadable
from lorewright.ingest import gutenberg
from lorewright.ingest.archive import Archive, part_beside
from lorewright.ingest.declared import iso_date, language_code, sensible_title, title_from
from lorewright.ingest.decoding import decode
from lorewright.ingest.html import declared_encoding, read_page
from lorewright.ingest.markdown import first_heading
from lorewright.ingest.markup import OnStart, UnsafeMarkup, scan
from lorewright.ingest.reading import Reading


class EpubReader:
    """A book in EPUB as one canonical Markdown text, its chapters in order.

    Chapters are read as HTML pages are. The book's own table of contents is left out.
    """

    name: str = "epub"
    version: str = "1"
    suffixes: tuple[str, ...] = (".epub",)
    media_type: str = "application/epub+zip"

    def read(self, raw: bytes, *, file_name: str) -> Reading:
        """Read a whole book; raise `Unreadable` when it is locked, broken or unsafe."""
        archive = Archive(raw, file_name=file_name)
        package = _package_of(archive)
        chapters = _chapters_of(package, archive)
        _refuse_locked(archive, chapters)
        texts: list[str] = []
        imprint = gutenberg.Imprint()
        for name in chapters:
            read = read_page(_page(archive, name, file_name), file_name=f"{file_name}: {name}")
            imprint = imprint if imprint.title else read.imprint
            texts += [read.text] if read.text else []
        if not texts:
            raise archive.refusal(
                "the book holds no words", hint="text in pictures must be recognised first"
            )
        text = "\n\n".join(texts) + "\n"
        facts = package.facts
        return Reading(
            text=text,
            media_type=self.media_type,
            reader=f"{self.name} {self.version}",
            title=imprint.title
            or sensible_title(facts.get("title"), file_name)
            or first_heading(text)
            or title_from(file_name),
            author=imprint.author or facts.get("creator"),
            date=iso_date(facts.get("date")),
            language=imprint.language or language_code(facts.get("language")),
            licence=imprint.licence or facts.get("rights"),
        )


class _Item(NamedTuple):
    """A part that the package lists."""

    address: str
    media_type: str
    properties: str


@dataclass(slots=True)
class _Package:
    """What the package document says."""

    name: str
    facts: dict[str, str] = field(default_factory=dict[str, str])
    items: dict[str, _Item] = field(default_factory=dict[str, _Item])
    order: list[str] = field(default_factory=list[str])
    _words: list[str] = field(default_factory=list[str])

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note an element that begins."""
        self._words.clear()
        match name.rpartition("}")[2]:
            case "item":
                self.items[attributes.get("id", "")] = _Item(
                    attributes.get("href", ""),
                    attributes.get("media-type", ""),
                    attributes.get("properties", ""),
                )
            case "itemref":
                self.order.append(attributes.get("idref", ""))
            case _:
                pass

    def end(self, name: str) -> None:
        """Note an element that ends; authors are joined, of anything else the first counts."""
        space, _, key = name.rpartition("}")
        said = " ".join("".join(self._words).split())
        self._words.clear()
        if not said or not space.startswith(_DUBLIN_CORE):
            return
        if key == "creator" and key in self.facts:
            self.facts[key] += f", {said}"
        self.facts.setdefault(key, said)

    def words(self, words: str) -> None:
        """Note words between two marks."""
        self._words.append(words)


def _package_of(archive: Archive) -> _Package:
    found: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.endswith("}rootfile") and (path := attributes.get("full-path")):
            found.append(path)

    if _CONTAINER not in archive.names:
        raise archive.refusal("the file is a ZIP archive, but no EPUB: it has no container.xml")
    _scan(archive, _CONTAINER, start=start)
    if not found:
        raise archive.refusal("the book does not say where its list of chapters lies")
    path = part_beside("", found[0])
    if path is None:
        raise _outside(archive, found[0])
    package = _Package(path)
    _scan(archive, path, package=package)
    return package


def _scan(
    archive: Archive, name: str, *, start: OnStart | None = None, package: _Package | None = None
) -> None:
    raw = archive.read(name)
    try:
        if package:
            scan(raw, on_start=package.start, on_end=package.end, on_words=package.words)
        else:
            scan(raw, on_start=start)
    except UnsafeMarkup as error:
        raise archive.refusal(f"the part {name!r} {error}") from error


def _chapters_of(package: _Package, archive: Archive) -> list[str]:
    """The parts that are read, each once, in order."""
    names: dict[str, None] = {}
    missing: list[str] = []
    there = set(archive.names)
    for id_ in package.order:
        item = package.items.get(id_)
        if item is None:
            missing.append(id_)
            continue
        if "nav" in item.properties.split() or item.media_type not in _PAGES:
            continue
        name = part_beside(package.name, item.address)
        if name is None:
            raise _outside(archive, item.address)
        if name not in there:
            missing.append(item.address)
        names[name] = None
    if missing:
        shown = ", ".join(map(repr, missing[:3])) + (", ..." if len(missing) > 3 else "")
        raise archive.refusal(
            f"{len(missing)} of the {len(package.order)} chapters are missing from the book: "
            f"{shown}"
        )
    if not names:
        raise archive.refusal("the book lists no chapters")
    return list(names)


def _refuse_locked(archive: Archive, chapters: list[str]) -> None:
    """Raise `Unreadable` when a chapter is encrypted; fonts that are masked do not matter."""
    locked: set[str] = set()

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.endswith("}CipherReference") and (uri := attributes.get("URI")):
            locked.add(part_beside("", uri) or uri)

    if _LOCKS in archive.names:
        _scan(archive, _LOCKS, start=start)
    if locked.intersection(chapters):
        raise archive.refusal(
            "the book is locked by its seller (DRM), so its words cannot be read",
            hint="get a copy that is not locked, from the publisher or the author",
        )


def _page(archive: Archive, name: str, file_name: str) -> str:
    raw = archive.read(name)
    if not raw.strip():
        return ""
    if _ENTITY.search(raw):
        raise archive.refusal(
            f"the part {name!r} declares entities, which could expand without end"
        )
    return decode(raw, file_name=f"{file_name}: {name}", declared=declared_encoding(raw))


def _outside(archive: Archive, address: str) -> Unreadable:
    return archive.refusal(
        f"the book points at {address!r}, which lies outside of it",
        hint="such a book is broken, or made to read files that are not its own",
    )


_CONTAINER = "META-INF/container.xml"
_LOCKS = "META-INF/encryption.xml"
_DUBLIN_CORE = "http://purl.org/dc/elements/"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
