"""What numbers can claim: one paired test, its interval and its effect size."""

from lorewright.statistics.paired_test import PairedResult, paired
from lorewright.statistics.wording import digits_for, p_in_words, signed

__all__ = ["PairedResult", "digits_for", "p_in_words", "paired", "signed"]
