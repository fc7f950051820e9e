"""How training jobs are run: how many side by side, in how much memory, for how much money."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class PriceSettings(BaseModel):
    """What an hour of training costs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cpu: Decimal = Field(default=Decimal(0), ge=0)
    """USD for an hour of one training process on the CPUs of this machine."""
    gpu: Decimal | None = Field(default=None, ge=0)
    """USD for an hour of one GPU. None looks `gpu_kind` up in the price list."""
    gpu_kind: str | None = None
    """The name of the GPU in the price list, such as `H100`. None means that it is your own and
    costs nothing."""
    file: str | None = None
    """Your own price list, a TOML file like the one that comes with Lorewright. None takes that."""


class JobSettings(BaseModel):
    """Training jobs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cpu_slots: int = Field(default=2, ge=1)
    """Training processes that may run on the CPUs at the same time. Two, since an adapter and its
    control train side by side at half the threads."""
    gpu_slots: int = Field(default=1, ge=1)
    """The same on each GPU."""
    max_cost_usd: Decimal | None = Field(default=None, gt=0)
    """The most that the processes of one training run may cost together. When it is reached they
    write a checkpoint and end; with a higher limit they go on."""
    max_minutes: Decimal | None = Field(default=None, gt=0)
    """The most minutes that one training process may take, over all its attempts; the same."""
    memory_gb: Decimal | None = Field(default=None, gt=0)
    """The most memory of one training process, in gigabytes. Beyond it the process ends with an
    error that says so, instead of being killed by the system."""
    retry_out_of_memory: bool = False
    """When memory runs out, try once more with the smallest change that may fit."""
    prices: PriceSettings = PriceSettings()
    """What an hour costs."""
