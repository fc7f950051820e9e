"""What a rater sees of an item: the client, and the answers under letters. Nothing else."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from lorewright.evaluate.decoys import Decoy
from lorewright.evaluate.judging.cases import Answered, conversation
from lorewright.evaluate.judging.showing import NOTHING_CAME, facts_of_scenario
from lorewright.evaluate.ranking.items import FOREIGN, REAL, Item
from lorewright.evaluate.ranking.questions import QUESTIONS, Question
from lorewright.records import Scenario


class Reply(NamedTuple):
    """One answer under its letter."""

    letter: str
    text: str


class Turn(NamedTuple):
    """One message of the client, with what each letter answers."""

    message: str
    replies: tuple[Reply, ...]


class Shown(NamedTuple):
    """An item before its rater; no arm, no language model, no length and no time is in it."""

    code: str
    number: int
    """From 1."""
    of: int
    situation: str
    persona: str
    topic: str
    feeling: str
    expected: tuple[str, ...]
    advisor: str
    """What the advisor is meant to be like; empty when nobody said."""
    turns: tuple[Turn, ...]
    questions: tuple[Question, ...]

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters that can be put in an order."""
        return tuple(reply.letter for reply in self.turns[0].replies)


def shown(
    item: Item,
    scenario: Scenario,
    arms: Mapping[str, Answered],
    *,
    number: int,
    of: int,
    advisor: str = "",
) -> Shown:
    """Lay an item before its rater."""
    turns = _attention(item, item.decoy, scenario) if item.decoy else _turns(item, scenario, arms)
    facts: dict[str, Any] = facts_of_scenario(scenario)
    return Shown(
        code=item.code,
        number=number,
        of=of,
        advisor=advisor,
        turns=turns,
        questions=QUESTIONS,
        **facts,
    )


def _turns(item: Item, scenario: Scenario, arms: Mapping[str, Answered]) -> tuple[Turn, ...]:
    went = {
        letter: conversation(scenario, arms[arm], 0) for letter, arm in sorted(item.letters.items())
    }
    return tuple(
        Turn(
            message,
            tuple(
                Reply(letter, said[turn].answer or NOTHING_CAME) for letter, said in went.items()
            ),
        )
        for turn, message in enumerate(scenario.messages)
    )


def _attention(item: Item, decoy: Decoy, scenario: Scenario) -> tuple[Turn, ...]:
    texts = {REAL: decoy.real, FOREIGN: decoy.foreign}
    replies = (Reply(letter, texts[which]) for letter, which in sorted(item.letters.items()))
    return (Turn(scenario.messages[0], tuple(replies)),)
