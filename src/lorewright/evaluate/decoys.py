"""Answers that were given to somebody else, shown to see who reads."""

from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from lorewright.evaluate.blinding import Blind
from lorewright.evaluate.judging.cases import Answered
from lorewright.records import Scenario


class Decoy(NamedTuple):
    """Two answers of one arm to the first message of a scenario, of which one is not to it."""

    scenario: str
    arm: str
    real: str
    """What the arm answered to the scenario."""
    foreign: str
    """What it answered to one of another family."""


def decoys_for(
    blind: Blind, scenarios: Mapping[str, Scenario], arms: Mapping[str, Answered], count: int
) -> list[Decoy]:
    """So many decoys by the lots of one rater; fewer where there are not enough answers.

    Args:
        blind: the rater's lots.
        scenarios: what was asked, by id.
        arms: what each arm answered.
        count: how many.
    """
    found = (
        decoy
        for name in blind.order(scenarios, "attention")
        if (decoy := _decoy(blind, scenarios, arms, name)) is not None
    )
    return list(islice(found, count))


def spread_out(places: int, wanted: int) -> list[int]:
    """Where to insert what is there for attention alone, one after the other.

    Anywhere but at the beginning, where everybody reads.

    Args:
        places: how many things stand there.
        wanted: how many are to be inserted.
    """
    return [place * (places + place - 1) // (wanted + 1) + 1 for place in range(1, wanted + 1)]


def _decoy(
    blind: Blind, scenarios: Mapping[str, Scenario], arms: Mapping[str, Answered], name: str
) -> Decoy | None:
    for arm in blind.order(arms, "attention", name):
        real = arms[arm].get((name, 0, 0))
        for other in blind.order(scenarios, "decoy", name):
            foreign = arms[arm].get((other, 0, 0))
            has_both = real and foreign and real != foreign
            if has_both and scenarios[other].family != scenarios[name].family:
                return Decoy(name, arm, real or "", foreign or "")
    return None
