"""The table that one looks at before anything is answered."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lorewright.cli.face import Face

if TYPE_CHECKING:
    from lorewright.evaluate.proof.planning import Plan


def show_plan(face: Face, plan: "Plan") -> None:
    """Say how many scenarios which claim needs, and what the planned number shows."""
    for line in _lines(plan):
        face.say(line)
    face.result(
        "evaluate",
        scenarios=plan.scenarios,
        base_mean=plan.base_mean,
        alpha=plan.alpha,
        margin=plan.margin,
        differences=[
            {
                "sd": row.sd,
                "difference": row.difference,
                "for_eighty": row.for_eighty,
                "for_ninety": row.for_ninety,
            }
            for row in plan.differences
        ],
        reach=[row._asdict() for row in plan.reach],
        margins=[row._asdict() for row in plan.margins],
        preferences=[row._asdict() for row in plan.preferences],
        raters=[row._asdict() for row in plan.raters],
        warnings=plan.warnings,
    )


def _lines(plan: "Plan") -> Iterator[str]:
    spread = plan.spread
    yield (
        f"{plan.scenarios:,} scenarios; the prompted base is expected at {plan.base_mean}, "
        f"scenarios to vary by {spread.sd}, arms to correlate by {spread.correlation}, a rater to "
        f"err by {spread.rater_noise}, {spread.raters} raters"
    )
    yield from (f"! {warning}" for warning in plan.warnings)
    differences = list(dict.fromkeys(row.difference for row in plan.differences))
    yield ""
    yield "scenarios that show a true difference (power 80 % / 90 %), two-sided"
    yield _row(["SD of the differences", *(f"{one:.2f}" for one in differences)])
    for sd in dict.fromkeys(row.sd for row in plan.differences):
        cells = [f"{r.for_eighty}/{r.for_ninety}" for r in plan.differences if r.sd == sd]
        yield _row([f"{sd}", *cells])
    yield ""
    yield f"what {plan.scenarios:,} scenarios show"
    yield _row(["SD of the differences", "smallest, 80 %", "smallest, 90 %", "power at margin"])
    for reach in plan.reach:
        yield _row(
            [
                f"{reach.sd}",
                f"{reach.eighty:.2f} points",
                f"{reach.ninety:.2f} points",
                _power(reach.power),
            ]
        )
    yield ""
    yield f"scenarios that prove at least {_percent(plan.margin)} (one-sided {plan.alpha / 2:g})"
    yield _row(["true gain", "80 %", "90 %", f"power of {plan.scenarios:,}"])
    for margin in plan.margins:
        yield _row(
            [
                f"+{_percent(margin.gain)}",
                f"{margin.for_eighty:,}",
                f"{margin.for_ninety:,}",
                _power(margin.power),
            ]
        )
    yield ""
    yield "scenarios that show a preference, ties not counted"
    yield _row(["true share", "80 %", "90 %", f"power of {plan.scenarios:,}"])
    for one in plan.preferences:
        yield _row(
            [
                _percent(one.share),
                f"{one.for_eighty:,}",
                f"{one.for_ninety:,}",
                _power(one.power),
            ]
        )
    yield ""
    yield f"what raters change: scenarios that show {_percent(plan.margin)} as a difference, 80 %"
    yield _row(["raters", "SD", "scenarios"])
    for row in plan.raters:
        yield _row([f"{row.raters}", f"{row.sd:.2f}", f"{row.for_eighty:,}"])


def _row(cells: Sequence[str]) -> str:
    first, *rest = cells
    return f"  {first:<22}" + "".join(f"{cell:>18}" for cell in rest)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _power(share: float) -> str:
    """Power is never certainty."""
    return "> 99 %" if share > 0.99 else _percent(share)
