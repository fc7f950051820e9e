"""What was expected of a job, beside it, so that its end can tell how far off that was."""

import resource
import sys
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from lorewright.inference import library
from lorewright.records import Value

ESTIMATE_FILE = "estimate.json"


class Expected(Value):
    """The estimate of one training process."""

    seconds: float
    """From its start to its result."""
    memory: int
    """Bytes at its fullest moment."""


def write_expected(jobdir: Path, expected: Expected) -> None:
    """Lay down what is expected of the job in `jobdir`."""
    unfinished = jobdir / "estimate.unfinished"
    unfinished.write_text(expected.model_dump_json(indent=2) + "\n", encoding="utf-8")
    unfinished.rename(jobdir / ESTIMATE_FILE)


def read_expected(jobdir: Path) -> Expected | None:
    """What was expected of the job in `jobdir`; None when nobody said."""
    try:
        return Expected.model_validate_json((jobdir / ESTIMATE_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def peak_memory() -> int:
    """Bytes that this process has held at its fullest moment: of the GPU, or else of memory."""
    torch = library("torch")
    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_reserved())
    # Linux counts in the parent until this program began, unless its own status is read.
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
