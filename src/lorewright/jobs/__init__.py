"""Run a verb over many records: each piece once, resumed where it was, nothing lost."""

from lorewright.jobs.code import code_version
from lorewright.jobs.runner import Piece, Prepared, Progress, Report, Step, Watch, run

__all__ = ["Piece", "Prepared", "Progress", "Report", "Step", "Watch", "code_version", "run"]
