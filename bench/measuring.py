"""Wall time as median and range; wall time and peak memory of another process."""

import json
import os
import statistics
import subprocess
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple


class Spread(NamedTuple):
    """The median of some measurements, the lowest and the highest."""

    median: float
    low: float
    high: float

    def shown(self, unit: str, *, digits: int = 0) -> str:
        """As `median unit (low-high)`."""
        return f"{self.median:.{digits}f} {unit} ({self.low:.{digits}f}-{self.high:.{digits}f})"


def spread(values: Sequence[float]) -> Spread:
    """Sum up `values`."""
    return Spread(statistics.median(values), min(values), max(values))


def seconds(work: Callable[[], object], *, runs: int) -> Spread:
    """Wall seconds of `work`, called once to warm up and then `runs` times."""
    work()
    taken: list[float] = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return spread(taken)


class Run(NamedTuple):
    """What another process took."""

    seconds: float
    peak_mib: float
    """The largest resident set of the process or of any single child it waited for. Linux
    counts the measuring process in until the program starts, some 20 MiB: tell no less."""
    cpu_seconds: float
    """Of all its threads, and of the children that it waited for."""


def run(command: Sequence[str], *, folder: Path | None = None) -> Run:
    """Run `command` to its end with its output dropped.

    Raises:
        RuntimeError: when it ends with another code than 0.
    """
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    # wait4 tells the peak of exactly this child; getrusage would mix it with earlier ones.
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return Run(taken, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def in_a_process(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `work` tells, done in a process of its own, so that its peak memory is its own.

    Raises:
        RuntimeError: when it fails; its traceback stands on stderr.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reader)
            with os.fdopen(writer, "w") as out:
                json.dump(work(), out)
            code = 0
        except Exception:  # noqa: BLE001 - the boundary of the process
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as told:
        said = told.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError(f"a measured process ended with {os.waitstatus_to_exitcode(status)}")
    return json.loads(said)


def peak_mib() -> float:
    """The most memory that this process has used, without that of the one that started it."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this system does not say how much memory a process used")
