"""Scenarios, answers, ratings and votes as a proof keeps them, from numbers that are made up."""

import json
from collections.abc import Iterator, Sequence

from lorewright.evaluate.proof import ProofArm, ProofRules
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


def answer_lines(names: Sequence[str], words: int = 3) -> Iterator[str]:
    for name in names:
        yield json.dumps(
            {
                "scenario": name,
                "turn": 1,
                "generation": 0,
                "text": f"{name} " * words,
                "tokens": words,
                "stop": "end",
                "failure": None,
            }
        )


def rating_lines(
    names: Sequence[str], values: dict[str, float], *, reason: str | None = None
) -> Iterator[str]:
    """`values` by arm, the same on both dimensions."""
    for name in names:
        for arm, value in sorted(values.items()):
            for dimension in RULES.dimensions:
                yield json.dumps(
                    {
                        "scenario": name,
                        "family": "debt",
                        "arm": arm,
                        "dimension": dimension,
                        "generation": 0,
                        "turn": 1,
                        "repeat": 0,
                        "value": value,
                        "reason": reason,
                    }
                )


def vote_line(name: str, preferred: str, *, repeat: int = 0) -> str:
    told = {"scenario": name, "first": "tuned", "second": "prompted-base", "preferred": preferred}
    return json.dumps({**told, "repeat": repeat, "reason": "it hears me"})


def stored(names: Sequence[str]) -> Stored:
    values: dict[str, float] = {ProofArm.PROMPTED: 2.0, ProofArm.TUNED: 3.0}
    return Stored(
        answers={
            ProofArm.PROMPTED: answer_lines(names, 5),
            ProofArm.TUNED: answer_lines(names, 8),
        },
        ratings={"ann": rating_lines(names, values, reason="warm")},
        votes={"ann": iter([vote_line(name, "tuned") for name in names])},
    )
