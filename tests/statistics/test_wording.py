"""How the numbers of a test are written."""

from decimal import Decimal

import pytest

from lorewright.statistics import digits_for, p_in_words, signed


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.456, "+0.46"), (-1.0, "\N{MINUS SIGN}1.00"), (Decimal("-0.001"), "+0.00"), (0, "+0.00")],
)
def test_a_difference_carries_a_sign_unless_it_rounds_to_nothing(
    number: Decimal | float, text: str
) -> None:
    assert signed(number) == text


@pytest.mark.parametrize(("high", "digits"), [(0.7, 2), (0.55, 3), (0.501, 4)])
def test_a_narrow_interval_is_written_with_more_digits(high: float, digits: int) -> None:
    assert digits_for(0.5, high) == digits


@pytest.mark.parametrize(
    ("p_value", "text"),
    [(1e-5, "p < 0.001"), (0.001, "p = 0.0010"), (0.0496, "p = 0.0496"), (0.5, "p = 0.50")],
)
def test_a_p_value_near_the_border_keeps_its_digits(p_value: float, text: str) -> None:
    assert p_in_words(p_value) == text
    assert p_in_words(Decimal(str(p_value))) == text
