"""What numbers can claim: tests by scenario, their intervals, what they need and what they assume.

Ratings come in as a long table and leave `aggregate` as one number for each scenario and arm.
Every answer is a `Finding` with its number of units, its interval, its p-value, its state and
what it assumes.
"""

from lorewright.statistics.adjust import Adjusted, adjusted, benjamini_hochberg, holm
from lorewright.statistics.agreeing import Case, Same, agreeing_between, agreeing_within
from lorewright.statistics.agreement import Agreement, Sheet, krippendorff
from lorewright.statistics.at_equal_length import AtEqualLength, at_equal_length
from lorewright.statistics.binary import Share, mcnemar, more_often_than, sign_test, wilson
from lorewright.statistics.clustered import Clustered, clustered
from lorewright.statistics.consistency import Flips, flips, repeated
from lorewright.statistics.equivalence import Bounded, equivalent, not_worse
from lorewright.statistics.fieller import Ratio, ratio_of_means
from lorewright.statistics.finding import Finding, State
from lorewright.statistics.gatekeeping import Gate, Outcome, in_order
from lorewright.statistics.gwet import gwet
from lorewright.statistics.kappa import Kappa, kappa
from lorewright.statistics.margin import Margin, at_least
from lorewright.statistics.paired_shares import PairedShares, share_not_worse
from lorewright.statistics.paired_test import PairedResult, paired
from lorewright.statistics.power import (
    PlanRow,
    Spread,
    pairs_for,
    pairs_for_margin,
    plan,
    power_of,
    power_of_margin,
    power_of_preference,
    scenarios_for_preference,
)
from lorewright.statistics.ranking import Duel, Rank, ranking
from lorewright.statistics.rate import Rate, rate
from lorewright.statistics.ratings import Averages, Exclusion, Pairs, Rating, aggregate
from lorewright.statistics.sequential import Watched, watched, watched_preferences
from lorewright.statistics.votes import Preferences, Vote, both_orders, preferences
from lorewright.statistics.weights import Distance, Nearness
from lorewright.statistics.wording import digits_for, p_in_words, signed

__all__ = [
    "Adjusted",
    "Agreement",
    "AtEqualLength",
    "Averages",
    "Bounded",
    "Case",
    "Clustered",
    "Distance",
    "Duel",
    "Exclusion",
    "Finding",
    "Flips",
    "Gate",
    "Kappa",
    "Margin",
    "Nearness",
    "Outcome",
    "PairedResult",
    "PairedShares",
    "Pairs",
    "PlanRow",
    "Preferences",
    "Rank",
    "Rate",
    "Rating",
    "Ratio",
    "Same",
    "Share",
    "Sheet",
    "Spread",
    "State",
    "Vote",
    "Watched",
    "adjusted",
    "aggregate",
    "agreeing_between",
    "agreeing_within",
    "at_equal_length",
    "at_least",
    "benjamini_hochberg",
    "both_orders",
    "clustered",
    "digits_for",
    "equivalent",
    "flips",
    "gwet",
    "holm",
    "in_order",
    "kappa",
    "krippendorff",
    "mcnemar",
    "more_often_than",
    "not_worse",
    "p_in_words",
    "paired",
    "pairs_for",
    "pairs_for_margin",
    "plan",
    "power_of",
    "power_of_margin",
    "power_of_preference",
    "preferences",
    "ranking",
    "rate",
    "ratio_of_means",
    "repeated",
    "scenarios_for_preference",
    "share_not_worse",
    "sign_test",
    "signed",
    "watched",
    "watched_preferences",
    "wilson",
]
