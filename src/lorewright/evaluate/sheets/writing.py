"""A sheet before it is filled in, and the page that says how."""

from collections.abc import Iterator, Mapping

from lorewright.evaluate.dimensions import HIGHEST, LOWEST, Profile
from lorewright.evaluate.judging.showing import facts_of_scenario
from lorewright.evaluate.sheets.layout import Layout

ASKED = "Whose advice would you follow?"


def rows_of(layout: Layout, *, sheet: str, rater: str) -> Iterator[Mapping[str, str]]:
    """The cells that are written; no arm, no language model, no length is among them.

    Args:
        layout: the rows.
        sheet: the name of the evaluation.
        rater: who fills it in.
    """
    for row in layout.rows:
        facts = facts_of_scenario(row.scenario)
        client = [facts["persona"], facts["topic"], facts["feeling"]]
        yield {
            "sheet": sheet,
            "rater": rater,
            "code": row.code,
            "block": str(row.block),
            "letter": row.letter,
            "situation": facts["situation"],
            "client_is": "; ".join(one for one in client if one),
            "said_before": "\n\n".join(f"{line.speaker}: {line.text}" for line in row.before),
            "client_says": row.message,
            "answer": row.answer,
        }


def guide_of(profile: Profile, advisor: str = "") -> str:
    """What goes along with a sheet for somebody who has never seen one."""
    lines = [
        "How to fill in the rating sheet",
        "",
        "Each row is one answer of an advisor. Rows with the same number under `block` belong to",
        "one client. The advisors are called A, B, C ..., and in every block these are others.",
        "",
        f"Give a whole number from {LOWEST} to {HIGHEST} in each column below. Write ? where you",
        "cannot tell. Leave a whole row empty if you do not want to rate it; a row that is filled",
        "in by half does not count. Do not change the other cells.",
        "",
    ]
    if advisor:
        lines += ["The advisor is meant to be like this:", advisor, ""]
    for one in profile.dimensions:
        lines += [f"{one.key}: {one.question}"]
        lines += [f"  {value}  {one.anchor(value)}" for value in range(LOWEST, HIGHEST + 1)]
        lines += [""]
    lines += [
        f"preference: {ASKED} Write the letters of the block in any of its rows, the",
        "  best first, as in B>A=C. Write `tie` when all are worth the same, and `bad` when none",
        "  is any good.",
        "",
        "reason: a few words about why, if you like.",
        "",
        "Some clients come twice. That is on purpose; do not look back.",
        "",
    ]
    return "\n".join(lines)
