"""Run a verb over many records: each piece once, resumed where it was, nothing lost."""

from lorewright.jobs.code import code_version
from lorewright.jobs.handler import Handler, ShardResult
from lorewright.jobs.report import Progress, Report, Step, Watch
from lorewright.jobs.runner import Piece, Prepared, run
from lorewright.jobs.tally import Here, here
from lorewright.jobs.waiting_runner import run_waiting
from lorewright.jobs.work import Forecast, Priced, WaitingPiece, WaitingPrepared, Work

__all__ = [
    "Forecast",
    "Handler",
    "Here",
    "Piece",
    "Prepared",
    "Priced",
    "Progress",
    "Report",
    "ShardResult",
    "Step",
    "WaitingPiece",
    "WaitingPrepared",
    "Watch",
    "Work",
    "code_version",
    "here",
    "run",
    "run_waiting",
]
