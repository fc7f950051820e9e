"""What carries loss, to be looked at before anything is trained."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lorewright.errors import BadMask
from lorewright.inference import ChatTokenizer
from lorewright.templates import Masked
from lorewright.train.base_model import token_limit, told_date
from lorewright.train.lengths import TooLong
from lorewright.train.lines import Line


class SplitLine(NamedTuple):
    """A conversation and the split that it stands in."""

    split: str
    line: Line


@dataclass(frozen=True, slots=True)
class MaskedExample:
    """One example as the base model reads it."""

    name: str
    split: str
    renderings: tuple[Masked, ...]
    """Several where the template writes another prompt for every answer."""

    @property
    def tokens(self) -> int:
        """Of all its renderings."""
        return sum(len(one.tokens) for one in self.renderings)

    @property
    def loss_tokens(self) -> int:
        """How many of them carry loss."""
        return sum(one.loss_tokens for one in self.renderings)

    @property
    def longest(self) -> int:
        """Tokens of its longest rendering."""
        return max(len(one.tokens) for one in self.renderings)


class Unmasked(NamedTuple):
    """An example that cannot be masked exactly, so training would be refused."""

    name: str
    sentence: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class MaskView:
    """The first examples with their masks, and counts and troubles of all."""

    base: str
    allowed: int | None
    """Tokens of the longest rendering that may be trained."""
    told_date: str | None
    """The date that the template is told, where it asks for today's."""
    examples: int
    renderings: int
    tokens: int
    loss_tokens: int
    shown: tuple[MaskedExample, ...]
    too_long: tuple[TooLong, ...]
    unmasked: tuple[Unmasked, ...]

    @property
    def can_be_trained(self) -> bool:
        """Whether every example can be masked exactly and fits."""
        return not self.too_long and not self.unmasked


def view_masks(
    lines: Iterable[SplitLine], folder: Path, *, base: str, max_length: int | None, count: int
) -> MaskView:
    """Mask every line as training does, and keep the first ones to be shown.

    Args:
        lines: the conversations; read once, so that any number needs no more memory.
        folder: config and tokenizer of the base model; weights are not needed.
        base: how the base is called.
        max_length: the operator's limit in tokens, which the base model's own may undercut.
        count: how many are kept to be shown.

    Raises:
        BadMask: when the base has no chat template.
        OutsideError: when its config cannot be read.
        MissingExtra: when transformers is not installed.
    """
    tokenizer = ChatTokenizer.open(folder)
    limits = [limit for limit in (max_length, token_limit(folder)) if limit is not None]
    allowed = min(limits, default=None)
    seen = _Seen(count)
    for split, line in lines:
        try:
            renderings = tokenizer.masked(line.name, line.turns)
        except BadMask as error:
            seen.unmasked.append(Unmasked(line.name, error.sentence, error.hint))
        else:
            seen.add(MaskedExample(line.name, split, renderings), allowed=allowed)
    return MaskView(
        base=base,
        allowed=allowed,
        told_date=told_date(folder),
        examples=seen.examples + len(seen.unmasked),
        renderings=seen.renderings,
        tokens=seen.tokens,
        loss_tokens=seen.loss_tokens,
        shown=tuple(seen.shown),
        too_long=tuple(seen.too_long),
        unmasked=tuple(seen.unmasked),
    )


class _Seen:
    """What was seen so far."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.examples = self.renderings = self.tokens = self.loss_tokens = 0
        self.shown: list[MaskedExample] = []
        self.too_long: list[TooLong] = []
        self.unmasked: list[Unmasked] = []

    def add(self, example: MaskedExample, *, allowed: int | None) -> None:
        """Count `example`, and keep it while there is room."""
        self.examples += 1
        self.renderings += len(example.renderings)
        self.tokens += example.tokens
        self.loss_tokens += example.loss_tokens
        if allowed is not None and example.longest > allowed:
            self.too_long.append(TooLong(example.name, example.longest))
        if len(self.shown) < self._count:
            self.shown.append(example)
