"""What a training process says while it works: one JSON object per line of `events.jsonl`."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from lorewright.records import Value

EVENTS_FILE = "events.jsonl"


class Event(Value):
    """One thing that happened in training."""

    phase: Literal["load", "train", "save", "done", "cancelled", "error"]
    time: float
    """Seconds since 1970, UTC."""
    step: int | None = None
    """Optimizer steps done, over all attempts."""
    steps: int | None = None
    loss: float | None = None
    """Nats per token that carried loss in this step."""
    lr: float | None = None
    """The learning rate of this step."""
    held_out_loss: float | None = None
    """Nats per token on the valid split, when it was measured after this step."""
    loss_tokens: int | None = None
    """Tokens that carried loss so far, over all attempts."""
    tokens_per_s: float | None = None
    """Tokens of real examples, with those that carry no loss, over the last steps."""
    eta_s: float | None = None
    """Seconds to the last step, from the pace of this attempt."""
    kind: str | None = None
    """Of an error: the name of its class."""
    sentence: str | None = None
    where: str | None = None
    hint: str | None = None


Listener = Callable[[Event], None]


class EventLog:
    """Appends events to a file that others read while it grows."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._end_a_torn_line()

    def append(self, event: Event) -> None:
        """Write `event` as one line, in one write."""
        os.write(self._file, event.model_dump_json(exclude_none=True).encode() + b"\n")

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


def _parsed(line: bytes) -> Event | None:
    try:
        return Event.model_validate_json(line)
    except ValidationError:
        return None
