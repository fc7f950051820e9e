"""Whole books analysed, asked about and judged, with every kind of bad answer."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from books import books
from lorewright.llms.loopback import FAULTS
from page import Section
from rehearsing import counts_of, said, served, workspace_with

STEPS = (
    ("analyze", "--max-cost", "50"),
    ("generate", "pairs", "--max-cost", "50"),
    ("judge", "--max-cost", "50"),
)
TRIES = 3
SHARE = 0.004
ENDS_A_RUN = {
    "quota_exhausted", "no_credit", "wrong_key", "forbidden", "model_unknown", "slow", "redirect",
    "echoed_key", "huge",
}  # fmt: skip
"""Faults after which nobody would go on asking, or that take a minute each; tests have them."""


def measure() -> Section:
    """Each book in a workspace of its own."""
    faults = sorted(FAULTS.keys() - ENDS_A_RUN)
    options = [word for fault in faults for word in ("--fault", f"{fault}={SHARE}")]
    rows: list[list[str]] = []
    befallen = Counter[str]()
    for book in books():
        with served(*options) as (url, settings), workspace_with(book, settings) as workspace:
            rows += _rows(book, workspace, settings, url)
            befallen.update(counts_of(url)["faults"])
    return Section(
        title="Whole books, with every kind of bad answer",
        about=f"Each command until nothing fails for a reason that may pass, at most {TRIES} "
        f"times. {len(faults)} kinds of faults, each in {SHARE:.1%} of calls: {befallen.total():,} "
        f"calls were spoilt, of {len(befallen)} kinds. Requested = accepted + rejected + failed "
        "holds in each row, and each workspace was verified intact afterwards. A call is counted "
        "by the server; asked twice are answers to a request that it had answered before.",
        columns=[
            "book", "command", "starts", "calls", "requested", "accepted", "rejected", "failed",
            "asked twice",
        ],
        rows=rows,
    )  # fmt: skip


def _rows(book: Path, workspace: Path, settings: Mapping[str, str], url: str) -> list[list[str]]:
    rows: list[list[str]] = []
    calls = again = 0
    for step in STEPS:
        starts, told = _until_settled(step, workspace, settings)
        counts = counts_of(url)
        rejected, failed = sum(told["rejected"].values()), len(told["failed"])
        if told["requested"] != told["accepted"] + rejected + failed:
            raise RuntimeError(f"{book.name}, {step[0]}: the counts do not add up: {told}")
        rows.append(
            [
                book.stem.split("-")[0],
                f"`{' '.join(step[: step.index('--max-cost')])}`",
                str(starts),
                f"{counts['calls'] - calls:,}",
                *(f"{one:,}" for one in (told["requested"], told["accepted"], rejected, failed)),
                f"{counts['paid_again'] - again:,}",
            ]
        )
        calls, again = counts["calls"], counts["paid_again"]
    if not said(("verify",), workspace, settings)["intact"]:
        raise RuntimeError(f"{book.name}: the store is not intact")
    return rows


def _until_settled(
    step: tuple[str, ...], workspace: Path, settings: Mapping[str, str]
) -> tuple[int, dict[str, Any]]:
    """Run a command until no piece fails; what it told the last time, and how often it ran."""
    starts = 0
    while True:
        starts += 1
        told = said(step, workspace, settings, code=None)
        told = told.get("taught", told)  # `analyze` also tells what the rules made
        if "failed" in told and (not told["failed"] or starts >= TRIES):
            return starts, told
        if starts >= 2 * TRIES:
            raise RuntimeError(f"{step[0]} does not come to its end: {told}")
