"""A proof that may be stopped at any scenario rests on bets alone."""

from dataclasses import replace

import pytest

from evaluate.sheets import a_sheet
from lorewright.evaluate.proof import (
    Proof,
    ProofArm,
    ProofKind,
    ProofRules,
    headline,
    prove,
    reasons_in_words,
)
from lorewright.evaluate.proof.sequential import watch_order

RULES = ProofRules(permutations=500, stop="sequential")
GAINS = {ProofArm.PROMPTED: 0.0, ProofArm.CONTROL: 0.1}


def watched(tuned: float, **sheet: float) -> Proof:
    return prove(a_sheet({**GAINS, ProofArm.TUNED: tuned}, **sheet), RULES)  # pyright: ignore[reportArgumentType] # by name


@pytest.mark.parametrize(
    ("tuned", "won", "kind"),
    [
        (1.2, 0.9, ProofKind.PROVEN),
        (0.5, 0.9, ProofKind.BETTER),
        (0.0, 0.5, ProofKind.NOT_SHOWN),
        (-1.0, 0.1, ProofKind.WORSE),
    ],
)
def test_verdicts_come_from_the_bets(tuned: float, won: float, kind: ProofKind) -> None:
    assert watched(tuned, won=won).kind is kind


def test_gates_have_the_p_values_of_the_bets() -> None:
    proof = watched(1.2)

    assert proof.looks is not None
    assert [gate.p_value for gate in proof.gates] == [
        one.p_value
        for one in (
            proof.looks.base,
            proof.looks.control,
            proof.looks.preference,
            proof.looks.margin,
        )
        if one is not None
    ]


def test_words_are_those_that_hold_wherever_one_stops() -> None:
    proof = watched(1.2)
    said = list(reasons_in_words(proof))

    assert "points (" in headline(proof)
    assert sum("wherever one stops" in one for one in said) == 4
    assert not any("one-sided" in one for one in said)


def test_without_votes_the_preference_is_not_tested() -> None:
    proof = watched(1.2, won=None)  # pyright: ignore[reportArgumentType] # nobody voted

    assert proof.looks is not None
    assert proof.looks.preference is None
    assert proof.kind is ProofKind.BETTER


def test_the_fixed_number_asks_no_bet() -> None:
    evidence = a_sheet({**GAINS, ProofArm.TUNED: 1.2})

    assert prove(evidence, RULES.model_copy(update={"stop": "fixed"})).looks is None


def test_the_order_rests_on_names_and_the_seed_alone() -> None:
    names = [f"s{number}" for number in range(40)]
    evidence = a_sheet({**GAINS, ProofArm.TUNED: 0.6})

    assert watch_order(names, seed=7) == watch_order(reversed(names), seed=7)
    assert watch_order(names, seed=7) != watch_order(names, seed=8)
    turned = replace(evidence, ratings=evidence.ratings[::-1], votes=evidence.votes[::-1])
    assert prove(evidence, RULES).gates == prove(turned, RULES).gates
