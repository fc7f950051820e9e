"""Asking a language model for many items, beside the tools that people use for it."""

import shutil
import statistics
import tempfile
from pathlib import Path
from typing import NamedTuple

from generating import (
    AT_ONCE,
    LATENCY_MS,
    Server,
    Tool,
    a_server,
    installed_mib,
    lorewright,
    peers,
    run,
)
from measuring import spread
from page import Section

FEW, MANY = 200, 1200
"""The difference between the two runs is what an item costs; what it takes to start cancels."""
RUNS = 3


class Cost(NamedTuple):
    """What one pair of runs says of a tool."""

    cpu_ms: float
    per_second: float
    starts_s: float
    peak_mib: float


def measure() -> Section:
    """Every tool in turn, the round repeated, so that a slow minute meets all of them."""
    tools = [lorewright(), *peers()]
    found: dict[str, list[Cost]] = {tool.name: [] for tool in tools}
    for _ in range(RUNS):
        for tool in tools:
            found[tool.name].append(_cost(tool))
    rows: list[list[str]] = []
    for tool in tools:
        costs = found[tool.name]
        rows.append(
            [
                tool.name,
                spread([one.cpu_ms for one in costs]).shown("ms", digits=2),
                spread([one.per_second for one in costs]).shown("/s"),
                f"{statistics.median(one.starts_s for one in costs):.1f} s",
                f"{max(one.peak_mib for one in costs):.0f} MiB",
                f"{installed_mib(tool):,} MiB",
            ]
        )
    return Section(
        title="Asking a language model for items",
        about=f"{MANY - FEW:,} passages, one question with its quote from each, {AT_ONCE} requests "
        f"at once to a loopback server that answers after {LATENCY_MS} ms; every tool gets the "
        "same prompts, and afterwards every item is compared with what the server said and the "
        "server's own count with the number of items. CPU is that of all processes of the tool, "
        f"per item, as the difference between a run of {MANY:,} and one of {FEW}; items a second "
        "likewise; the start is what is left of the shorter run. Lorewright does more than was "
        "asked of the others: each reply is committed to the call ledger before it is read, "
        "checked against a schema, its quote located in the document, and kept as an example "
        "with evidence, under the durable run engine. Its passages are stored beforehand. The "
        "size is that of the environment; Lorewright's holds everything, its tests and torch too.",
        columns=["tool", "CPU per item", "items", "start", "peak memory", "installed"],
        rows=rows,
    )


def _cost(tool: Tool) -> Cost:
    few_s, few_cpu, _, few_span = _once(tool, FEW)
    _, many_cpu, peak, many_span = _once(tool, MANY)
    count = MANY - FEW
    return Cost(
        (many_cpu - few_cpu) / count * 1000, count / (many_span - few_span), few_s - few_span, peak
    )


def _once(tool: Tool, count: int) -> tuple[float, float, float, float]:
    """Seconds, CPU seconds, MiB, and the seconds that the server saw."""
    folder = Path(tempfile.mkdtemp(prefix="lorewright-bench-"))
    try:
        with a_server(latency_ms=LATENCY_MS) as server:
            tool.make_ready(folder, count)
            ran = run(tool.words(server, folder, count))
            span = _asked_once(tool, server, count)
        tool.check(folder, count)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return ran.seconds, ran.cpu_s, ran.peak_mib, span


def _asked_once(tool: Tool, server: Server, count: int) -> float:
    """How long the server was asked; each passage must have been asked for exactly once."""
    counts = server.counts()
    if (counts.served, counts.numbers) != (count, count) or counts.most_at_once > AT_ONCE:
        raise RuntimeError(f"{tool.name} asked otherwise than told: {counts}")
    return counts.span_s
