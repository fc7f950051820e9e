"""Find the exact characters of every turn in what a chat template writes.

No template is parsed and none needs special marks. Where a turn stands is found by rendering
the conversation once more with that turn's words replaced by a stand-in: what the template
writes before and after the stand-in must also stand before and after the words. Where the
assistant begins to write is found by rendering the turns before it as a prompt, as a serving
engine does. Whatever does not agree stops the work.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple, Protocol, TypedDict

from lorewright.errors import BadMask
from lorewright.records import Turn


class Message(TypedDict):
    """One turn as chat templates read it."""

    role: str
    content: str


class Renderer(Protocol):
    """A chat template, ready to be filled.

    Implementations raise `BadMask` when the template refuses the messages.
    """

    def __call__(self, messages: Sequence[Message], *, add_generation_prompt: bool) -> str:
        """Write `messages`, and open the assistant's turn when `add_generation_prompt`."""
        ...


class Span(NamedTuple):
    """The characters `[start, end)` of a rendering."""

    start: int
    end: int


class TurnSpan(NamedTuple):
    """Where the words of one turn stand in a rendering."""

    role: str
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
        BadMask: when the template changes a turn's words, when a prompt is not the beginning
            of its rendering, when nothing ends the assistant's turn, or when a turn contains
            a control token.
    """
    template = _Template(_messages(turns), render, control_tokens)
    if template.continues_its_prompts():
        return (template.rendered(template.answers),)
    return tuple(
        _Template(_messages(turns[: index + 1]), render, control_tokens).rendered([index])
        for index in template.answers
    )


def last_answer(
    turns: Sequence[Turn], *, render: Renderer, control_tokens: Collection[str]
) -> Rendered:
    """Render a conversation in which only the last turn, the assistant's, carries loss.

    Raises:
        BadMask: as `renderings` does.
    """
    return _Template(_messages(turns), render, control_tokens).rendered([len(turns) - 1])


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
        # Longest first, so that of two tokens with one beginning the whole one is found.
        self._control_tokens = sorted(filter(None, control_tokens), key=len, reverse=True)
        self.text = render(messages, add_generation_prompt=False)
        self.answers = [
            index for index, message in enumerate(messages) if message["role"] == "assistant"
        ]

    def continues_its_prompts(self) -> bool:
        """Whether every prompt is the beginning of the full rendering."""
        return all(self.text.startswith(self._prompt(index)) for index in self.answers)

    def rendered(self, answers: Sequence[int]) -> Rendered:
        """The rendering in which the turns at `answers` carry loss."""
        turns = tuple(self._turn(index) for index in range(len(self._messages)))
        trained: list[Span] = []
        end_of_turn = ""
        for index in answers:
            following = turns[index + 1].start if index + 1 < len(turns) else len(self.text)
            end_of_turn, end = self._end_of_turn(turns[index].end, following)
            trained.append(Span(self._begin(index, turns[index].start), end))
        return Rendered(self.text, turns, tuple(trained), end_of_turn)

    def _prompt(self, index: int) -> str:
        return self._render(self._messages[:index], add_generation_prompt=True)

    def _turn(self, index: int) -> TurnSpan:
        """Find the words of one turn by putting a stand-in into their place."""
        role, content = self._messages[index]["role"], self._messages[index]["content"]
        stand_in = self._stand_in()
        replaced = Message(role=role, content=stand_in)
        marked = self._render(
            [*self._messages[:index], replaced, *self._messages[index + 1 :]],
            add_generation_prompt=False,
        )
        before, *after = marked.split(stand_in)
        if len(after) != 1:
            times = f"{len(after)} times" if after else "not at all"
            raise BadMask(f"the chat template writes turn {index + 1} ({role}) {times}")
        start, end = len(before), len(self.text) - len(after[0])
        if not self.text.startswith(before):
            raise self._differs(index, _agreement(before, self.text))
        if end < start or not self.text.endswith(after[0]):
            raise self._differs(index, start)
        words = self.text[start:end]
        if words.strip() != content.strip() or words not in content:
            raise self._differs(index, start + _agreement(words, content))
        self._refuse_control_tokens(index, words)
        return TurnSpan(role, start, end)

    def _stand_in(self) -> str:
        """A word that stands nowhere in the rendering and that no template trims."""
        return next(word for n in count() if (word := f"zqx{n}xqz") not in self.text)

    def _refuse_control_tokens(self, index: int, words: str) -> None:
        role = self._messages[index]["role"]
        if role == "assistant" and not words.strip():
            raise BadMask(f"the chat template leaves no words of turn {index + 1} ({role})")
        found = next((token for token in self._control_tokens if token in words), None)
        if found is not None:
            raise BadMask(
                f"the words of turn {index + 1} ({role}) contain the control token {found}",
                hint="reword the example or leave it out; a base model would read a command",
            )

    def _begin(self, index: int, start: int) -> int:
        """Where the assistant begins to write its turn `index`, whose words begin at `start`."""
        prompt = self._prompt(index)
        if not self.text.startswith(prompt) or len(prompt) > start:
            at = min(_agreement(prompt, self.text), start)
            raise BadMask(
                f"the prompt for turn {index + 1} is not how the conversation begins",
                where=_excerpt(self.text, at),
                hint="with this chat template a served model would read other words than it "
                "was trained on; correct the template in the base model's folder",
            )
        between = self.text[len(prompt) : start]
        if any(token in between for token in self._control_tokens):
            raise BadMask(
                f"the chat template opens turn {index + 1} with {between!r}, and the prompt "
                "does not",
                where=_excerpt(self.text, len(prompt)),
                hint="the template must open the assistant's turn when add_generation_prompt "
                "is set",
            )
        return len(prompt)

    def _end_of_turn(self, end: int, following: int) -> tuple[str, int]:
        """The token that ends the turn whose words end at `end`, and where it ends."""
        tail = self.text[end:following]
        closing = tail.lstrip()
        token = next((token for token in self._control_tokens if closing.startswith(token)), None)
        if token is None:
            raise BadMask(
                "no control token ends the assistant's turn, so a trained model would never stop",
                where=_excerpt(self.text, end),
                hint="the chat template must write the end-of-turn token after the assistant's "
                "words, and the tokenizer must know it as a special token",
            )
        return token, end + len(tail) - len(closing) + len(token)

    def _differs(self, index: int, at: int) -> BadMask:
        role = self._messages[index]["role"]
        return BadMask(
            f"the chat template does not write turn {index + 1} ({role}) as it was given",
            where=_excerpt(self.text, at),
            hint="the exact words that carry loss cannot be known; reword the example or "
            "correct the template",
        )


def _messages(turns: Sequence[Turn]) -> list[Message]:
    return [Message(role=turn.role, content=turn.text) for turn in turns]


def _agreement(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    differing = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))


def _excerpt(text: str, at: int) -> str:
    """The surroundings of one place of a rendering, with a mark at it."""
    before, after = text[max(0, at - 40) : at], text[at : at + 40]
    return f"character {at}: {before!r} >>> {after!r}"
