"""Rules for scenarios that contradict each other are refused."""

import pytest
from pydantic import ValidationError

from lorewright.settings import ScenarioSettings


def test_bounds_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValidationError, match="least_words is above most_words"):
        ScenarioSettings(least_words=9, most_words=8)


@pytest.mark.parametrize("axis", ["arcs", "personas"])
def test_a_share_below_nothing_is_refused(axis: str) -> None:
    with pytest.raises(ValidationError, match="below nothing"):
        ScenarioSettings.model_validate({axis: {"a": -1}})
