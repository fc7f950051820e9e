"""SIGKILL when half of the items are there, and the same command again."""

import shutil
import tempfile
import time
from pathlib import Path

from generating import Server, Tool, a_server, kill, lorewright, peers, start
from page import Section

COUNT, LATENCY_MS, KILLS = 1_000, 100, 3
PATIENCE_S = 180.0


def measure() -> Section:
    """Every tool that can go on after a crash."""
    rows = [_row(tool) for tool in (lorewright(), *peers())]
    return Section(
        title="SIGKILL at half",
        about=f"{COUNT:,} items as above from a server that takes {LATENCY_MS} ms; all processes "
        "of the tool are killed when the server has answered half of them, and the same command "
        f"is run again with the tool's own way to go on. {KILLS} times each: the range. Asked "
        "twice is what would be paid twice; no more than the 64 requests that were under way "
        "can be excused.",
        columns=["tool", "asked twice", "lost", "goes on"],
        rows=rows,
    )


def _row(tool: Tool) -> list[str]:
    if tool.resumes is None:
        return [tool.name, "-", "-", "has no way to"]
    twice: list[int] = []
    lost: list[int] = []
    ends: list[str] = []
    for _ in range(KILLS):
        again, missing, end = _kill(tool)
        twice.append(again)
        lost.append(missing)
        ends.append(end)
    return [tool.name, _range(twice), _range(lost), ", ".join(sorted(set(ends)))]


def _kill(tool: Tool) -> tuple[int, int, str]:
    """Items asked for twice, items missing at the end, and how the second run ended."""
    folder = Path(tempfile.mkdtemp(prefix="lorewright-bench-"))
    try:
        with a_server(latency_ms=LATENCY_MS) as server:
            tool.make_ready(folder, COUNT)
            words = tool.words(server, folder, COUNT)
            process = start(words)
            _half(server)
            kill(process)
            end = _again([*words, *(tool.resumes or ())])
            counts = server.counts()
        if end == "yes":
            tool.check(folder, COUNT)
        return counts.served - counts.numbers, COUNT - counts.numbers, end
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _half(server: Server) -> None:
    ends = time.monotonic() + PATIENCE_S
    while server.counts().served < COUNT // 2:
        if time.monotonic() > ends:
            raise RuntimeError("the tool never came to half of the items")
        time.sleep(0.02)


def _again(words: list[str | Path]) -> str:
    begun = time.perf_counter()
    process = start(words)
    while process.poll() is None:
        if time.perf_counter() - begun > PATIENCE_S:
            kill(process)
            return f"hangs for more than {PATIENCE_S:.0f} s"
        time.sleep(0.1)
    return "yes" if process.returncode == 0 else f"ends with {process.returncode}"


def _range(values: list[int]) -> str:
    return f"{min(values)}" if len(set(values)) == 1 else f"{min(values)} to {max(values)}"
