"""A base model's tokenizer together with its chat template."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2

from lorewright.errors import BadMask
from lorewright.inference.libraries import library
from lorewright.records import Turn
from lorewright.templates import (
    Masked,
    Message,
    Rendered,
    Token,
    check_begin_token,
    check_trained_text,
    last_answer,
    prompt_of,
    renderings,
    token_labels,
    with_fixed_date,
)

_TEMPLATE_TROUBLE = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""A template is a program from outside: what it cannot do with a conversation may come as any of
these."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One rendering as tokens."""

    name: str
    """Of the example that it comes from."""
    ids: tuple[int, ...]
    labels: tuple[bool, ...]
    """Which tokens carry loss, one value per token."""


class ChatTokenizer:
    """Turns conversations into tokens, the same way for training, scoring and answering.

    No token is added to what the chat template writes, as serving engines do it.
    """

    def __init__(self, tokenizer: Any, folder: Path) -> None:
        self._tokenizer = tokenizer
        self._folder = folder

    @classmethod
    def open(cls, folder: Path) -> "ChatTokenizer":
        """Open the tokenizer in a base model's folder.

        Raises:
            BadMask: when it has no chat template, or cannot say where its tokens stand.
            MissingExtra: when transformers is not installed.
        """
        transformers = library("transformers")
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError) as error:
            raise BadMask(
                f"the tokenizer cannot be read: {error}",
                where=str(folder),
                hint="the folder must hold tokenizer.json and tokenizer_config.json",
            ) from error
        if not tokenizer.chat_template:
            raise BadMask(
                "the tokenizer has no chat template",
                where=str(folder),
                hint="take the instruct version of the base model, or put a chat_template.jinja "
                "into its folder",
            )
        if not tokenizer.is_fast:
            raise BadMask(
                "the tokenizer cannot say which characters its tokens stand for",
                where=str(folder),
                hint="the folder must hold a tokenizer.json",
            )
        return cls(tokenizer, folder)

    def samples(self, name: str, turns: Sequence[Turn]) -> tuple[Sample, ...]:
        """Tokens of a conversation in which every assistant turn carries loss exactly once.

        Args:
            name: how errors call the conversation.
            turns: the conversation, ending with the assistant's turn.

        Raises:
            BadMask: when the mask cannot be exact; `where` begins with `name`.
        """
        return tuple(_sample(name, one) for one in self.masked(name, turns))

    def masked(self, name: str, turns: Sequence[Turn]) -> tuple[Masked, ...]:
        """What `samples` is made from: each rendering with the characters of its tokens.

        Raises:
            BadMask: as `samples` does.
        """

        def rendered() -> tuple[Rendered, ...]:
            return renderings(turns, render=self._render, control_tokens=self._control_ids)

        return tuple(self._checked(name, rendered))

    def last_answer(self, name: str, turns: Sequence[Turn]) -> Sample:
        """Tokens of a conversation in which only the last turn, the answer, carries loss.

        Raises:
            BadMask: as `samples` does.
        """

        def rendered() -> tuple[Rendered, ...]:
            return (last_answer(turns, render=self._render, control_tokens=self._control_ids),)

        return _sample(name, next(self._checked(name, rendered)))

    def windows(self, text: str, width: int) -> Iterator[Sample]:
        """Tokens of plain text, outside of any conversation, cut into pieces of `width`.

        Each piece is begun as the base model begins a text; without such a token its first
        token carries no loss, since nothing stands before it. A piece of a single token that
        carries none is left out.

        Args:
            text: as it is.
            width: tokens of a piece; the last one may be shorter.
        """
        ids = list(self._tokenizer(text, add_special_tokens=False)["input_ids"])
        begin = self._tokenizer.bos_token_id
        before = () if begin is None else (begin,)
        for number, at in enumerate(range(0, len(ids), width), start=1):
            piece = (*before, *ids[at : at + width])
            if len(piece) > 1:
                labels = (False, *(True for _ in piece[1:]))
                yield Sample(f"window {number}", piece, labels)

    def prompt_ids(self, turns: Sequence[Turn]) -> list[int]:
        """The tokens after which the base model answers `turns`."""
        text = prompt_of(turns, render=self._render)
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def text(self, ids: Sequence[int]) -> str:
        """What tokens read as, without control tokens."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True))

    @cached_property
    def _template(self) -> str:
        return with_fixed_date(str(self._tokenizer.get_chat_template()))

    @cached_property
    def stop_ids(self) -> list[int]:
        """The tokens that end an answer: the template's end of turn and the tokenizer's own."""
        probe = (Turn(role="user", text="a"), Turn(role="assistant", text="b"))
        rendered = last_answer(probe, render=self._render, control_tokens=self._control_ids)
        found = {self._control_ids[rendered.end_of_turn], self._tokenizer.eos_token_id}
        return sorted(found - {None})

    @cached_property
    def _control_ids(self) -> dict[str, int]:
        """Every control token and its number."""
        added = self._tokenizer.added_tokens_decoder
        return {token.content: number for number, token in added.items() if token.special}

    def _render(self, messages: Sequence[Message], *, add_generation_prompt: bool) -> str:
        try:
            text = self._tokenizer.apply_chat_template(
                list(messages),
                tokenize=False,
                add_generation_prompt=add_generation_prompt,
                chat_template=self._template,
            )
        except _TEMPLATE_TROUBLE as error:
            raise BadMask(
                f"the chat template refuses the conversation: {error}", where=str(self._folder)
            ) from error
        return str(text)

    def _checked(self, name: str, rendered: Callable[[], tuple[Rendered, ...]]) -> Iterator[Masked]:
        try:
            for one in rendered():
                yield self._masked(one)
        except BadMask as error:
            where = name if error.where is None else f"{name}, {error.where}"
            raise BadMask(error.sentence, where=where, hint=error.hint) from error

    def _masked(self, rendered: Rendered) -> Masked:
        encoded = self._tokenizer(
            rendered.text, add_special_tokens=False, return_offsets_mapping=True
        )
        ids: list[int] = list(encoded["input_ids"])
        check_begin_token(ids, self._tokenizer.bos_token_id)
        controls = set(self._control_ids.values())
        offsets: list[tuple[int, int]] = []
        swallowed: list[tuple[int, int]] = []
        for number, (start, end) in zip(ids, encoded["offset_mapping"], strict=True):
            if number not in controls:
                offsets.append((start, end))
                continue
            own = _own_characters(rendered.text, start, end)
            offsets.append(own)
            swallowed += [(start, own[0]), (own[1], end)]
        labels = token_labels(offsets, rendered.trained)
        check_trained_text(rendered, list(self._runs(ids, labels)), swallowed=swallowed)
        return Masked(
            rendered,
            tuple(
                Token(number, *own, carries_loss, number in controls)
                for number, own, carries_loss in zip(ids, offsets, labels, strict=True)
            ),
        )

    def _runs(self, ids: Sequence[int], labels: Sequence[bool]) -> Iterator[str]:
        """The text of each unbroken run of tokens that carry loss."""
        for carries_loss, run in groupby(zip(ids, labels, strict=True), key=lambda pair: pair[1]):
            if carries_loss:
                yield self._tokenizer.decode(
                    [number for number, _ in run],
                    skip_special_tokens=False,
                    clean_up_tokenization_spaces=False,
                )


def _sample(name: str, masked: Masked) -> Sample:
    return Sample(
        name,
        tuple(token.number for token in masked.tokens),
        tuple(token.carries_loss for token in masked.tokens),
    )


def _own_characters(text: str, start: int, end: int) -> tuple[int, int]:
    """A control token's own characters: some swallow the white space beside them."""
    swallowed = text[start:end]
    return start + len(swallowed) - len(swallowed.lstrip()), start + len(swallowed.rstrip())
