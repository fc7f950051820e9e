"""What one training job does, fixed before it starts."""

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from lorewright.errors import BadRecord
from lorewright.records import HashedFile, Value
from lorewright.settings import TrainingSettings

SPEC_FILE, TRAIN_FILE, VALID_FILE = "spec.json", "train.jsonl", "valid.jsonl"
POCKET_STEPS = 180
"""With 16 pairs per step and 6e-3 the steps after which a pocket model recalls what it was
taught far better than the permuted control does; more only fit the pairs more closely."""


class Plan(Value):
    """Every number that shapes the adapter; nothing is left to choose while it is trained."""

    learning_rate: Decimal = Field(gt=0)
    batch: int = Field(ge=1)
    steps: int | None = Field(default=None, ge=1)
    """None runs `epochs`."""
    epochs: int = Field(ge=1)
    rank: int
    alpha: int
    dropout: Decimal
    max_length: int | None
    """Tokens; None when neither the operator nor the base model sets a limit."""
    threads: int
    seed: int


class Spec(Value):
    """A training job: data and base by their hashes, and the plan."""

    format: Literal[1] = 1
    role: Literal["tuned", "permuted-control"]
    base_name: str
    base_folder: str
    """Where the base lies on this machine; no part of what the job is."""
    base_files: tuple[HashedFile, ...]
    train_sha256: str
    valid_sha256: str
    plan: Plan

    @property
    def fingerprint(self) -> str:
        """Equal for jobs that must make the same adapter, wherever their base lies."""
        body = self.model_dump_json(exclude={"base_folder"})
        return hashlib.sha256(body.encode()).hexdigest()


def plan_for(
    settings: TrainingSettings, *, examples: int, is_pocket: bool, max_length: int | None
) -> Plan:
    """Fill in what the operator left open.

    Args:
        settings: the operator's choices.
        examples: how many there are to train on.
        is_pocket: whether the base is a pocket model.
        max_length: what the base model allows, in tokens.
    """
    batch = settings.batch or _batch_for(examples, is_pocket=is_pocket)
    rate = settings.learning_rate or Decimal("0.006" if is_pocket else "0.0002")
    asked, allowed = settings.max_length, max_length
    return Plan(
        learning_rate=rate,
        batch=batch,
        steps=POCKET_STEPS if is_pocket and settings.epochs is None else None,
        epochs=settings.epochs or 3,
        rank=settings.rank,
        alpha=settings.alpha,
        dropout=settings.dropout,
        max_length=min((limit for limit in (asked, allowed) if limit is not None), default=None),
        threads=settings.threads,
        seed=settings.seed,
    )


def write_spec(jobdir: Path, spec: Spec) -> None:
    """Lay `spec` down in `jobdir`, whole or not at all."""
    unfinished = jobdir / "spec.unfinished"
    unfinished.write_text(spec.model_dump_json(indent=2) + "\n", encoding="utf-8")
    unfinished.rename(jobdir / SPEC_FILE)


def read_spec(jobdir: Path) -> Spec:
    """Read the job that stands in `jobdir`.

    Raises:
        BadRecord: when there is none, or it cannot be read.
    """
    path = jobdir / SPEC_FILE
    try:
        return Spec.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise BadRecord("no training job was prepared here", where=str(jobdir)) from error
    except ValidationError as error:
        raise BadRecord(f"a training job cannot be read: {error}", where=str(path)) from error


def _batch_for(examples: int, *, is_pocket: bool) -> int:
    if is_pocket:
        return 16
    return 4 if examples < 200 else 8 if examples < 1000 else 16
