"""Agreement of raters by dimension."""

from evaluate.sheets import a_sheet
from lorewright.evaluate.proof import DIMENSIONS, ProofArm, ProofRules
from lorewright.evaluate.proof.agreeing import agreement_of

RULES = ProofRules(permutations=500)
SHEET = a_sheet({ProofArm.PROMPTED: 0.0, ProofArm.TUNED: 1.0}, scenarios=20)


def test_each_dimension_has_both_measures_with_their_intervals() -> None:
    found = agreement_of(SHEET.ratings, RULES)

    assert [one.dimension for one in found] == list(DIMENSIONS)
    for one in found:
        assert one.krippendorff.estimate is not None
        assert one.krippendorff.low is not None
        assert one.krippendorff.low <= one.krippendorff.estimate
        assert one.gwet.n == 40
        assert one.krippendorff.raters == 3


def test_one_rater_agrees_with_nobody() -> None:
    assert agreement_of([one for one in SHEET.ratings if one.rater == "ann"], RULES) == ()


def test_values_off_the_scale_take_no_part() -> None:
    spoilt = [one._replace(value=99.0) if one.scenario == "s001" else one for one in SHEET.ratings]

    assert agreement_of(spoilt, RULES)[0].krippendorff.n == 38
