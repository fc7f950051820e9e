"""Whether memory grows with the number of items, and how much the waiting costs."""

import shutil
import tempfile
from pathlib import Path

from generating import AT_ONCE, LATENCY_MS, Ran, a_server, lorewright, run
from page import Section

LONG_S = 1.0


def measure() -> Section:
    """A thousand, ten thousand and a hundred thousand items; then a server that takes a second."""
    rows = [_row(count, LATENCY_MS / 1000) for count in (1_000, 10_000, 100_000)]
    rows.append(_row(6_400, LONG_S))
    return Section(
        title="Many items",
        about=f"Lorewright alone, {AT_ONCE} requests at once, everything as in the section above. "
        "The ideal is latency x items / requests at once; the time beside it is from the first "
        "request to the last answer as the server saw them, and the whole is that of the command "
        "with its start. Every item is there and right afterwards, and was asked for once.",
        columns=["items", "latency", "ideal", "asked for", "of the ideal", "whole", "peak memory"],
        rows=rows,
    )


def _row(count: int, latency_s: float) -> list[str]:
    ran, span = _once(count, latency_s)
    ideal = latency_s * count / AT_ONCE
    return [
        f"{count:,}",
        f"{latency_s * 1000:.0f} ms",
        f"{ideal:.1f} s",
        f"{span:.1f} s",
        f"{span / ideal:.3f}",
        f"{ran.seconds:.1f} s",
        f"{ran.peak_mib:.0f} MiB",
    ]


def _once(count: int, latency_s: float) -> tuple[Ran, float]:
    tool = lorewright()
    folder = Path(tempfile.mkdtemp(prefix="lorewright-bench-"))
    try:
        with a_server(latency_ms=latency_s * 1000) as server:
            tool.make_ready(folder, count)
            ran = run(tool.words(server, folder, count))
            counts = server.counts()
        if (counts.served, counts.numbers) != (count, count):
            raise RuntimeError(f"asked otherwise than told: {counts}")
        tool.check(folder, count)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return ran, counts.span_s
