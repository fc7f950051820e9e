"""What a job would be trained on, found out without loading torch."""

import os
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

GIB = 2**30
_PATIENCE_S = 10.0

# Dense 16-bit tensor throughput of data sheets, in TFLOP/s, by a part of the device's name.
_DATA_SHEET = {
    "H200": 989.0,
    "H100": 989.0,
    "A100": 312.0,
    "L40S": 362.0,
    "RTX 4090": 165.0,
    "A40": 150.0,
    "A10": 125.0,
    "L4": 121.0,
    "T4": 65.0,
}
_UNKNOWN_GPU = 60.0
_REACHED = 0.4
"""Share of the data sheet that training reaches: 45 % is the goal on an H200."""
_CPU_THREAD = 0.022
"""TFLOP/s of one thread in 32 bits, with matrices of the sizes that a CPU trains."""


@dataclass(frozen=True, slots=True)
class Device:
    """Where training happens."""

    kind: Literal["cpu", "cuda"]
    name: str
    memory: int
    """In bytes."""
    free: int
    """In bytes; what the system would give before it takes from others."""
    tflops: float
    """What training is likely to reach."""


def find_device(*, threads: int) -> Device:
    """The GPU that training would take, or else the processor.

    Args:
        threads: how many a training process uses of the processor.
    """
    return _gpu() or processor(threads=threads)


def processor(*, threads: int) -> Device:
    """The processor, with the memory that this process may use."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    free = _available() or whole
    with suppress(OSError, ValueError):  # no such file, or the word `max`
        allowed = int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii"))
        used = int(Path("/sys/fs/cgroup/memory.current").read_text(encoding="ascii"))
        whole, free = min(whole, allowed), min(free, max(0, allowed - used))
    cores = os.cpu_count() or 1
    used_threads = min(threads, cores)
    return Device(
        "cpu",
        f"processor, {_threads_in_words(used_threads)}",
        whole,
        free,
        _CPU_THREAD * used_threads,
    )


def _threads_in_words(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"


def _gpu() -> Device | None:
    """The first GPU that the driver's own tool lists; None without tool or GPU."""
    tool = shutil.which("nvidia-smi")
    if tool is None or os.environ.get("CUDA_VISIBLE_DEVICES") == "":
        return None
    query = ["--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(  # noqa: S603 - no shell, and fixed words
            [tool, *query], capture_output=True, text=True, timeout=_PATIENCE_S, check=True
        ).stdout
        name, total, free = (part.strip() for part in said.splitlines()[0].split(","))
        memory, room = int(total) * 2**20, int(free) * 2**20
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
    sheet = next((value for part, value in _DATA_SHEET.items() if part in name), _UNKNOWN_GPU)
    return Device("cuda", name, memory, room, sheet * _REACHED)


def _available() -> int | None:
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None
