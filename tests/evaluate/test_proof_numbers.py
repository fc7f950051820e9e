"""All numbers of a proof as JSON."""

import json
import math
from decimal import Decimal
from typing import Any

import pytest

from evaluate.sheets import a_sheet
from lorewright.evaluate.proof import ProofArm, ProofRules, prove
from lorewright.evaluate.proof.numbers import numbers_of, plain


def test_a_proof_is_told_whole() -> None:
    evidence = a_sheet({ProofArm.PROMPTED: 0.0, ProofArm.TUNED: 1.0}, scenarios=30, families=6)
    told = numbers_of(prove(evidence, ProofRules(permutations=500)), more=1)

    assert json.loads(json.dumps(told, allow_nan=False)) == told
    contrasts: Any = told["contrasts"]
    assert contrasts["neutral-control"] is None
    assert len(contrasts["prompted-base"]["table"]) == 30
    assert told["more"] == 1


@pytest.mark.parametrize(
    ("value", "json_value"),
    [
        (math.nan, None),
        (math.inf, None),
        (0.1 + 0.2, 0.3),
        (Decimal("0.15"), "0.15"),
        (ProofArm.TUNED, "tuned"),
        ((1, [2.5], {"a": None}), [1, [2.5], {"a": None}]),
        (True, True),
    ],
)
def test_values_have_one_form(value: object, json_value: object) -> None:
    assert plain(value) == json_value


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no form"):
        plain(object())
