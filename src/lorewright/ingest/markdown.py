"""Reading Markdown: the text stays as it is."""

import re

from lorewright.ingest.declared import iso_date, language_code, title_from
from lorewright.ingest.decoding import decode
from lorewright.ingest.reading import Reading
from lorewright.prose import BlockKind, blocks, heading_words


class MarkdownReader:
    """Markdown with or without YAML front matter."""

    name: str = "markdown"
    version: str = "1"
    suffixes: tuple[str, ...] = (".md", ".markdown", ".mdown", ".mkd")
    media_type: str = "text/markdown"

    def read(self, raw: bytes, *, file_name: str) -> Reading:
        """Read a whole text; raise `Unreadable` when it is none."""
        text = decode(raw, file_name=file_name)
        facts = front_matter(text)
        return Reading(
            text=text,
            media_type=self.media_type,
            reader=f"{self.name} {self.version}",
            title=facts.get("title") or first_heading(text) or title_from(file_name),
            author=facts.get("author") or facts.get("authors"),
            date=iso_date(facts.get("date")),
            language=language_code(facts.get("language") or facts.get("lang")),
            licence=facts.get("licence") or facts.get("license"),
        )


def front_matter(text: str) -> dict[str, str]:
    """The plain `key: value` lines of the front matter, keys in lower case.

    Of YAML this reads what front matter needs: words, quoted words, comments, and lists of
    words, which are joined by commas. Deeper structures are left alone.
    """
    first = next(blocks(text), None)
    if first is None or first.kind is not BlockKind.FRONT_MATTER:
        return {}
    facts: dict[str, str] = {}
    key = ""
    for line in text[first.start : first.end].split("\n")[1:-1]:
        if found := _KEY.match(line):
            key = found[1].lower()
            facts[key] = _value(found[2] or "")
        elif (item := _ITEM.match(line)) and key in facts:
            facts[key] = ", ".join(filter(None, (facts[key], _value(item[1]))))
    return {key: value for key, value in facts.items() if value}


def first_heading(text: str) -> str | None:
    """The first heading of level one."""
    for block in blocks(text):
        if block.kind is BlockKind.HEADING and block.level == 1:
            return heading_words(text, block) or None
    return None


def _value(words: str) -> str:
    words = words.strip()
    if quoted := _QUOTED.match(words):
        return quoted[1] if quoted[1] is not None else quoted[2].replace("''", "'")
    words = _COMMENT.sub("", words).strip()
    if words.startswith("[") and words.endswith("]"):
        return ", ".join(filter(None, (_value(part) for part in words[1:-1].split(","))))
    return "" if words in _NOTHING else words


_KEY = re.compile(r"([\w.-]+)[ \t]*:(?:[ \t]+(.*)|$)")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)")
_QUOTED = re.compile(r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')""")
_COMMENT = re.compile(r"(?:^|[ \t])#.*")
_NOTHING = frozenset({"", "|", ">", "|-", ">-", "~", "null", "{}", "[]"})
