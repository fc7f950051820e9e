"""What a number was measured on, without saying whose machine it is."""

import os
import platform
import re
import statistics
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("pydantic", "sqlalchemy", "torch", "transformers", "peft")
"""Those that decide how long things take."""


STEPS = 2_000_000
"""Steps of the yardstick; a fraction of a second on an idle machine of today."""
TRIES = 3


def describe() -> str:
    """Processor, cores, memory, system, Python, libraries and the yardstick, in one line."""
    installed = [f"{name} {found}" for name in LIBRARIES if (found := _version(name))]
    return ", ".join(
        [
            _processor(),
            f"{len(os.sched_getaffinity(0))} cores",
            f"{_memory_gib():.0f} GiB of memory",
            f"{platform.system()} {platform.machine()}",
            f"Python {platform.python_version()}",
            *installed,
            f"yardstick {yardstick_s():.2f} s",
        ]
    )


def yardstick_s() -> float:
    """Seconds of a fixed loop in plain Python, now: how slow or busy the machine is.

    The median of a few tries; no library, no disk and no second core has a part in it.
    """
    return statistics.median(_one_try() for _ in range(TRIES))


def _one_try() -> float:
    begun, total = time.perf_counter(), 0
    for number in range(STEPS):
        total = (total * 31 + number) & 0xFFFF_FFFF
    return time.perf_counter() - begun


def _processor() -> str:
    found = re.search(r"^model name\s*: (.+)$", _read("/proc/cpuinfo"), re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _read(path: str) -> str:
    file = Path(path)
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
