"""A proof about a hundred thousand answers: decided and shown, with its time and its memory."""

import random
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from flows.proved import locked_contest, rules
from lorewright.evaluate.proof import ProofArm
from lorewright.flows.answered import newest_answers
from lorewright.flows.contest_ratings import ratings_about
from lorewright.flows.contests import proof_contest
from lorewright.flows.locking import lock_of
from lorewright.flows.proof_report import report_proof
from lorewright.flows.proving import prove_answers
from lorewright.records import Scenario
from lorewright.settings import ProofRules, Settings
from lorewright.store import Workspace
from measuring import in_a_process, peak_mib
from page import Section

SCENARIOS = (250, 2_500, 25_000)
ARMS = 4
WORDS = 120
"""Of every answer."""
GOAL_MIB = 1e9 / 2**20


def measure() -> Section:
    """Each size in a process of its own, so that its peak memory is its own."""
    rows: list[list[str]] = []
    for scenarios in SCENARIOS:
        with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder:
            place = Path(folder) / "workspace"
            in_a_process(partial(_fill, place, scenarios))
            found = in_a_process(partial(_prove, place))
        met = "met" if found["shown_mib"] < GOAL_MIB else "**missed**"
        rows.append(
            [
                f"{found['answers']:,}",
                f"{found['rated']:,}",
                f"{found['decide_s']:.0f} s",
                f"{found['decided_mib']:.0f} MiB",
                f"{found['show_s']:.0f} s",
                f"{found['shown_mib']:.0f} MiB",
                f"{found['lines']:,}",
                met,
            ]
        )
    return Section(
        title="A proof about a hundred thousand answers",
        about=f"Made-up scenarios under a lock, {ARMS} arms with answers of {WORDS} words, and one "
        "made-up judge who rates every answer by four criteria and compares tuned and prompted "
        "base in both orders. All of it lies in a store; another process then reaches the verdict "
        "and writes its page, in HTML, in Markdown and as a JSON line for every scenario. Memory "
        "is the peak of its resident set up to the end of that step; the goal is a gigabyte.",
        columns=[
            "answers",
            "ratings and votes",
            "decide",
            "peak memory",
            "write the page",
            "peak memory",
            "scenarios written",
            "result",
        ],
        rows=rows,
    )


def _fill(place: Path, scenarios: int) -> dict[str, Any]:
    workspace = Workspace(place)
    workspace.make()
    with workspace.open(Settings()) as store:
        proved = locked_contest(workspace, store, scenarios=scenarios, settings=_settings())
        answers = proved.answers(_said)
        proved.rate(1.2, answers, raters=("ann",))
    return {}


def _said(arm: ProofArm, scenario: Scenario) -> str:
    rng = random.Random(f"{arm} {scenario.scenario_id}")
    return " ".join(f"word{rng.randrange(4_000)}" for _ in range(WORDS))


def _prove(place: Path) -> dict[str, Any]:
    workspace, settings = Workspace(place), _settings()
    with workspace.open(settings) as store:
        contest = proof_contest(store, settings)
        locked = lock_of(workspace, store, contest)
        found = newest_answers(store, contest.asked.ref)
        answers = {ProofArm(arm): one for arm, one in found.items()}
        begun = time.perf_counter()
        verdict = prove_answers(workspace, store, settings, locked, answers)
        decide_s, decided_mib = time.perf_counter() - begun, peak_mib()
        begun = time.perf_counter()
        page = report_proof(workspace, store, verdict)
        show_s, shown_mib = time.perf_counter() - begun, peak_mib()
        sheets, _ = ratings_about(store, answers)
        with page.lines.open(encoding="utf-8") as lines:
            written = sum(1 for _ in lines)
        if written != contest.asked.accepted or verdict.origin != "synthetic":
            raise RuntimeError(f"{written:,} scenarios were written, origin {verdict.origin}")
    return {
        "answers": sum(one.answered for one in answers.values()),
        "rated": sum(one.accepted for one in sheets),
        "decide_s": decide_s,
        "decided_mib": decided_mib,
        "show_s": show_s,
        "shown_mib": shown_mib,
        "lines": written,
    }


def _settings() -> Settings:
    return rules(dimensions="criteria", permutations=ProofRules().permutations)


if __name__ == "__main__":
    sys.exit("run `make bench ONLY=proof_scale`")
