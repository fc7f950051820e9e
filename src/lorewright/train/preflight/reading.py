"""An example as tokens, as training and as serving read it; or why it cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2

from lorewright.errors import BadMask
from lorewright.inference import ChatTokenizer, Sample, library
from lorewright.records import Turn
from lorewright.train.lines import Line


@dataclass(frozen=True, slots=True)
class Read:
    """One example, tokenised once for every check."""

    line: Line
    samples: tuple[Sample, ...]
    """Empty when it cannot be trained on; then `error` says why."""
    error: BadMask | None = None


class Reader:
    """The tokenizer of a base model, for training and as a serving engine would use it.

    Args:
        folder: the base model.
        serving_template: the chat template that the endpoint uses when it is not the one in
            the folder.
    """

    def __init__(self, folder: Path, *, serving_template: str | None = None) -> None:
        self.folder = folder
        self.serving_template = serving_template
        self._chat = ChatTokenizer.open(folder)
        self._tokenizer: Any = library("transformers").AutoTokenizer.from_pretrained(
            folder, local_files_only=True
        )

    def read(self, line: Line) -> Read:
        """The tokens of an example, as training reads it."""
        try:
            return Read(line, tuple(self._chat.samples(line.name, line.turns)))
        except BadMask as error:
            return Read(line, (), error)

    def written(self, turns: Sequence[Turn], *, add_generation_prompt: bool = False) -> str:
        """What the template in the folder writes.

        Raises:
            BadMask: when the template refuses the turns.
        """
        return self._write(turns, None, add_generation_prompt=add_generation_prompt)

    def served(self, turns: Sequence[Turn]) -> list[int]:
        """The prompt as an endpoint builds it before it answers `turns`.

        Raises:
            BadMask: when its template refuses the turns.
        """
        text = self._write(turns, self.serving_template, add_generation_prompt=True)
        return self.ids(text)

    def ids(self, text: str, *, add_special_tokens: bool = False) -> list[int]:
        """The tokens of a text."""
        return list(self._tokenizer(text, add_special_tokens=add_special_tokens)["input_ids"])

    def text(self, ids: Sequence[int]) -> str:
        """What tokens read as, with control tokens."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=False))

    def token(self, number: int) -> str:
        """What a token is called."""
        return str(self._tokenizer.convert_ids_to_tokens(number))

    @cached_property
    def control_ids(self) -> frozenset[int]:
        """The numbers of all control tokens."""
        added = self._tokenizer.added_tokens_decoder
        return frozenset(number for number, token in added.items() if token.special)

    @cached_property
    def control_tokens(self) -> tuple[str, ...]:
        """All control tokens, longest first."""
        found = [self.token(number) for number in self.control_ids]
        return tuple(sorted(filter(None, found), key=len, reverse=True))

    @property
    def begin_id(self) -> int | None:
        """The token that the tokenizer calls its beginning; None without one."""
        found = self._tokenizer.bos_token_id
        return None if found is None else int(found)

    @property
    def end_id(self) -> int | None:
        """The token that the tokenizer calls its end; None without one."""
        found = self._tokenizer.eos_token_id
        return None if found is None else int(found)

    @cached_property
    def wants_begin(self) -> bool:
        """Whether the tokenizer by itself puts the begin token before a text."""
        plain = self.ids("a", add_special_tokens=True)
        return self.begin_id is not None and plain[:1] == [self.begin_id]

    @property
    def size(self) -> int:
        """How many tokens there are, added ones counted."""
        return len(self._tokenizer)

    @cached_property
    def special_ids(self) -> dict[str, int]:
        """The number of every token that has a role of its own, such as `pad_token`."""
        found: dict[str, int] = {}
        for role in ("bos_token", "eos_token", "pad_token", "unk_token"):
            number = getattr(self._tokenizer, f"{role}_id", None)
            if number is not None:
                found[role] = int(number)
        return found | {self.token(number): number for number in self.control_ids}

    def _write(
        self, turns: Sequence[Turn], template: str | None, *, add_generation_prompt: bool
    ) -> str:
        messages = [{"role": turn.role, "content": turn.text} for turn in turns]
        try:
            return str(
                self._tokenizer.apply_chat_template(
                    messages,
                    chat_template=template,
                    tokenize=False,
                    add_generation_prompt=add_generation_prompt,
                )
            )
        except jinja2.TemplateError as error:
            raise BadMask(
                f"the chat template refuses the conversation: {error}", where=str(self.folder)
            ) from error
