"""What somebody asks a plan for."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class PlanKind(StrEnum):
    """By which rule cells are drawn."""

    BALANCED = "balanced"
    """As even as can be over arcs, topics and personas."""
    STRATIFIED = "stratified"
    """So many of each arc, topic or persona, and even over the others."""
    GAPS = "gaps"
    """What a table of counts lacks to be even."""


class Axis(StrEnum):
    """What a cell is made of, beside the consultant."""

    PERSONA = "persona"
    ARC = "arc"
    TOPIC = "topic"


class Filled(BaseModel):
    """How many conversations there are of one cell."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    persona: str
    arc: str
    topic: str
    count: int = Field(ge=0)
    lost: int = Field(default=0, ge=0)
    """How many were turned down: they fill nothing, and tell a later plan from an earlier one."""


class PlanChoice(BaseModel):
    """Names and numbers that decide a plan; with the same catalogues they make the same one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: PlanKind = PlanKind.BALANCED
    count: int | None = Field(default=None, ge=1)
    """How many conversations; None where quotas say it."""
    axis: Axis | None = None
    """What the quotas are of."""
    quotas: dict[str, int] = {}
    """How many of each key of the axis; to fill gaps, how many there are to be in the end."""
    personas: tuple[str, ...] = ()
    """Only these; none means all."""
    arcs: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    consultant: str | None = None
    """None means the first of the catalogue."""
    seed: int = 7
    filled: tuple[Filled, ...] = ()
    """What there is already, for a plan that fills gaps."""
    draw: int = Field(default=0, ge=0)
    """Another number plans the same cells as other conversations."""
