"""Batches in both formats, kept in memory until the server ends."""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Literal

Lines = list[tuple[str, bool, dict[str, Any]]]
"""The id of a call, whether it was answered, and the line of results about it."""


@dataclass(slots=True)
class Batch:
    """One batch and what comes of it."""

    known_as: str
    lines: Lines
    polls_left: int
    is_cancelled: bool = False
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    at: float = field(default_factory=time.time)
    """When it was handed over, in seconds since 1970."""

    @property
    def has_ended(self) -> bool:
        """Whether its results can be fetched."""
        return self.polls_left <= 0

    def count(self, *, answered: bool) -> int:
        """How many calls were answered, or were not."""
        return sum(one[1] is answered for one in self.lines)


class Shelf:
    """Batches and files by their ids."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.batches: dict[str, Batch] = {}
        self.files: dict[str, bytes] = {}

    def put_file(self, body: bytes) -> str:
        """Keep `body` as a file."""
        known_as = f"file-{next(self._numbers)}"
        self.files[known_as] = body
        return known_as

    def put_batch(self, lines: Lines, polls: int) -> Batch:
        """Keep a batch that ends when it has been looked at `polls` times."""
        batch = Batch(f"batch_{next(self._numbers)}", lines, polls)
        self.batches[batch.known_as] = batch
        return batch


def told_by_anthropic(batch: Batch) -> dict[str, Any]:
    """What the Message Batches API says of `batch`."""
    running = 0 if batch.has_ended else len(batch.lines)
    counts = {
        "processing": running,
        "succeeded": 0 if running else batch.count(answered=True),
        "errored": 0 if running or batch.is_cancelled else batch.count(answered=False),
        "canceled": batch.count(answered=False) if batch.is_cancelled and not running else 0,
        "expired": 0,
    }
    state = "canceling" if batch.is_cancelled else "in_progress"
    return {
        "id": batch.known_as,
        "type": "message_batch",
        "processing_status": state if running else "ended",
        "request_counts": counts,
        "created_at": datetime.fromtimestamp(batch.at, UTC).isoformat(),
        "results_url": None,
    }


def told_by_openai(batch: Batch, shelf: Shelf) -> dict[str, Any]:
    """What the Batch API says of `batch`; its files are written when it has ended."""
    said: dict[str, Any] = {"id": batch.known_as, "object": "batch", "errors": None}
    said |= {"created_at": int(batch.at), "metadata": batch.metadata}
    counts = {"total": len(batch.lines), "completed": 0, "failed": 0}
    if not batch.has_ended:
        state = "cancelling" if batch.is_cancelled else "in_progress"
        return {**said, "status": state, "request_counts": counts}
    counts["completed"] = batch.count(answered=True)
    counts["failed"] = batch.count(answered=False)
    files = {
        name: _file_of(batch, shelf, answered=answered)
        for name, answered in (("output_file_id", True), ("error_file_id", False))
    }
    state = "cancelled" if batch.is_cancelled else "completed"
    return {**said, "status": state, "request_counts": counts, **files}


def jsonl(lines: Lines) -> bytes:
    """The lines of results, one JSON object each."""
    return b"".join(json.dumps(line).encode() + b"\n" for _, _, line in lines)


def cancelled_line(protocol: Literal["openai", "anthropic"], known_as: str) -> dict[str, Any]:
    """What is said of a call that was never begun."""
    if protocol == "anthropic":
        return {"custom_id": known_as, "result": {"type": "canceled"}}
    error = {"code": "batch_cancelled", "message": "the batch was cancelled"}
    return {"id": known_as, "custom_id": known_as, "response": None, "error": error}


def _file_of(batch: Batch, shelf: Shelf, *, answered: bool) -> str | None:
    lines = [one for one in batch.lines if one[1] is answered]
    return shelf.put_file(jsonl(lines)) if lines else None
