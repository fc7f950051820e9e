"""Where a training job runs: four things that every such place can do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lorewright.records import Value
from lorewright.train.events import Event


class Place(Value):
    """Where a job was brought, small enough for a row of a table.

    Another process can go on from it. What moves on, such as how far events were read, comes
    back from `Executor.poll` in a new one.
    """

    executor: str
    """`local`, `ssh` or `skypilot`."""
    jobdir: str
    """The job's folder on this machine, where everything comes back to."""
    host: str = ""
    """The machine, as ssh or SkyPilot calls it."""
    folder: str = ""
    """Where Lorewright keeps its things there."""
    job: str = ""
    """What the job is called there."""
    read_to: int = 0
    """Byte of `events.jsonl` up to which events were handed out."""
    heard_at: float = 0.0
    """When the place last answered: seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a job at one moment."""

    place: Place
    """To be polled next time."""
    events: tuple[Event, ...]
    """What was said since last time."""
    is_alive: bool | None
    """Whether a process works on it; None when nobody can tell."""
    is_whole: bool
    """Whether its result is there and can be fetched."""
    trouble: str | None = None
    """Why nobody can tell; None when the place answered."""

    @property
    def unreachable_since(self) -> float | None:
        """When the place was last heard, if it does not answer now."""
        return None if self.trouble is None else self.place.heard_at


@dataclass(frozen=True, slots=True)
class Fetched:
    """What is on this machine now."""

    is_whole: bool
    """Whether the result is here."""
    checkpoint: str | None
    """The newest checkpoint here, by its name."""


class Executor(Protocol):
    """Somewhere to train; the job stays a folder on this machine, wherever it runs."""

    def submit(self, jobdir: Path) -> Place:
        """Bring a prepared job there and start it, from its newest checkpoint here or there.

        Submitting a job that runs there already adopts it.
        """
        ...

    def poll(self, place: Place) -> Look:
        """See how it goes; a place that does not answer is a fact and no error."""
        ...

    def cancel(self, place: Place, *, patience_s: float) -> bool:
        """Stop the job; it writes a checkpoint first, and is killed when it takes too long.

        Returns:
            Whether there was anything to stop.
        """
        ...

    def fetch(self, place: Place) -> Fetched:
        """Bring back the result, or while there is none the newest checkpoint."""
        ...


class Remote(Executor, Protocol):
    """The same on another machine, where something stays until it is cleared away."""

    def remove(self, place: Place, *, with_base: bool = False) -> None:
        """Remove what is there of a job that does not run, and see that nothing is left.

        Args:
            place: where it is.
            with_base: also its base model, where nothing else needs it.
        """
        ...
