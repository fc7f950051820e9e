"""What two sides say to each other, without anything else that is known of it."""

from dataclasses import dataclass
from itertools import pairwise

from lorewright.records import EnrichedContent


@dataclass(frozen=True, slots=True)
class Speech:
    """The turns of a conversation; each says who speaks, `user` or `assistant`, and what."""

    turns: tuple[tuple[str, str], ...]

    @property
    def answers(self) -> tuple[str, ...]:
        """What the assistant says, turn by turn."""
        return tuple(text for role, text in self.turns if role == "assistant")

    @property
    def alternates(self) -> bool:
        """Whether no side speaks twice in a row."""
        return all(one[0] != other[0] for one, other in pairwise(self.turns))

    def with_answers(self, answers: tuple[str, ...]) -> "Speech":
        """The same with other words of the assistant.

        Raises:
            ValueError: when there are more or fewer than before.
        """
        if len(answers) != len(self.answers):
            raise ValueError(f"there are {len(self.answers)} answers, not {len(answers)}")
        left = iter(answers)
        return Speech(
            tuple((role, next(left) if role == "assistant" else text) for role, text in self.turns)
        )


def speech_of(content: EnrichedContent) -> Speech:
    """The turns of an enriched conversation."""
    return Speech(tuple((turn.role, turn.text) for turn in content.turns))
