"""Who speaks when: turns that stand twice, or in an order that no endpoint takes."""

from itertools import pairwise
from typing import ClassVar

from lorewright.records import Split
from lorewright.similarity import normalised
from lorewright.train.lines import Line
from lorewright.train.preflight.finding import Finding, Looking, Places, Rule

DOUBLED = Rule(
    "doubled-user-turn",
    "Two turns of the user stand one after the other. Mostly the history already ends with the "
    "question that then follows once more, so the base learns to read every question twice, and "
    "nested examples no longer share their beginnings.",
    "leave out the repeated turn where the examples are made, and curate again",
)
ORDER = Rule(
    "role-order",
    "The roles come in an order that endpoints refuse: the system's words after the beginning, "
    "an answer before any question, two answers in a row, or no answer at the end.",
    "let the conversation begin with the user, after the system if there is one, and alternate",
)
EMPTY = Rule(
    "answer-empty",
    "An answer holds nothing but white space or signs, so there is nothing to learn from it.",
    "leave the example out or write its answer",
)


class Turns(Looking):
    """Looks at the roles of every example."""

    rules: ClassVar[tuple[Rule, ...]] = (DOUBLED, ORDER, EMPTY)

    def __init__(self) -> None:
        self._doubled, self._order, self._empty = Places(), Places(), Places()
        self._same = 0

    def see(self, line: Line, split: Split) -> None:
        """Look at the roles of one example."""
        if split not in {Split.TRAIN, Split.VALID}:
            return
        doubled = [at for at, (one, two) in enumerate(pairwise(line.turns)) if _both_ask(one, two)]
        if doubled:
            self._doubled.add(f"{line.name}, turn {doubled[0] + 2}")
            self._same += any(
                normalised(line.turns[at].text) == normalised(line.turns[at + 1].text)
                for at in doubled
            )
        wrong = _wrong_order(tuple(turn.role for turn in line.turns))
        if wrong is not None:
            self._order.add(f"{line.name}, turn {wrong + 1}")
        if any(turn.role == "assistant" and not _says_something(turn.text) for turn in line.turns):
            self._empty.add(line.name)

    def findings(self) -> list[Finding]:
        """What was found."""
        found: list[Finding] = []
        if self._doubled.count:
            found.append(
                self._doubled.finding(
                    DOUBLED,
                    f"in {self._doubled.count:,} examples the user speaks twice in a row; in "
                    f"{self._same:,} of them with the same words",
                )
            )
        if self._order.count:
            sentence = f"{self._order.count:,} examples have their roles in a wrong order"
            found.append(self._order.finding(ORDER, sentence))
        if self._empty.count:
            sentence = f"{self._empty.count:,} examples have an answer that says nothing"
            found.append(self._empty.finding(EMPTY, sentence))
        return found


def _both_ask(one: object, two: object) -> bool:
    return getattr(one, "role", "") == getattr(two, "role", "") == "user"


def _wrong_order(roles: tuple[str, ...]) -> int | None:
    """The first turn that may not stand where it does; two users in a row are another matter."""
    before = "begin"
    allowed = {
        "begin": {"system", "user"},
        "system": {"user"},
        "user": {"assistant", "user"},
        "assistant": {"user"},
    }
    for place, role in enumerate(roles):
        if role not in allowed[before]:
            return place
        before = role
    return None if before == "assistant" else max(0, len(roles) - 1)


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)
