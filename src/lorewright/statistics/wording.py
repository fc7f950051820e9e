"""Numbers of a test as people read them; the same in a sentence, a plot and a table."""

from decimal import Decimal


def signed(number: Decimal | float, *, digits: int = 2) -> str:
    """With a plus or a proper minus sign; what rounds to nothing has no minus."""
    text = f"{number:+.{digits}f}"
    if float(text) == 0:
        text = f"+{0:.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}")


def digits_for(low: Decimal | float, high: Decimal | float) -> int:
    """The decimals that an interval deserves: two, and more the narrower it is."""
    width = float(high) - float(low)
    if width >= 0.1:
        return 2
    return 3 if width >= 0.01 else 4


def p_in_words(p_value: Decimal | float) -> str:
    """`p = 0.0312`, with more digits where they can decide, or `p < 0.001`."""
    if p_value < Decimal("0.001"):
        return "p < 0.001"
    return f"p = {p_value:.4f}" if p_value < Decimal("0.1") else f"p = {p_value:.2f}"
