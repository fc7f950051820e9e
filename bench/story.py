"""The whole story on every book, by the program's own commands."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from books import books
from page import Section

STEPS = ("analyze", "generate", "curate", "train", "evaluate", "report", "verify")


class Told(NamedTuple):
    """One story, told."""

    seconds: dict[str, float]
    peak_mib: float
    said: dict[str, dict[str, Any]]


def measure() -> Section:
    """Run the story on each book in a new workspace, one command after the other."""
    told = {book: _tell(book) for book in books()}
    rows = [
        ["demo", *_demo_row()],
        *([book.name, *_row(one)] for book, one in told.items()),
    ]
    return Section(
        title="The whole story",
        about="`lorewright demo` on the sample handbook, then the same story by single commands on "
        "each book: seconds of each, the largest resident set of any single process, and what "
        "came out. Differences are nats per token of the reference answer, tuned adapter minus "
        "the other, with the p-value of a paired sign-flip test. The base is a pocket model made "
        "on the spot: this shows the machinery, not a good advisor. One run each.",
        columns=[
            "book",
            "seconds",
            "of these train",
            "peak memory",
            "train / recall / transfer",
            "recall: base, control",
            "transfer: base, control",
            "findings",
            "verify",
        ],
        rows=rows,
    )


def _demo_row() -> list[str]:
    with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder:
        seconds, peak, said = _run(["demo", str(Path(folder) / "demo")])
    return [f"{seconds:.0f}", "", f"{peak:.0f} MiB", "", *_differences(said), ""]


def _tell(book: Path) -> Told:
    seconds: dict[str, float] = {}
    said: dict[str, dict[str, Any]] = {}
    peaks: list[float] = []
    with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder:
        (Path(folder) / "lorewright.toml").touch()
        for step in (("ingest", str(book)), *((step,) for step in STEPS)):
            seconds[step[0]], peak, said[step[0]] = _run([*step, "--workspace", folder])
            peaks.append(peak)
    return Told(seconds, max(peaks), said)


def _row(told: Told) -> list[str]:
    splits = told.said["curate"]["splits"]
    return [
        f"{sum(told.seconds.values()):.0f}",
        f"{told.seconds['train']:.0f}",
        f"{told.peak_mib:.0f} MiB",
        f"{splits['train']} / {splits['recall']} / {splits['transfer']}",
        *_differences(told.said["evaluate"]),
        "intact" if told.said["verify"]["intact"] else "not intact",
    ]


def _differences(said: dict[str, Any]) -> list[str]:
    by_split: dict[str, list[str]] = {"recall": [], "transfer": []}
    for one in said["comparisons"]:
        by_split[one["split"]].append(
            f"{float(one['mean_difference']):+.2f} (p {float(one['p_value']):.4f})"
        )
    findings = ", ".join(f"{one['split']} {one['finding']}" for one in said["findings"])
    return [*(", ".join(found) for found in by_split.values()), findings]


def _run(words: list[str]) -> tuple[float, float, dict[str, Any]]:
    """Seconds, peak memory of the process or any child it waited for, and what it said."""
    with tempfile.TemporaryFile("w+") as out:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "lorewright", *words, "--json", "--quiet"], stdout=out
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{' '.join(words)} ended with {process.returncode}")
        out.seek(0)
        return seconds, usage.ru_maxrss / 1024, json.loads(out.read().splitlines()[-1])
