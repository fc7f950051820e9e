"""One of several processes of a job, as torchrun starts it: `-m lorewright.train.rank JOBDIR`.

The first speaks and writes for all; the others do the same steps and say nothing. An error is
written down for the process that leads, which knows how all of them ended. Exit codes are those
of `lorewright.train.run`.
"""

import os
import signal
import sys
import traceback
from pathlib import Path

from lorewright.errors import Incomplete, LorewrightError, TrainingFailed
from lorewright.train.events import EVENTS_FILE, Event, EventLog, now
from lorewright.train.failing import classified, failed
from lorewright.train.run import work
from lorewright.train.several import join, leave
from lorewright.train.several.leading import LastWords, is_lost, log_of, write_last_words
from lorewright.train.several.ranks import end_with_parent


class StopTogether:
    """Remembers that this process was asked to stop; all stop before the same step."""

    def __init__(self) -> None:
        self.is_asked = False
        self.has_begun = False
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, _signal: int, _frame: object) -> None:
        if not self.has_begun:
            os._exit(Incomplete.exit_code)  # whoever leads says so
        self.is_asked = True


def main(jobdir: Path) -> int:
    """Work on the job with the others until it is done, and return the exit code."""
    stop = StopTogether()
    end_with_parent()
    if rank := int(os.environ["RANK"]):
        _write_apart(log_of(jobdir, rank))
    log = EventLog(jobdir / EVENTS_FILE if rank == 0 else Path(os.devnull))
    try:
        work(jobdir, log, stop, join())
        leave()
    except Incomplete:
        log.append(Event(phase="cancelled", time=now()))
        return Incomplete.exit_code if rank == 0 else 0
    except LorewrightError as error:
        write_last_words(jobdir, rank, LastWords(event=failed(error)))
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the boundary of the process
        traceback.print_exc()
        words = LastWords(event=failed(classified(error)), is_lost=is_lost(error))
        write_last_words(jobdir, rank, words)
        return TrainingFailed.exit_code
    finally:
        log.close()
    return 0


def _write_apart(path: Path) -> None:
    """What one process prints is not mixed with what another does."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(file, stream.fileno())
    os.close(file)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
