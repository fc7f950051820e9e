"""Find the exact characters of every turn in what a chat template writes.

No template is parsed and none needs special marks. Where a turn stands is found by rendering
the conversation once more with that turn's words replaced by a stand-in: what the template
writes before and after the stand-in must also stand before and after the words. Where the
assistant begins to write is found by rendering the turns before it as a prompt, as a serving
engine does. Whatever does not agree stops the work.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lorewright.errors import BadMask
from lorewright.records import Turn
from lorewright.templates.written import (
    Message,
    Renderer,
    TurnSpan,
    Written,
    agreement,
    excerpt,
)


class Span(NamedTuple):
    """The characters `[start, end)` of a rendering."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """A conversation as a base model reads it."""

    text: str
    turns: tuple[TurnSpan, ...]
    trained: tuple[Span, ...]
    """What the assistant writes: from where a prompt ends up to and with the token that ends
    the turn. White space or marks between the two belong to it, since a served model has to
    write them as well."""
    end_of_turn: str
    """The token that ends the assistant's turns."""

    @property
    def trained_text(self) -> str:
        """Everything that carries loss, joined."""
        return "".join(self.text[start:end] for start, end in self.trained)


def renderings(
    turns: Sequence[Turn], *, render: Renderer, control_tokens: Collection[str]
) -> tuple[Rendered, ...]:
    """Render a conversation so that every turn of the assistant carries loss exactly once.

    One rendering serves for all turns when the template writes a conversation as a
    continuation of its beginning. Some templates do not: they move the system's words to the
    last question, or drop earlier reasoning. Those give one rendering per assistant turn, each
    with exactly the prompt that serving would build.

    Args:
        turns: the conversation; its last turn is the assistant's.
        render: the tokenizer's own template.
        control_tokens: texts that the tokenizer turns into control tokens.

    Raises:
        BadMask: when the template changes a turn's words, when an answer does not continue
            its prompt, when nothing ends the assistant's turn, or when a turn contains a
            control token.
    """
    template = _Template(_messages(turns), render, control_tokens)
    if template.continues_its_prompts():
        return (template.rendered(template.answers),)
    return tuple(
        last_answer(turns[: index + 1], render=render, control_tokens=control_tokens)
        for index in template.answers
    )


def last_answer(
    turns: Sequence[Turn], *, render: Renderer, control_tokens: Collection[str]
) -> Rendered:
    """Render a conversation in which only the last turn, the assistant's, carries loss.

    Raises:
        BadMask: as `renderings` does.
    """
    template = _Template(_messages(turns), render, control_tokens)
    last = len(turns) - 1
    if template.continues(last):
        return template.rendered([last])
    return template.joined()


def prompt_of(turns: Sequence[Turn], *, render: Renderer) -> str:
    """What a serving engine hands to the base model so that it answers `turns`."""
    return render(_messages(turns), add_generation_prompt=True)


class _Template:
    """One conversation and its full rendering."""

    def __init__(
        self, messages: list[Message], render: Renderer, control_tokens: Collection[str]
    ) -> None:
        self._messages = messages
        self._render = render
        self._control_tokens = control_tokens
        self._whole = Written(messages, render, control_tokens, is_prompt=False)
        self._prompts: dict[int, Written] = {}
        self.answers = [
            index for index, message in enumerate(messages) if message["role"] == "assistant"
        ]
        if 0 in self.answers:
            raise BadMask(
                "the conversation begins with the assistant, and there is nothing to answer",
                hint="begin it with the user's turn, or with the system's",
            )

    def continues_its_prompts(self) -> bool:
        """Whether every prompt is the beginning of the full rendering."""
        return all(self.continues(index) for index in self.answers)

    def continues(self, index: int) -> bool:
        """Whether the prompt for the turn `index` is the beginning of the full rendering."""
        return self._whole.text.startswith(self._prompt(index).text)

    def rendered(self, answers: Sequence[int]) -> Rendered:
        """The rendering in which the turns at `answers` carry loss."""
        turns, text = self._whole.turns(), self._whole.text
        trained: list[Span] = []
        end_of_turn = ""
        for index in answers:
            following = turns[index + 1].start if index + 1 < len(turns) else len(text)
            end_of_turn, end = self._end_of_turn(turns[index].end, following)
            begin = len(self._prompt(index).text)
            self._check_opening(index, begin, turns[index].start)
            trained.append(Span(begin, end))
        return Rendered(text, turns, tuple(trained), end_of_turn)

    def joined(self) -> Rendered:
        """The last answer after its own prompt, where the template never writes both together.

        Some templates write the system's words into a prompt, and leave them out as soon as
        the answer stands there too. What a served model reads is the prompt; what it writes
        is what the template puts behind the last question. Both ways of writing must agree in
        what stands between the last question and the answer.
        """
        last = len(self._messages) - 1
        prompt = self._prompt(last)
        turns = prompt.turns()
        opening = prompt.text[turns[-1].end :]
        asked, answer = self._whole.turn(last - 1), self._whole.turn(last)
        written = self._whole.text[asked.end :]
        if not written.startswith(opening):
            raise self._differs_from_prompt(last, prompt.text, answer.start)
        begin = asked.end + len(opening)
        if begin > answer.start:
            raise self._differs_from_prompt(last, prompt.text, answer.start)
        self._check_opening(last, begin, answer.start)
        end_of_turn, end = self._end_of_turn(answer.end, len(self._whole.text))
        moved = len(prompt.text) - begin
        return Rendered(
            prompt.text + self._whole.text[begin:],
            (*turns, TurnSpan(answer.role, answer.start + moved, answer.end + moved)),
            (Span(len(prompt.text), end + moved),),
            end_of_turn,
        )

    def _prompt(self, index: int) -> Written:
        """What serving hands over so that turn `index` is answered."""
        if index not in self._prompts:
            before = self._messages[:index]
            self._prompts[index] = Written(
                before, self._render, self._control_tokens, is_prompt=True
            )
        return self._prompts[index]

    def _check_opening(self, index: int, begin: int, start: int) -> None:
        """Check what stands between where the prompt ends and where the words begin."""
        text = self._whole.text
        if begin > start:
            raise self._differs_from_prompt(index, text[:begin], start)
        between = text[begin:start]
        if self._whole.has_control_token(between):
            raise BadMask(
                f"the chat template opens turn {index + 1} with {between!r}, and the prompt "
                "does not",
                where=excerpt(text, begin),
                hint="the template must open the assistant's turn when add_generation_prompt "
                "is set",
            )

    def _end_of_turn(self, end: int, following: int) -> tuple[str, int]:
        """The token that ends the turn whose words end at `end`, and where it ends."""
        tail = self._whole.text[end:following]
        closing = tail.lstrip()
        token = self._whole.control_token_at(closing)
        if token is None:
            raise BadMask(
                "no control token ends the assistant's turn, so a trained model would never stop",
                where=excerpt(self._whole.text, end),
                hint="the chat template must write the end-of-turn token after the assistant's "
                "words, and the tokenizer must know it as a special token",
            )
        return token, end + len(tail) - len(closing) + len(token)

    def _differs_from_prompt(self, index: int, prompt: str, start: int) -> BadMask:
        at = min(agreement(prompt, self._whole.text), start)
        return BadMask(
            f"the prompt for turn {index + 1} is not how the conversation begins",
            where=excerpt(self._whole.text, at),
            hint="with this chat template a served model would read other words than it "
            "was trained on; correct the template in the base model's folder",
        )


def _messages(turns: Sequence[Turn]) -> list[Message]:
    return [Message(role=turn.role, content=turn.text) for turn in turns]
