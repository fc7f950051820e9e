"""The sources as a bibliography: BibTeX for papers, CSL-JSON for programs."""

import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from lorewright.release.facts import SourceFacts

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "%": r"\%",
    "&": r"\&",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
"""Braces by their names: BibTeX counts them even behind a backslash."""
_IN_AN_ADDRESS = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20", '"': "%22"}
_ADDRESS = re.compile(r"https?://\S+")
_KEY_DIGITS = 8


def bibtex(sources: Sequence[SourceFacts]) -> str:
    """One entry per source, in UTF-8, with every character that LaTeX would obey escaped."""
    entries = [_entry(key, one) for key, one in zip(keys(sources), sources, strict=True)]
    return "\n".join(entries)


def csl_json(sources: Sequence[SourceFacts]) -> str:
    """The same as a list of CSL items, under the same keys."""
    items = [_item(key, one) for key, one in zip(keys(sources), sources, strict=True)]
    return json.dumps(items, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def keys(sources: Sequence[SourceFacts]) -> list[str]:
    """A key for each source: a word of the author or title, the year, and digits of its name.

    Sources have different names, so as many digits are taken as keep the keys apart.
    """
    for digits in (_KEY_DIGITS, 64):
        found = [f"{_word(one)}{_year(one) or ''}-{one.ref.id[:digits]}" for one in sources]
        if len(set(found)) == len(found):
            return found
    raise ValueError("the same source stands in the list twice")


def _entry(key: str, one: SourceFacts) -> str:
    fields = {
        "title": "{" + _escaped(one.title) + "}",
        "author": "{" + _escaped(one.author) + "}" if one.author else None,
        "year": _year(one),
        "month": one.date[5:7] if one.date and len(one.date) >= 7 else None,
        "language": _escaped(one.language) if one.language else None,
        "url": _address(one),
        "note": _escaped(_note(one)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    kind = "book" if _type(one) == "book" else "misc"
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def _item(key: str, one: SourceFacts) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": key,
        "type": _type(one),
        "title": _squeezed(one.title),
        "note": _note(one),
    }
    if one.author:
        item["author"] = [{"literal": _squeezed(one.author)}]
    if one.date:
        item["issued"] = {"date-parts": [[int(part) for part in one.date.split("-")]]}
    if one.language:
        item["language"] = one.language
    if address := _address(one):
        item["URL"] = address
    return item


def _type(one: SourceFacts) -> str:
    """What a source is, as far as its file tells: a page of the web, a book, or a manuscript."""
    if _address(one) and one.media_type in {"text/html", "application/xhtml+xml"}:
        return "webpage"
    return "book" if one.author else "manuscript"


def _note(one: SourceFacts) -> str:
    parts = [f"licence: {one.licence}", f"file: {one.file_name}", f"sha256: {one.sha256}"]
    if one.origin and not _address(one):
        parts.append(f"origin: {one.origin}")
    return _squeezed("; ".join(parts))


def _address(one: SourceFacts) -> str | None:
    """Where it stands on the web, with what would end a BibTeX field written as its code."""
    if not one.origin or not _ADDRESS.fullmatch(one.origin.strip()):
        return None
    return "".join(_IN_AN_ADDRESS.get(character, character) for character in one.origin.strip())


def _year(one: SourceFacts) -> str | None:
    return one.date[:4] if one.date else None


def _word(one: SourceFacts) -> str:
    """The author's last word, or the title's first long one, in small ASCII letters."""
    words = [_ascii(word) for word in (one.author or "").split()[-1:] + one.title.split()]
    return next((word for word in words if len(word) > 2), "source")


def _ascii(word: str) -> str:
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", word).lower())


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in _squeezed(text))


def _squeezed(text: str) -> str:
    """`text` on one line, without characters that no page prints."""
    shown = "".join(
        character if unicodedata.category(character)[0] != "C" else " " for character in text
    )
    return " ".join(shown.split())
