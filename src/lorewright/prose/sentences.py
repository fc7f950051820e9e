"""Where the sentences of a passage begin and end."""

from typing import NamedTuple

# syntok ships no type stubs; the two calls below are all that is used of it.
from syntok import segmenter  # pyright: ignore[reportMissingTypeStubs]
from syntok.tokenizer import Tokenizer  # pyright: ignore[reportMissingTypeStubs]


class Span(NamedTuple):
    """A stretch of a text, `[start, end)` in Unicode code points."""

    start: int
    end: int


def sentences(text: str, start: int, end: int) -> list[Span]:
    """The sentences of `text[start:end]`, trimmed of white space, with offsets into `text`.

    Hand over one paragraph at a time: the splitter takes two to five seconds per million
    characters, and a sentence never leaves its paragraph.
    """
    tokens = _TOKENIZER.tokenize(text[start:end], start)
    split = segmenter.segment(tokens)  # pyright: ignore[reportUnknownMemberType] - as above
    found: list[Span] = []
    for sentence in split:
        words = [token for token in sentence if token.value.strip()]
        if words:  # the splitter may end a text with an empty token
            last = words[-1]
            found.append(Span(words[0].offset, last.offset + len(last.value)))
    return found


_TOKENIZER = Tokenizer(emit_hyphen_or_underscore_sep=True, replace_not_contraction=False)
