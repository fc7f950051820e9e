"""Two workers on one PostgreSQL beside one, when each worker's own concurrency is the limit."""

import shutil
import tempfile
import time
from pathlib import Path

from generating import FOLDER, PYTHON, Ran, Tool, a_server, ended, run, start
from measuring import spread
from page import Section
from postgres import PostgresServer

COUNT, LATENCY_S, EACH, RUNS = 1_920, 1.0, 32, 3


def measure() -> Section:
    """One worker and two in turn, a few times."""
    if not PostgresServer.is_installed():
        raise RuntimeError("this section needs Debian's postgresql")
    one: list[float] = []
    two: list[float] = []
    for _ in range(RUNS):
        one.append(_seconds(1))
        two.append(_seconds(2))
    gains = [slow / quick for slow, quick in zip(one, two, strict=True)]
    return Section(
        title="Two workers on one PostgreSQL",
        about=f"{COUNT:,} items as above from a server that takes {LATENCY_S:.0f} s, {EACH} "
        "requests at once in each `lorewright worker`. The time is from the first request to the "
        f"last answer as the server saw them; {RUNS} runs of each in turn. Afterwards every item "
        "is there and right, and was asked for once. The database does not wait for the disk, "
        "and everything shares the cores of one machine.",
        columns=["workers", "time", "gain"],
        rows=[
            ["1", spread(one).shown("s", digits=1), ""],
            ["2", spread(two).shown("s", digits=1), spread(gains).shown("x", digits=2)],
        ],
    )


def _seconds(workers: int) -> float:
    folder = Path(tempfile.mkdtemp(prefix="lorewright-bench-"))
    folder.chmod(0o755)  # the server runs as a user of its own
    (folder / "postgres").mkdir()
    try:
        with (
            PostgresServer(folder / "postgres") as address,
            a_server(latency_ms=LATENCY_S * 1000) as server,
        ):
            ours = [PYTHON, FOLDER / "ours.py"]
            more = ["--out", folder, "--database", address, "--url", server.url]
            more += ["--at-once", str(EACH)]
            run([*ours, "prepare", "--count", str(COUNT), *more])
            run([*ours, "order", *more])
            _together([*ours, "work", *more], workers)
            counts = server.counts()
            tool = Tool("Lorewright", [], export=[*ours, "export", "--database", address])
            tool.check(folder, COUNT)
        if (counts.served, counts.numbers) != (COUNT, COUNT):
            raise RuntimeError(f"asked otherwise than told: {counts}")
        if counts.most_at_once > EACH * workers:
            raise RuntimeError(f"more requests at once than allowed: {counts}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return counts.span_s


def _together(words: list[str | Path], workers: int) -> list[Ran]:
    begun = time.perf_counter()
    processes = [start(words) for _ in range(workers)]
    results = [ended(process, begun) for process in processes]
    if any(code for code, _ in results):
        raise RuntimeError("a worker failed")
    return [ran for _, ran in results]
