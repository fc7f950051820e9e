"""What a training job leaves behind, and the file that says it is whole."""

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from lorewright.records import HashedFile, Value
from lorewright.train.base_model import hashed
from lorewright.train.checkpoints import flush, flush_folder

RESULT_FILE = "result.json"
RESULT_FOLDER = "result"
HISTORY_FILE = "history.jsonl"
HOW_FILE = "training.json"
"""Beside the weights: the method, and what was chosen for the device they were trained on."""


class Result(Value):
    """A finished job; that this file exists means that all the files it names are whole."""

    spec: str
    """The fingerprint of the job."""
    steps: int
    loss_tokens: int
    train_loss: Decimal
    """Nats per token, mean over the last tenth of the steps."""
    held_out_loss: Decimal | None
    files: tuple[HashedFile, ...]
    """The adapter, in the folder `result`."""
    history: HashedFile


def write_adapter(jobdir: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill the folder `result` with what was trained, whole or not at all."""
    unfinished, place = jobdir / "result.unfinished", jobdir / RESULT_FOLDER
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    write(unfinished)
    flush(unfinished)
    shutil.rmtree(place, ignore_errors=True)
    unfinished.rename(place)
    flush_folder(jobdir)


def write_history(jobdir: Path, history: list[dict[str, float]]) -> None:
    """Write what every step did; no times, so that equal runs have equal histories."""
    lines = (json.dumps(row, sort_keys=True) + "\n" for row in history)
    (jobdir / HISTORY_FILE).write_text("".join(lines), encoding="utf-8")


def write_result(
    jobdir: Path, *, spec: str, loss_tokens: int, history: list[dict[str, float]]
) -> Result:
    """Write `result.json`, the mark of a finished job, after everything it names."""
    last_tenth = history[-max(1, len(history) // 10) :]
    mean = sum(row["loss"] for row in last_tenth) / len(last_tenth)
    held_out = history[-1].get("held_out_loss")
    result = Result(
        spec=spec,
        steps=len(history),
        loss_tokens=loss_tokens,
        train_loss=Decimal(f"{mean:.6f}"),
        held_out_loss=None if held_out is None else Decimal(f"{held_out:.6f}"),
        files=tuple(
            hashed(path, name=path.name) for path in sorted((jobdir / RESULT_FOLDER).iterdir())
        ),
        history=hashed(jobdir / HISTORY_FILE, name=HISTORY_FILE),
    )
    unfinished = jobdir / "result.json.unfinished"
    unfinished.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
    unfinished.rename(jobdir / RESULT_FILE)
    flush_folder(jobdir)
    return result


def read_result(jobdir: Path) -> Result | None:
    """The result of a finished job; None while it is not finished."""
    try:
        return Result.model_validate_json((jobdir / RESULT_FILE).read_bytes())
    except FileNotFoundError:
        return None
