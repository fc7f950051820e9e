"""What a question may take from the document around a passage."""

import re
import zlib
from dataclasses import dataclass

from lorewright.generate.extractive.tokens import Token
from lorewright.generate.extractive.vocabulary import Vocabulary, vocabulary_of


@dataclass(frozen=True)
class Context:
    """The document and the section that a passage stands in."""

    text: str
    author: str | None
    heading: str
    """The heading of the section, without its number; empty when there is none."""
    title: str = ""
    """The title of the document, which is no heading."""

    @property
    def vocabulary(self) -> Vocabulary:
        """What the whole document tells about its words."""
        return vocabulary_of(self.text)

    @property
    def names(self) -> tuple[str, ...]:
        """How the author may be called, the usual way first; *the author* when unknown."""
        if not self.author:
            return ("the author",)
        short = surname(self.author)
        return (short, self.author) if short != self.author else (self.author,)

    def name_for(self, salt: str) -> str:
        """One of `names`, always the same for the same `salt`."""
        return pick(self.names, salt)

    def words(self, tokens: tuple[Token, ...]) -> str:
        """The text from the first to the last token, on one line and without emphasis."""
        return one_line(self.text[tokens[0].start : tokens[-1].end])

    def mid(self, tokens: tuple[Token, ...]) -> str:
        """`words`, with the small letter that the first word has within a sentence."""
        words, first = self.words(tokens), tokens[0].text
        shouts = len(first) > 1 and first.isupper()
        names = [token.tag == "NNP" and token.text[0].isupper() for token in tokens[:2]]
        if first == "I" or shouts or names == [True, True]:
            return words
        if first[0].isupper() and self.vocabulary.is_name(first):
            return words
        return words[:1].lower() + words[1:]


def pick(choices: tuple[str, ...] | list[str], salt: str) -> str:
    """One of `choices`, spread evenly and always the same for the same `salt`."""
    return choices[zlib.crc32(salt.encode()) % len(choices)]


def one_line(words: str) -> str:
    """Without line breaks and without the marks of emphasis."""
    bare = _ESCAPED.sub(r"\1", words)
    bare = re.sub(r"\*\*|__|(?<!\w)[_*]|[_*](?!\w)|`", "", bare)
    return re.sub(r"\s+", " ", bare).strip()


_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!>|~-])")


def surname(author: str) -> str:
    """The last name of a person; the whole name of several people or of an organisation."""
    parts = author.split()
    looks_like_a_person = (
        2 <= len(parts) <= 4
        and all(re.fullmatch(r"[^\W\d_][\w.'\u2019-]*", part) for part in parts)
        and not _ORGANISATION.search(author)
        and all(part[0].isupper() for part in (parts[0], parts[-1]))
    )
    if not looks_like_a_person:
        return author
    if parts[-1].rstrip(".").lower() in {"jr", "sr", "phd", "md", "ii", "iii"}:
        parts = parts[:-1]
    return parts[-1]


_ORGANISATION = re.compile(
    r"\b(?:and|inc|ltd|gmbh|group|team|university|institute|association|society|office|company|committee|department|foundation|council|the|of)\b",
    re.IGNORECASE,
)
