"""What a worker tells whoever gave it the job: signed messages to one address."""

import json
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Literal

from lorewright.train.events import Event, now
from lorewright.train.executors.signing import HEADER, sign
from lorewright.train.executors.worker.download import connection, parts_of, target

EVERY_STEPS = 50
"""Progress is told after so many steps, and every change of status at once."""
PAUSES_S = (0.2, 1.0, 5.0)
"""Before a message is tried again."""
JobStatus = Literal[
    "queued", "preprocessing", "model_loaded", "training", "completed", "failed", "cancelled"
]


@dataclass(slots=True)
class Hook:
    """Where messages go, and how that went.

    Args:
        url: http or https.
        secret: what they are signed with; it is never shown.
    """

    url: str
    secret: str = field(repr=False)
    sent: int = 0
    lost: int = 0
    """Messages that were not taken after every try."""
    trouble: str | None = None
    """Why the last one was lost."""
    pauses_s: tuple[float, ...] = PAUSES_S

    def __post_init__(self) -> None:
        parts_of(self.url)

    def tell(self, message: dict[str, Any], *, stop: threading.Event | None = None) -> None:
        """Send a message, with a fresh signature for every try; a lost one is counted."""
        body = json.dumps(message, separators=(",", ":")).encode()
        trouble = self._post(body)
        for pause_s in self.pauses_s:
            if trouble is None or (stop is not None and stop.is_set()):
                break
            time.sleep(pause_s)
            trouble = self._post(body)
        if trouble is None:
            self.sent += 1
        else:
            self.lost, self.trouble = self.lost + 1, trouble

    def _post(self, body: bytes) -> str | None:
        """Why it was not taken; None when it was."""
        parts = parts_of(self.url)
        line = connection(parts)
        headers = {
            "Content-Type": "application/json",
            HEADER: sign(self.secret, int(time.time()), body),
        }
        try:
            line.request("POST", target(parts), body=body, headers=headers)
            answer = line.getresponse()
            answer.read(2**16)
        except (OSError, HTTPException) as error:
            return type(error).__name__
        else:
            return None if 200 <= answer.status < 300 else f"it answers with {answer.status}"
        finally:
            line.close()


def status_of(event: Event, before: JobStatus) -> JobStatus:
    """The status of a job after `event`."""
    match event.phase:
        case "load":
            return "preprocessing"
        case "train" | "save":
            return "training"
        case "done":
            return "completed"
        case "cancelled":
            return "cancelled"
        case "error":
            return "failed"
        case _:
            return before


def is_due(event: Event, *, is_change: bool) -> bool:
    """Whether an event is told: every change of status, and progress now and then."""
    return is_change or (
        event.step is not None and event.step > 0 and event.step % EVERY_STEPS == 0
    )


def message_of(job_id: str, status: JobStatus, event: Event | None) -> dict[str, Any]:
    """The message about an event; what is not known is left out."""
    metrics = _metrics(event) if event else {}
    told = {
        "job_id": job_id,
        "status": status,
        "step": event.step if event else None,
        "total_steps": event.steps if event else None,
        "metrics": {name: value for name, value in metrics.items() if value is not None},
        "timestamp": now(),
        "lora_artifact_path": f"/training/result/{job_id}" if status == "completed" else None,
        "error_message": _error(event) if event and status == "failed" else None,
    }
    return {name: value for name, value in told.items() if value not in (None, {})}


def _metrics(event: Event) -> dict[str, float | None]:
    return {
        "loss": event.loss,
        "held_out_loss": event.held_out_loss,
        "learning_rate": event.lr,
        "grad_norm": event.grad_norm,
        "epoch": event.epoch,
        "loss_tokens": event.loss_tokens,
        "tokens_per_s": event.tokens_per_s,
    }


def _error(event: Event) -> str:
    return ": ".join(part for part in (event.kind, event.sentence) if part) or "it ended"
