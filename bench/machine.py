"""What a number was measured on, without saying whose machine it is."""

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("pydantic", "sqlalchemy", "torch", "transformers", "peft")
"""Those that decide how long things take."""


def describe() -> str:
    """Processor, cores, memory, system, Python and libraries, in one line."""
    installed = [f"{name} {found}" for name in LIBRARIES if (found := _version(name))]
    return ", ".join(
        [
            _processor(),
            f"{len(os.sched_getaffinity(0))} cores",
            f"{_memory_gib():.0f} GiB of memory",
            f"{platform.system()} {platform.machine()}",
            f"Python {platform.python_version()}",
            *installed,
        ]
    )


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
