"""A verdict on reference answers is found again whatever a proof by raters is set to."""

from typing import Any

import pytest

from lorewright.flows.current import step_of
from lorewright.flows.proof import PairedTest
from lorewright.lineage import Ref
from lorewright.settings import EvaluationSettings
from lorewright.store import Store


def recipe(store: Store, **settings: Any) -> Ref:
    shaped = PairedTest.of(EvaluationSettings.model_validate(settings))
    return step_of(store, "evaluate", shaped).recipe


@pytest.mark.parametrize(
    "settings",
    [
        {"proof": {"purpose": "deliberation", "permutations": 500, "seed": 9}},
        {"judges": {"least_agreement": "0.5"}},
        {"scenarios": {"count": 30}},
    ],
)
def test_what_a_proof_is_set_to_is_no_part_of_it(store: Store, settings: dict[str, Any]) -> None:
    assert recipe(store, **settings) == recipe(store)


@pytest.mark.parametrize("settings", [{"seed": 9}, {"alpha": "0.01"}, {"permutations": 500}])
def test_what_shapes_it_is(store: Store, settings: dict[str, Any]) -> None:
    assert recipe(store, **settings) != recipe(store)
