"""The masks that were written by hand, and the tokens that they stand for."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.records import Turn
from templates.stand_ins import PUBLISHED

_BY_HAND = tomllib.loads((Path(__file__).parent / "by_hand.toml").read_text(encoding="utf-8"))
CONVERSATIONS: dict[str, list[list[str]]] = _BY_HAND["conversations"]
MASKS: dict[str, dict[str, list[str]]] = _BY_HAND["masks"]
REFUSED: dict[str, dict[str, str]] = _BY_HAND["refused"]
SOURCES: dict[str, dict[str, str]] = tomllib.loads(
    (PUBLISHED / "sources.toml").read_text(encoding="utf-8")
)


class ByHand(NamedTuple):
    """A rendering as it was written down: its text, and the characters that carry loss."""

    text: str
    trained: list[tuple[int, int]]


def read_by_hand(marked: str) -> ByHand:
    """Take the marks out, and remember where they stood."""
    text, trained = "", list[tuple[int, int]]()
    for number, part in enumerate(marked.replace("⟧", "⟦").split("⟦")):
        if number % 2:
            trained.append((len(text), len(text) + len(part)))
        text += part
    return ByHand(text, trained)


def turns_of(name: str) -> tuple[Turn, ...]:
    """The conversation of this name."""
    return tuple(
        Turn.model_validate({"role": role, "text": text}) for role, text in CONVERSATIONS[name]
    )


def expected_tokens(by_hand: ByHand, raw: Any) -> Iterator[tuple[int, bool]]:
    """Every token of the text written by hand, and whether its characters lie in a mark."""
    encoded = raw.encode(by_hand.text, add_special_tokens=False)
    controls = {number for number, token in raw.get_added_tokens_decoder().items() if token.special}
    for number, (start, end) in zip(encoded.ids, encoded.offsets, strict=True):
        words = by_hand.text[start:end]
        # A control token has its own characters, without white space that it swallows.
        left = start + (len(words) - len(words.lstrip()) if number in controls else 0)
        right = left + len(words.strip()) if number in controls else end
        yield number, any(first <= left < right <= last for first, last in by_hand.trained)
