"""Training on this machine, in a process of its own."""

import time
from pathlib import Path

from lorewright.train.claim import holder
from lorewright.train.events import EVENTS_FILE, now, read_events
from lorewright.train.executors.executor import Fetched, Look, Place
from lorewright.train.executors.landing import fetched
from lorewright.train.job import Child, cancel, is_finished, start

CLAIMED_S = 60.0
"""How long a new process may take until it holds its job."""


class Local:
    """Runs jobs here; the folder of a job is its place."""

    def __init__(self) -> None:
        self._children: dict[str, Child] = {}
        """Started here; looked after so that none stays behind as a dead entry."""

    def submit(self, jobdir: Path) -> Place:
        """Start the job, or adopt the process that works on it."""
        said_before = _size(jobdir / EVENTS_FILE)
        self._children[str(jobdir)] = start_claimed(jobdir)
        return Place(
            executor="local", jobdir=str(jobdir), host="localhost", read_to=said_before,
            heard_at=now(),
        )  # fmt: skip

    def poll(self, place: Place) -> Look:
        """See how it goes."""
        jobdir = Path(place.jobdir)
        # Asked before reading, so that the last words of one that just ended are read.
        is_alive = self._is_alive(jobdir)
        events, read_to = read_events(jobdir / EVENTS_FILE, since=place.read_to)
        seen = place.model_copy(update={"read_to": read_to, "heard_at": now()})
        return Look(seen, tuple(events), is_alive, is_finished(jobdir))

    def cancel(self, place: Place, *, patience_s: float) -> bool:
        """Stop the process with a checkpoint, or kill it when it takes too long."""
        was_running = cancel(Path(place.jobdir), patience_s=patience_s)
        self._is_alive(Path(place.jobdir))
        return was_running

    def fetch(self, place: Place) -> Fetched:
        """Everything is here already."""
        return fetched(Path(place.jobdir))

    def _is_alive(self, jobdir: Path) -> bool:
        child = self._children.get(str(jobdir))
        if child is not None and child.process is not None:
            child.process.poll()
        return holder(jobdir) is not None


def start_claimed(jobdir: Path, *, device: str | None = None) -> Child:
    """Start the process of a job and wait until it holds the job, or has ended already.

    Whoever asks next, from whatever process, then finds it.

    Args:
        jobdir: the job's folder.
        device: the only device that the process sees; None leaves the choice.
    """
    child = start(jobdir, device=device)
    give_up = time.monotonic() + CLAIMED_S
    while child.process is not None and child.process.poll() is None:
        if holder(jobdir) is not None or time.monotonic() > give_up:
            break
        time.sleep(0.05)
    return child


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
