"""Run a verb over many records: each piece once, resumed where it was, nothing lost."""

from lorewright.jobs.code import code_version
from lorewright.jobs.report import Progress, Report, Step, Watch
from lorewright.jobs.runner import Piece, Prepared, run
from lorewright.jobs.waiting_runner import run_waiting
from lorewright.jobs.work import Forecast, Priced, WaitingPiece, WaitingPrepared, Work

__all__ = [
    "Forecast",
    "Piece",
    "Prepared",
    "Priced",
    "Progress",
    "Report",
    "Step",
    "WaitingPiece",
    "WaitingPrepared",
    "Watch",
    "Work",
    "code_version",
    "run",
    "run_waiting",
]
