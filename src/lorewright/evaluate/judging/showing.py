"""What whoever rates is told about a scenario; the same for judges and for people."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from lorewright.evaluate.judging.cases import Exchange
from lorewright.records import Scenario

NOTHING_CAME = "(no answer came)"


class Line(NamedTuple):
    """One thing that is said in a conversation."""

    speaker: str
    text: str


def facts_of_scenario(scenario: Scenario) -> dict[str, Any]:
    """A scenario in words, without its id: ids may say where it comes from."""
    feeling = scenario.emotional_state
    return {
        "situation": scenario.situation,
        "persona": in_words(scenario.persona),
        "topic": in_words(scenario.topic),
        "feeling": " and ".join(
            in_words(one) for one in (feeling.primary, feeling.secondary) if one
        )
        if feeling
        else "",
        "expected": scenario.expected,
    }


def told(exchanges: Iterable[Exchange]) -> list[Line]:
    """A conversation, line by line."""
    return [
        line
        for one in exchanges
        for line in (
            Line("The client", one.message),
            Line("The advisor", NOTHING_CAME if one.answer is None else one.answer),
        )
    ]


def in_words(key: str | None) -> str:
    """A key as words: `anxious_planner` is an anxious planner."""
    return (key or "").replace("_", " ").replace("-", " ").strip()
