"""Words with their place and their part of speech."""

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.generate.extractive.words import word_set


class Token(NamedTuple):
    """One word or mark of a text."""

    text: str
    lower: str
    tag: str
    """Penn Treebank part of speech; marks stand for themselves."""
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """True for words and numbers, false for punctuation."""
        return self.text[0].isalnum() or self.lower in _CLITICS

    @property
    def is_noun(self) -> bool:
        """True for common and proper nouns."""
        return self.tag.startswith("NN")


def tokens(text: str, start: int, end: int) -> tuple[Token, ...]:
    """Tag the words of `text[start:end]`; offsets are those of `text`.

    Marks of emphasis (`_`, `*`, backticks) are left out, since they are no words.
    """
    found = [m for m in _PIECE.finditer(text, start, end) if m.group() not in _EMPHASIS]
    words = [m.group() for m in found]
    tags = _mended(words, _tags(words))
    return tuple(
        Token(word, word.lower().replace("\u2019", "'"), tag, m.start(), m.end())
        for word, tag, m in zip(words, tags, found, strict=True)
    )


def is_listed(word: str) -> bool:
    """Whether the lexicon knows the lower-case `word` as anything but a name."""
    tag: str | None = _lexicon().get(word)
    return tag is not None and not tag.startswith("NNP")


def listed_tag(word: str) -> str | None:
    """The most frequent part of speech of `word`, if the lexicon has it."""
    tag: str | None = _lexicon().get(word)
    return tag


_EMPHASIS = frozenset({"_", "*", "**", "`", "__", "\\"})
_CLITICS = frozenset({"n't", "'s", "'ll", "'re", "'ve", "'d", "'m"})
_PIECE = re.compile(
    r"[^\W\d_]+?(?=n['\u2019]t\b)"  # the "do" of don't
    r"|n['\u2019]t\b"
    r"|['\u2019](?:s|ll|re|ve|d|m)\b"
    r"|\d+(?:[.,:/]\d+)*(?:st|nd|rd|th|s)?\b"
    r"|[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*"  # words, hyphenated words
    r"|\*\*|__|--+|\.\.\.|[^\w\s]|_|\w"
)


@cache
def _parser() -> Any:
    # textblob ships no types; the tagger is its Pattern parser, whose lexicon is bundled.
    module: Any = import_module("textblob.en")  # half a second, only when text is read
    return module.parser


@cache
def _lexicon() -> dict[str, str]:
    """The bundled lexicon; read here, since textblob's own reader leaves the file open."""
    path: str = _parser().lexicon.path
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    entries = (line.split(" ") for line in lines if line.strip() and not line.startswith(";;;"))
    return {entry[0]: entry[1] for entry in entries if len(entry) > 1}


def _tags(words: list[str]) -> list[str]:
    pairs: list[list[str]] = _parser().find_tags(list(words), lexicon=_lexicon()) if words else []
    return [_corrected(word, tag) for word, tag in pairs]


def _mended(words: list[str], tags: list[str]) -> list[str]:
    """Mend by their neighbours the tags of words that are noun or verb by turns."""
    for i in range(1, len(tags)):
        tags[i] = _by_neighbours(words, tags, i)
    return tags


def _by_neighbours(words: list[str], tags: list[str], i: int) -> str:
    word, tag, before = words[i].lower(), tags[i], words[i - 1].lower()
    after = tags[i + 1] if i + 1 < len(tags) else ""
    if tags[i - 1] == "TO" and (tag == "VBP" or word in word_set("verbs", "imperative")):
        return "VB"  # "to open"
    if tag == "NN" and before in {"you", "we", "they", "i"}:
        return "VBP"  # "you offer"
    if tag != "NNS":
        return tag
    opens_clause = i + 1 < len(words) and words[i + 1].lower() in _CONJUNCTIONS
    is_verb = tags[i - 1] == "NN" and (after in {"DT", "PRP", "PRP$"} or opens_clause)
    return "VBZ" if is_verb or before in {"it", "he", "she"} else tag  # "cold air cracks the"


_CONJUNCTIONS = frozenset({"because", "before", "if", "unless", "until", "when", "while"})


def _corrected(word: str, tag: str) -> str:
    """Mend what the tagger gets wrong for words of closed classes."""
    return _CLOSED.get(word.lower(), tag or "NN")


_CLOSED = {
    **dict.fromkeys(
        ("can", "could", "may", "might", "must", "shall", "should", "will", "would", "ought"), "MD"
    ),
    **dict.fromkeys(("not", "never", "always", "often", "n't", "n\u2019t"), "RB"),
    **dict.fromkeys(("is", "has", "does"), "VBZ"),
    **dict.fromkeys(("are", "have", "do", "am"), "VBP"),
    **dict.fromkeys(("was", "were", "had", "did"), "VBD"),
    **dict.fromkeys(("every", "any", "each", "no", "the", "a", "an", "some"), "DT"),
    **dict.fromkeys(
        ("than", "whether", "because", "unless", "until", "without", "if", "upon"), "IN"
    ),
    **dict.fromkeys(
        ("you", "we", "i", "he", "she", "it", "they", "me", "us", "him", "them"), "PRP"
    ),
    **dict.fromkeys(("my", "your", "our", "its", "their", "his"), "PRP$"),
    **dict.fromkeys(("who", "whom"), "WP"),
    **dict.fromkeys(("and", "or", "nor", "but"), "CC"),
    "'s": "POS",
    "\u2019s": "POS",
    "people": "NNS",
    "men": "NNS",
    "women": "NNS",
    "children": "NNS",
}
