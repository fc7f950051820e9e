"""Ratings and agreement in words, and the same for other programs."""

from typing import TYPE_CHECKING, Any

from lorewright.cli.face import Face, sum_of

if TYPE_CHECKING:
    from lorewright.flows.rating_agreement import AgreementReport, OnDimension, WithOneself
    from lorewright.records import Ratings
    from lorewright.statistics import Finding

ORIGINS = {
    "measured": "",
    "rehearsed": " (rehearsed: nobody has read the answers)",
    "synthetic": " (synthetic: numbers made up to test the evaluator)",
}


def say_ratings(face: Face, ratings: "Ratings") -> None:
    """Who said how much, and what did not come."""
    failed = sum(one.count for one in ratings.failed)
    face.say(f"{ratings.by} {ratings.rater}{ORIGINS[ratings.origin]}")
    face.say(f"  {sum_of('judgement', ratings.accepted, 0, failed)}")
    for one in sorted(ratings.failed, key=lambda lost: -lost.count):
        face.say(f"  {one.count:>7,}  failed: {one.reason}")


def say_agreement(face: Face, report: "AgreementReport") -> None:
    """How far raters agree, dimension by dimension and rater by rater."""
    for one in report.dimensions:
        face.say(f"{one.dimension}: alpha {in_numbers(one.alpha)}{_met(one, report.least)}")
        face.say(f"  AC2 {in_numbers(one.ac2)}, {one.alpha.n:,} answers with two raters or more")
        for pair in one.kappas:
            face.say(f"  kappa of {pair.one} and {pair.other}: {in_numbers(pair.kappa)}")
    for rater in report.raters:
        _say_oneself(face, rater)


def _say_oneself(face: Face, rater: "WithOneself") -> None:
    if rater.again.n:
        face.say(f"{rater.rater} with what was said before: kappa {in_numbers(rater.again)}")
    if rater.order is None:
        return
    flips, share = rater.order.flips, rater.order.share
    face.say(
        f"{rater.rater} changes with the order in {flips.flips:,} of {flips.n:,} pairs: "
        f"{in_numbers(flips)}"
    )
    sways = flips.p_value is not None and flips.p_value < 1 - flips.level
    said = "the order sways it" if sways else "no sway of the order is shown"
    p_value = "" if flips.p_value is None else f", p = {flips.p_value:.3g}"
    face.say(f"  what is shown first is preferred in {in_numbers(share)}: {said}{p_value}")


def told_agreement(report: "AgreementReport") -> dict[str, Any]:
    """The same for other programs."""
    from lorewright.flows.ranking_words import finding_told

    return {
        "least": report.least,
        "dimensions": [
            {
                "dimension": one.dimension,
                "alpha": finding_told(one.alpha),
                "ac2": finding_told(one.ac2),
                "kappas": [
                    {"one": pair.one, "other": pair.other, **finding_told(pair.kappa)}
                    for pair in one.kappas
                ],
                "is_met": one.is_met,
            }
            for one in report.dimensions
        ],
        "raters": [
            {
                "rater": one.rater,
                "again": finding_told(one.again),
                "flips": finding_told(one.order.flips) if one.order else None,
                "first_preferred": finding_told(one.order.share) if one.order else None,
            }
            for one in report.raters
        ],
    }


def in_numbers(finding: "Finding") -> str:
    """An estimate with its interval, or why there is none."""
    if finding.estimate is None:
        return f"not measured ({finding.state.value.replace('_', ' ')})"
    if finding.low is None or finding.high is None:
        return f"{finding.estimate:.2f} (no interval)"
    return f"{finding.estimate:.2f} ({finding.low:.2f} to {finding.high:.2f})"


def _met(one: "OnDimension", least: float) -> str:
    if one.is_met is None:
        return ""
    return f", {least:g} is {'met' if one.is_met else 'not met'}"
