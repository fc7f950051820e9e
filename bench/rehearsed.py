"""The knowledge path with a language model behind it, against the rehearsal server.

python bench/rehearsed.py           everything: writes docs/rehearsed.md
python bench/rehearsed.py kills     only the table of kills

The server's answers have the right shape and no sense, so this shows what becomes of them, and
says nothing of quality.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from books import HANDBOOK
from dimensions import dimension_table, view_of
from killing import kill_and_repeat, run_to_end
from lorewright.records import Example, Rejection
from lorewright.settings import Settings
from lorewright.store import KeptCall, Workspace, every_call
from page import Section, replace_section

PAGE = Path(__file__).parents[1] / "docs" / "rehearsed.md"
PRICES = {"input": "0.40", "output": "1.60"}
"""Dollars for a million tokens: about those of a small model of a large vendor."""
SEED, LATENCY_MS, KILLS = 7, 20, 6
TARGET_PAIRS, TARGET_COST, TARGET_RATING = 200, 0.05, 8.5
STEPS = (
    ("analyze", "--max-cost", "5"),
    ("generate", "pairs", "--max-cost", "5"),
    ("context", "--ask", "--max-cost", "5"),
    ("judge", "--max-cost", "5"),
)


def main() -> int:
    """Write the page, or a part of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["all", "kills"], default="all")
    asked = parser.parse_args()
    if asked.what == "all":
        for name, section in _told().items():
            replace_section(PAGE, name, section)
    replace_section(PAGE, "kills", _kills())
    print(PAGE.read_text(encoding="utf-8"))
    return 0


def _told() -> dict[str, Section]:
    """The story told once: what was made, and one chunk of it."""
    with _served() as (url, settings), _workspace(settings) as workspace:
        estimate = _said(("generate", "pairs", "--estimate"), workspace, settings)
        _said(("analyze", "--max-cost", "5"), workspace, settings)
        capped = _said(("generate", "pairs", "--max-cost", "0.10"), workspace, settings, code=3)
        pairs = _said(("generate", "pairs", "--max-cost", "5"), workspace, settings)
        checked = _said(("verify",), workspace, settings)
        counts = _counts(url)
        with Workspace(workspace).open(Settings()) as store:
            view = view_of(store, Settings())
            calls = list(every_call(store))
            examples = list(store.get_many(store.names("example"), Example))
            rejected = Counter(
                (one.outcome, one.reason)
                for one in store.get_many(store.names("rejection"), Rejection)
                if one.step == "pairs"
            )
    if not checked["intact"]:
        raise RuntimeError("the store is not intact")
    return {
        "pairs": _pairs(pairs, capped, estimate, counts, calls),
        "counts": _made(examples),
        "rejected": _turned_down(rejected),
        "chunk": dimension_table(view, "`ingest`, `analyze` and `generate pairs`"),
    }


def _pairs(
    pairs: Mapping[str, Any],
    capped: Mapping[str, Any],
    estimate: Mapping[str, Any],
    counts: Mapping[str, Any],
    calls: Sequence[KeptCall],
) -> Section:
    accepted, spent = pairs["written"], float(pairs["cost_usd"]) + float(capped["cost_usd"])
    each = spent / accepted
    whole_ones = [one for one in calls if one.state == "complete"]
    unusable = len(calls) - len(whole_ones)
    twice = len(whole_ones) - len({one.key for one in whole_ones})
    whole = estimate["estimate"][-1]
    rows = [
        [
            "accepted pairs",
            f"at least {TARGET_PAIRS}",
            str(accepted),
            _met(accepted >= TARGET_PAIRS),
        ],
        ["cost of one", f"at most ${TARGET_COST:.2f}", f"${each:.5f}", _met(each <= TARGET_COST)],
        [
            "mean rating",
            f"at least {TARGET_RATING} of 10",
            "-",
            "not measured: a judge without sense rates nothing",
        ],
    ]
    return Section(
        title="Pairs from the sample handbook",
        about="`lorewright ingest`, `analyze --max-cost 5`, `generate pairs --max-cost 0.10`, "
        f"which stops with exit code 3 after ${float(capped['cost_usd']):.4f} and "
        f"{capped['accepted']:,} accepted results, then `generate pairs --max-cost 5`, which goes "
        f"on. Prices are set to ${PRICES['input']} and ${PRICES['output']} for a million tokens of "
        "input and output. The estimate for the first round, before the first call, was "
        f"{_estimated(whole)}. The server answered {counts['answers']:,} calls of both commands, "
        f"{unusable} of them in a way that could not be used. {counts['paid_again']} were the same "
        f"request again: {twice} by mistake, the others as another draw of a later round. The "
        "targets are those of the reference.",
        columns=["", "target", "here", ""],
        rows=rows,
    )


def _estimated(row: Mapping[str, Any]) -> str:
    fewest, likely, most = row["calls"]
    low, middle, high = map(float, row["cost_usd"])
    return f"{likely} calls ({fewest} to {most}) and ${middle:.2f} (${low:.2f} to ${high:.2f})"


def _met(yes: bool) -> str:  # noqa: FBT001 - it is the question
    return "met" if yes else "missed"


def _made(examples: list[Example]) -> Section:
    levels = Counter(one.level.value for one in examples)
    forms = Counter(one.task_form for one in examples)
    turns = Counter(sum(turn.role == "user" for turn in one.turns) for one in examples)
    rows = [["level", name, str(number)] for name, number in levels.most_common()]
    rows += [["task form", name, str(number)] for name, number in forms.most_common()]
    rows += [["questions in a row", str(name), str(turns[name])] for name in sorted(turns)]
    return Section(
        title="What was accepted",
        about=f"All {len(examples):,} accepted examples, counted from the records; one that "
        "repeats the question of another is among them, and a dataset takes one of the two.",
        columns=["by", "", "examples"],
        rows=rows,
    )


def _turned_down(rejected: Counter[tuple[str, str]]) -> Section:
    return Section(
        title="What was not, and why",
        about="Counted from the records, each of which says why.",
        columns=["outcome", "reason", "results"],
        rows=[
            [outcome, f"`{reason}`", f"{number:,}"]
            for (outcome, reason), number in rejected.most_common()
        ],
    )


def _kills() -> Section:
    """Each command killed at random points and run again, the server's own count beside it."""
    chance = random.Random(SEED)
    rows: list[list[str]] = []
    whole = dict[str, int]()
    with _served() as (url, settings), _workspace(settings) as workspace:
        before = 0
        for step in STEPS:
            run_to_end(step, workspace, settings)
            whole[" ".join(step)] = _counts(url)["answers"] - before
            before = _counts(url)["answers"]
        expected = _names(workspace)
    with _served() as (url, settings), _workspace(settings) as workspace:
        answers = again = 0
        for step in STEPS:
            found = kill_and_repeat(
                step, workspace, settings, whole_s=20, kills=KILLS, chance=chance
            )
            counts = _counts(url)
            rows.append(
                [
                    f"`{' '.join(step)}`",
                    str(found.kills),
                    f"{min(found.at, default=0):.1f} to {max(found.at, default=0):.1f} s",
                    str(whole[" ".join(step)]),
                    str(counts["answers"] - answers),
                    str(counts["paid_again"] - again),
                ]
            )
            answers, again = counts["answers"], counts["paid_again"]
        lost = sorted(expected - _names(workspace))
        intact = _said(("verify",), workspace, settings)["intact"]
    if not intact:
        raise RuntimeError("the store is not intact")
    kinds = Counter(kind for kind, _ in lost)
    missing = ", ".join(f"{number} {kind}" for kind, number in kinds.items()) or "none"
    return Section(
        title="kill -9 while a language model is asked",
        about=f"Each command killed up to {KILLS} times and run again until it ends. Calls are "
        "counted by the server, in a workspace that nobody killed and in this one; asked twice are "
        "answers to a request that had been answered before: those under way at a kill. Records of "
        f"the undisturbed workspace that this one lacks: {missing}. Afterwards `lorewright verify` "
        "finds it intact.",
        columns=["command", "kills", "after", "calls undisturbed", "calls here", "asked twice"],
        rows=rows,
    )


def _names(workspace: Path) -> set[tuple[str, str]]:
    """What was made, without the records of single runs."""
    with Workspace(workspace).open(Settings()) as store:
        return {
            (kind, str(ref))
            for kind in ("chunk", "analysis", "key_fact", "example", "context", "judgement")
            for ref in store.names(kind)
        }


@contextmanager
def _served() -> Generator[tuple[str, dict[str, str]]]:
    """The rehearsal server, and the settings that lead to it."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "lorewright.llms.loopback"),
            *("--latency-ms", str(LATENCY_MS), "--seed", str(SEED)),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        yield (
            url,
            {
                **os.environ,
                "LOREWRIGHT_GENERATION__TEACHER": "pairs",
                "LOREWRIGHT_TEACHER__MODEL": "openai:rehearsal",
                "LOREWRIGHT_TEACHER__URL": url,
                "LOREWRIGHT_TEACHER__INPUT_PRICE": PRICES["input"],
                "LOREWRIGHT_TEACHER__OUTPUT_PRICE": PRICES["output"],
            },
        )
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _workspace(settings: Mapping[str, str]) -> Generator[Path]:
    """A workspace with the handbook in it."""
    with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder:
        (Path(folder) / "lorewright.toml").touch()
        run_to_end(("ingest", str(HANDBOOK)), Path(folder), settings)
        run_to_end(("analyze", "--rules"), Path(folder), settings)
        yield Path(folder)


def _said(
    step: tuple[str, ...], workspace: Path, settings: Mapping[str, str], *, code: int = 0
) -> dict[str, Any]:
    """What a command tells programs."""
    done = subprocess.run(
        [sys.executable, "-m", "lorewright", *step, "--workspace", workspace, "--json"],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != code:
        raise RuntimeError(f"{' '.join(step)} ended with {done.returncode}: {done.stdout}")
    return json.loads(done.stdout)


def _counts(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url.removesuffix('/v1')}/counts") as reply:
        return json.load(reply)


if __name__ == "__main__":
    sys.exit(main())
