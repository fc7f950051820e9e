"""Scenarios, answers, ratings and votes as a proof keeps them, from numbers that are made up."""

from collections.abc import Iterator, Mapping, Sequence

from lorewright.evaluate.answers import AnswerLine
from lorewright.evaluate.proof import ProofArm, ProofRules
from lorewright.evaluate.rating_lines import PREFERENCE, RatingLine, VoteLine
from lorewright.flows.proof_pairs import Stored
from lorewright.lineage import Ref
from lorewright.records import Scenario

RULES = ProofRules(dimensions=("brand_voice", "reframing"), permutations=200)
SOURCE = Ref("source", "0" * 64)


def a_scenario(name: str, *, says: tuple[str, ...] = ("I have not opened a letter.",)) -> Scenario:
    return Scenario(
        scenario_id=name,
        family="debt",
        situation=f"what is told about {name}",
        messages=says,
        made_from=(SOURCE,),
    )


def scenarios(names: Sequence[str]) -> dict[str, Scenario]:
    return {name: a_scenario(name) for name in names}


def answer_lines(names: Sequence[str], words: int = 3) -> Iterator[AnswerLine]:
    for name in names:
        yield AnswerLine(name, 1, 0, f"{name} " * words, words, "end")


def rating_lines(
    names: Sequence[str], values: Mapping[str, float], *, reason: str = ""
) -> Iterator[RatingLine]:
    """`values` by arm, the same on both dimensions."""
    for name in names:
        for arm, value in sorted(values.items()):
            for dimension in RULES.dimensions:
                yield rating_line(name, dimension, value, arm=arm, reason=reason)


def rating_line(
    name: str,
    dimension: str,
    value: float | None,
    *,
    arm: str = ProofArm.TUNED.value,
    reason: str = "",
    repeat: int = 0,
) -> RatingLine:
    return RatingLine(name, "debt", arm, dimension, 0, 1, repeat, value, reason)


def vote_line(
    name: str,
    preferred: str,
    *,
    arms: tuple[str, str] = ("tuned", "prompted-base"),
    question: str = PREFERENCE,
    repeat: int = 0,
) -> VoteLine:
    return VoteLine(name, *arms, preferred, question, repeat, "it hears me")


def stored(names: Sequence[str]) -> Stored:
    values: dict[str, float] = {ProofArm.PROMPTED: 2.0, ProofArm.TUNED: 3.0}
    return Stored(
        answers=[
            (ProofArm.PROMPTED, answer_lines(names, 5)),
            (ProofArm.TUNED, answer_lines(names, 8)),
        ],
        ratings=[("ann", rating_lines(names, values, reason="warm"))],
        votes=[("ann", [vote_line(name, "tuned") for name in names])],
    )
