"""What a training process says while it works: one JSON object per line of `events.jsonl`."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from lorewright.records import Value
from lorewright.train.memory import Memory

EVENTS_FILE = "events.jsonl"


class Event(Value):
    """One thing that happened in training."""

    phase: Literal["load", "train", "checkpoint", "sketch", "save", "done", "cancelled", "error"]
    time: float
    """Seconds since 1970, UTC."""
    tick: float | None = None
    """Seconds of a clock that nobody sets, the same for all processes of a machine until it is
    started again."""
    step: int | None = None
    """Optimizer steps done, over all attempts."""
    steps: int | None = None
    epoch: float | None = None
    """How often every example was seen so far."""
    loss: float | None = None
    """Nats per token that carried loss in this step."""
    lr: float | None = None
    """The learning rate of this step."""
    grad_norm: float | None = None
    """The norm of this step's gradient before it was clipped."""
    held_out_loss: float | None = None
    """Nats per token on the valid split, when it was measured after this step."""
    loss_tokens: int | None = None
    """Tokens that carried loss so far, over all attempts."""
    total_loss_tokens: int | None = None
    """Tokens that will have carried loss after the last step."""
    source_tokens: int | None = None
    """Tokens of the examples so far, each counted for itself, over all attempts."""
    processed_tokens: int | None = None
    """Tokens that the network read for them."""
    tokens_per_s: float | None = None
    """Tokens of real examples, with those that carry no loss, over the last steps."""
    eta_s: float | None = None
    """Seconds to the last step, from the pace of this attempt."""
    packing: Literal["tree", "plain", "padded"] | None = None
    """How examples are laid side by side in this attempt, once it is chosen."""
    reason: str | None = None
    """Why it is another packing than the one that was asked for."""
    note: str | None = None
    """Something that was chosen, and why, as a sentence."""
    seconds: float | None = None
    """Of the step; in the last event, of the whole job when this process did it alone."""
    peak_memory: int | None = None
    """Bytes at its fullest moment."""
    estimated_seconds: float | None = None
    estimated_memory: int | None = None
    """What was expected of it before, in bytes."""
    kind: str | None = None
    """Of an error: the name of its class."""
    sentence: str | None = None
    where: str | None = None
    hint: str | None = None
    fits: Memory | None = None
    """When memory ran out: the smallest change that may help."""

    @property
    def begins(self) -> bool:
        """Whether an attempt begins with it; what is chosen while loading is told later."""
        return self.phase == "load" and self.note is None and self.packing is None


Listener = Callable[[Event], None]


class EventLog:
    """Appends events to a file that others read while it grows."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._end_a_torn_line()

    def append(self, event: Event) -> None:
        """Write `event` as one line, in one write, with the tick of this moment."""
        ticked = event.model_copy(update={"tick": tick()})
        os.write(self._file, ticked.model_dump_json(exclude_none=True).encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _end_a_torn_line(self) -> None:
        """A process that was killed while writing leaves half a line; begin a fresh one."""
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")


def read_events(path: Path, *, since: int = 0) -> tuple[list[Event], int]:
    """Read the whole lines after byte `since`.

    A line that a killed process left torn is passed over.

    Returns:
        The events and the byte to go on from.
    """
    try:
        with path.open("rb") as file:
            file.seek(since)
            body = file.read()
    except FileNotFoundError:
        return [], since
    whole = body[: body.rfind(b"\n") + 1]
    return [event for line in whole.splitlines() if (event := _parsed(line))], since + len(whole)


def now() -> float:
    """Seconds since 1970, UTC, to the millisecond."""
    return round(time.time(), 3)


def tick() -> float:
    """Seconds of the machine's own clock, to the millisecond; setting the time moves it not."""
    return round(time.monotonic(), 3)


def _parsed(line: bytes) -> Event | None:
    try:
        return Event.model_validate_json(line)
    except ValidationError:
        return None
