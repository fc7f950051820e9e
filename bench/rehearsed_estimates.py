"""Estimates of a run beside what it cost in the end, over many seeds of the server."""

import shutil
import statistics
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from books import HANDBOOK
from lorewright.flows.teacher_analyses import AnalysisChoice
from lorewright.flows.teacher_works import ANALYSIS, plan_of, told
from lorewright.flows.teaching import Allowed, Quote, Standing, estimate_priced
from lorewright.flows.teaching_runs import run_durably
from lorewright.llms.loopback import in_process
from lorewright.settings import Settings
from lorewright.settings.teacher import TeacherSettings
from lorewright.store import Store, Workspace
from page import Section
from rehearsing import PRICES, served, workspace_with

SEEDS = 20
WATCHED = 50
TYPICAL_TOKENS, SPREAD = 180, 0.6
REFUSED, SENT_BACK = 0.05, 0.05
"""Calls that are tried again: those the server did not take, and those with a field missing."""
WITHIN = 0.15


class Played(NamedTuple):
    """One run to its end."""

    calls: int
    likely: float
    """What it was thought to cost after the calls that were watched."""
    held: bool
    """Whether the range given then held what it cost."""
    held_before: bool
    """Whether the range given before the first call did."""
    cost: float

    @property
    def off(self) -> float:
        """The error of the estimate as a share of the cost."""
        return abs(self.likely - self.cost) / self.cost


def measure() -> Section:
    """The same analysis of the handbook with answers of other lengths each time."""
    with served() as (_, settings), workspace_with(HANDBOOK, settings) as workspace:
        runs = [_played(workspace, seed) for seed in range(SEEDS)]
    offs = [one.off for one in runs]
    near = sum(off <= WITHIN for off in offs)
    rows = [
        ["runs", str(SEEDS)],
        ["calls of a run", f"{min(one.calls for one in runs)} to {max(one.calls for one in runs)}"],
        [
            "cost of a run",
            f"${min(one.cost for one in runs):.3f} to ${max(one.cost for one in runs):.3f}",
        ],
        [f"estimates within {WITHIN:.0%} of the cost", f"{near} of {SEEDS} (goal: 90%)"],
        ["error of an estimate", f"{statistics.median(offs):.1%}, at most {max(offs):.1%}"],
        ["ranges that held the cost", f"{sum(one.held for one in runs)} of {SEEDS}"],
        [
            "ranges before the first call that held it",
            f"{sum(one.held_before for one in runs)} of {SEEDS}",
        ],
    ]
    return Section(
        title="Estimates and what it cost",
        about=f"`lorewright analyze` of the sample handbook, {SEEDS} times in fresh workspaces. "
        f"Answers have a median of {TYPICAL_TOKENS} tokens, their lengths are drawn log-normal "
        f"with a spread of {SPREAD}, by a seed; {REFUSED:.0%} of calls are refused once and "
        f"{SENT_BACK:.0%} of answers lack a field and are asked for again. Nothing of that is "
        f"known to the estimator. An estimate is what was spent after {WATCHED} calls and what "
        "was thought to be left.",
        columns=["", ""],
        rows=rows,
    )


def _played(prepared: Path, seed: int) -> Played:
    faults = (("unavailable", REFUSED), ("missing_field", SENT_BACK))
    options = [word for name, share in faults for word in ("--fault", f"{name}={share}")]
    options += ["--typical-tokens", str(TYPICAL_TOKENS), "--spread", str(SPREAD)]
    with (
        tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder,
        in_process("--latency-ms", "20", "--seed", str(seed), *options) as url,
    ):
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
        settings = Settings(
            teacher=TeacherSettings(
                model="openai:rehearsal",
                url=url,
                input_price=Decimal(PRICES["input"]),
                output_price=Decimal(PRICES["output"]),
            )
        )
        with Workspace(Path(folder)).open(settings) as store:
            return _run(store, settings)


def _run(store: Store, settings: Settings) -> Played:
    choice, plan = told(AnalysisChoice()), plan_of(ANALYSIS, None)
    before: Quote = estimate_priced(
        store, settings, lambda asker: plan(store, settings, asker, choice)
    )
    seen: list[Standing] = []
    account = run_durably(
        store, settings, ANALYSIS, choice, plan, allowed=Allowed(Decimal(50)), watch=seen.append
    )
    if account.ended is not None or account.report.failed:
        raise RuntimeError(f"a run did not come to its end: {account.report.failed}")
    watched = next(one for one in seen if one.calls >= WATCHED)
    spent, left = float(watched.spent), watched.left.cost
    cost = float(account.cost)
    return Played(
        seen[-1].calls,
        spent + left.likely,
        spent + left.low <= cost <= spent + left.high,
        before.whole.cost.low <= cost <= before.whole.cost.high,
        cost,
    )
