"""How near three ways of weighting a panel come to labels that none of them has seen."""

from lorewright.generate.deliberations import compare, panel_library, simulated_labels
from lorewright.generate.deliberations.comparing import Interval, PolicyReport
from page import Section

SEEDS = (7, 8, 9)
"""Each draws its own labels, its own split and its own policy."""
CONVERSATIONS = 210
"""Thirty of each panel."""


def measure() -> Section:
    """Label by the simulator, fit on seven conversations in ten, and test on the others."""
    reports = [report(seed) for seed in SEEDS]
    held = reports[0].held_out_conversations
    return Section(
        title="Weights of a panel (simulation)",
        about=(
            "**A simulation: no person has labelled anything**, so the numbers say that the "
            "fitting works and nothing about what people would want. A simulator with a hidden "
            "policy, which is neither the table nor the keyword rule, labels every turn of "
            f"{CONVERSATIONS} conversations of the seven panels that come along; the learned "
            f"policy is fitted on {CONVERSATIONS - held} of them, and all three are measured on "
            f"the other {held}, before guardrails. Error is the mean absolute difference of the "
            "weights, rank agreement is Spearman's correlation of the order of the personas; both "
            "are means over conversations with a 95 % bootstrap interval that resamples "
            "conversations. Static stays the default until labels by people say otherwise."
        ),
        columns=["seed", "weighting", "error", "rank agreement", "error less that of the table"],
        rows=[row for one in reports for row in _rows(one)],
    )


def report(seed: int) -> PolicyReport:
    """Compare the three on labels of one seed."""
    panels = [*panel_library().panels.values()]
    return compare(simulated_labels(panels, conversations=CONVERSATIONS, seed=seed), seed=seed)


def _rows(one: PolicyReport) -> list[list[str]]:
    less = ["-", _shown(one.hybrid_less_static), _shown(one.learned_less_static)]
    return [
        [str(one.seed), row.approach.value, _shown(row.error), _shown(row.rank), gain]
        for row, gain in zip(one.rows, less, strict=True)
    ]


def _shown(found: Interval) -> str:
    return f"{found.mean:.3f} ({found.low:.3f} to {found.high:.3f})"
