"""What a chat template makes of messages, and where the words of each turn stand in it."""

from collections.abc import Collection, Sequence
from itertools import count
from typing import NamedTuple, Protocol, TypedDict

from lorewright.errors import BadMask


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


class TurnSpan(NamedTuple):
    """Where the words of one turn stand in a rendering."""

    role: str
    start: int
    end: int


class Written:
    """Messages as a template writes them.

    Args:
        messages: the turns.
        render: the template.
        control_tokens: texts that the tokenizer turns into control tokens.
        is_prompt: whether the assistant's next turn is opened at the end.
    """

    def __init__(
        self,
        messages: Sequence[Message],
        render: Renderer,
        control_tokens: Collection[str],
        *,
        is_prompt: bool,
    ) -> None:
        self._messages = messages
        self._render = render
        self._is_prompt = is_prompt
        # Longest first, so that of two tokens with one beginning the whole one is found.
        self._control_tokens = sorted(filter(None, control_tokens), key=len, reverse=True)
        self.text = render(messages, add_generation_prompt=is_prompt)

    def turns(self) -> tuple[TurnSpan, ...]:
        """Where the words of every turn stand.

        Raises:
            BadMask: as `turn` does.
        """
        return tuple(self.turn(index) for index in range(len(self._messages)))

    def turn(self, index: int) -> TurnSpan:
        """Find the words of one turn by putting a stand-in into their place.

        Raises:
            BadMask: when the template does not write them once and as they were given, or
                when they contain a control token.
        """
        role, content = self._messages[index]["role"], self._messages[index]["content"]
        stand_in = self._stand_in()
        replaced = Message(role=role, content=stand_in)
        marked = self._render(
            [*self._messages[:index], replaced, *self._messages[index + 1 :]],
            add_generation_prompt=self._is_prompt,
        )
        before, *after = marked.split(stand_in)
        if len(after) != 1:
            times = f"{len(after)} times" if after else "not at all"
            raise BadMask(f"the chat template writes turn {index + 1} ({role}) {times}")
        start, end = len(before), len(self.text) - len(after[0])
        if not self.text.startswith(before):
            raise self._differs(index, agreement(before, self.text))
        if end < start or not self.text.endswith(after[0]):
            raise self._differs(index, start)
        words = self.text[start:end]
        if words.strip() != content.strip() or words not in content:
            raise self._differs(index, start + agreement(words, content))
        self._refuse_control_tokens(index, words)
        return TurnSpan(role, start, end)

    def control_token_at(self, text: str) -> str | None:
        """The control token that `text` begins with."""
        return next((token for token in self._control_tokens if text.startswith(token)), None)

    def has_control_token(self, text: str) -> bool:
        """Whether a control token stands anywhere in `text`."""
        return any(token in text for token in self._control_tokens)

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

    def _differs(self, index: int, at: int) -> BadMask:
        role = self._messages[index]["role"]
        return BadMask(
            f"the chat template does not write turn {index + 1} ({role}) as it was given",
            where=excerpt(self.text, at),
            hint="the exact words that carry loss cannot be known; reword the example or "
            "correct the template",
        )


def agreement(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    differing = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))


def excerpt(text: str, at: int) -> str:
    """The surroundings of one place of a rendering, with a mark at it."""
    before, after = text[max(0, at - 40) : at], text[at : at + 40]
    return f"character {at}: {before!r} >>> {after!r}"
