"""What one training job does, fixed before it starts."""

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from lorewright.errors import BadRecord, BadSettings
from lorewright.records import HashedFile, Value
from lorewright.settings import TrainingSettings
from lorewright.train.memory import Memory
from lorewright.train.methods import Method, Width
from lorewright.train.recipes import Recipes, known_recipes
from lorewright.train.share import Share

SPEC_FILE, TRAIN_FILE, VALID_FILE = "spec.json", "train.jsonl", "valid.jsonl"
POCKET_STEPS = 180
"""With 16 pairs per step and 6e-3 the steps after which a pocket model recalls what it was
taught far better than the permuted control does; more only fit the pairs more closely."""
RANK, ALPHA, DROPOUT = 16, 32, Decimal(0)
"""Rank hardly matters while the examples hold less than an adapter can; and with a scale of
alpha / rank the best rate hardly depends on it."""
LARGE = 30_000_000_000
"""Parameters from which on a base is trained at half the rate."""


class Plan(Value):
    """Every number that shapes the adapter; only how a device is used may be left open."""

    method: Method
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
    precision: Literal["auto", "fp32", "bf16"]
    quantisation: Literal["auto", "none", "nf4"]
    checkpointing: bool | None
    threads: int
    seed: int
    packing: Literal["auto", "tree", "plain", "padded"] = "auto"
    sketch: bool = False
    """Whether the gradients of examples are sketched at early steps."""
    sketch_budget: int | None = None
    """Examples at most that are sketched; None for all."""

    @property
    def width(self) -> Width:
        """Of the adapter."""
        return Width(self.rank, self.alpha, self.dropout)


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
    memory: Memory = Memory()
    """How much is held in memory at once; no part of what the job is."""
    share: Share = Share()
    """How many processes work on it; no part of it either."""

    @property
    def fingerprint(self) -> str:
        """Equal for jobs that must make the same adapter, wherever their base lies."""
        body = self.model_dump_json(exclude={"base_folder", "memory", "share"})
        return hashlib.sha256(body.encode()).hexdigest()


def plan_for(
    settings: TrainingSettings,
    *,
    examples: int,
    is_pocket: bool,
    max_length: int | None,
    parameters: int = 0,
    recipes: Recipes | None = None,
) -> Plan:
    """Fill in what the operator left open.

    What the operator says wins over the preset, and the preset over the defaults. The pocket
    base keeps its own rate and steps under a preset.

    Args:
        settings: the operator's choices.
        examples: how many there are to train on.
        is_pocket: whether the base is a pocket model.
        max_length: what the base model allows, in tokens.
        parameters: of the base model.
        recipes: methods and presets; None for those that came along.

    Raises:
        BadSettings: when there is no such method or preset, or they do not fit each other.
    """
    known = recipes or known_recipes()
    filled, method = settled(settings, known), known.method(settings.method).method
    preset = None if is_pocket else known.preset(settings.preset)
    asked, allowed = settings.max_length, max_length
    rate = (preset and preset.learning_rate) or _rate_for(parameters, is_pocket=is_pocket)
    epochs = settings.epochs or (preset and preset.epochs)
    return Plan(
        method=method,
        learning_rate=settings.learning_rate or rate * method.optimizer.learning_rate_factor,
        batch=settings.batch or _batch_for(examples, is_pocket=is_pocket),
        steps=POCKET_STEPS if is_pocket and epochs is None else None,
        epochs=epochs or 3,
        rank=filled.rank or RANK,
        alpha=filled.alpha or ALPHA,
        dropout=DROPOUT if filled.dropout is None else filled.dropout,
        max_length=min((limit for limit in (asked, allowed) if limit is not None), default=None),
        precision=settings.precision,
        quantisation=settings.quantisation,
        checkpointing=settings.checkpointing,
        threads=settings.threads,
        seed=settings.seed,
        packing=settings.packing,
        sketch=settings.sketch,
        sketch_budget=settings.sketch_budget,
    )


def settled(settings: TrainingSettings, recipes: Recipes) -> TrainingSettings:
    """The operator's choices with the numbers of the preset, or else the defaults, filled in.

    Raises:
        BadSettings: when there is no such method or preset, or they do not fit each other.
    """
    method, preset = recipes.method(settings.method), recipes.preset(settings.preset)
    if settings.quantisation == "nf4" and not method.can_be_quantised:
        raise BadSettings(
            f"the method {method.name} cannot be trained on a base of four bits",
            where="training.quantisation",
            hint="take the method qlora or qdora, or set quantisation to auto",
        )
    if method.kind == "full":
        return settings
    numbers: dict[str, int | Decimal] = {"rank": RANK, "alpha": ALPHA, "dropout": DROPOUT}
    for source in (preset, settings):
        for name in numbers:
            value = getattr(source, name, None)
            if value is not None:
                numbers[name] = value
    return settings.model_copy(update=numbers)


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


def _rate_for(parameters: int, *, is_pocket: bool) -> Decimal:
    if is_pocket:
        return Decimal("0.006")
    return Decimal("0.0001") if parameters >= LARGE else Decimal("0.0002")
