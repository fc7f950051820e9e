"""A training method: what is trained, where it begins, and how its steps differ from others'."""

from decimal import Decimal
from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from lorewright.records import Value

Kind = Literal["lora", "adalora", "full"]
"""`lora`: low-rank matrices beside a base that stays; `adalora`: the same with a budget of ranks
that moves between layers; `full`: the base itself."""
Quantisation = Literal["none", "nf4"]
"""How the base is held while an adapter is trained on it."""


class Width(NamedTuple):
    """How large an adapter is, and how much it counts."""

    rank: int
    alpha: int
    dropout: Decimal


class PeftSettings(Value):
    """Keywords of peft's `LoraConfig`, by their names there."""

    use_rslora: bool = False
    """The adapter counts alpha / √rank times instead of alpha / rank times."""
    use_dora: bool = False
    """The length of every row of weights is trained apart from its direction."""
    init_lora_weights: str = Field(default="default", pattern=r"^(default|pissa(_niter_[0-9]+)?)$")
    """`default` begins with a difference of nothing; `pissa` with the strongest directions of
    the base, which are taken out of it; `pissa_niter_16` finds them by sixteen iterations."""
    target_modules: Literal["all-linear"] | tuple[str, ...] = "all-linear"
    """Layers that get an adapter, by their names; all linear ones but the head."""

    @property
    def begins_in_the_base(self) -> bool:
        """Whether the base is changed before the first step."""
        return self.init_lora_weights != "default"


class OptimizerSettings(Value):
    """How the learning rate is shared out."""

    learning_rate_factor: Decimal = Field(default=Decimal(1), gt=0)
    """What a chosen rate is multiplied with; one that the operator sets is taken as it is."""
    loraplus_lr_ratio: Decimal = Field(default=Decimal(1), ge=1)
    """How many times faster the matrices learn that begin at nothing (`lora_B`)."""


class AdaLoraSettings(Value):
    """When and how ranks are given up."""

    start: Decimal = Field(gt=1)
    """The rank at the beginning, in multiples of the one at the end."""
    warm_up: Decimal = Field(ge=0, lt=1)
    """Share of the steps before the first rank is given up."""
    settle: Decimal = Field(ge=0, lt=1)
    """Share of the steps after the last."""
    orthogonality: Decimal = Field(ge=0)
    """How much it costs that the directions of a layer are not at right angles."""

    @model_validator(mode="after")
    def _leaves_time_to_choose(self) -> Self:
        if self.warm_up + self.settle >= 1:
            raise ValueError("warm_up and settle together must leave steps between them")
        return self

    def first_rank(self, rank: int) -> int:
        """The rank of every layer at the beginning, above `rank`."""
        return max(rank + 1, int(rank * self.start))


class Method(Value):
    """Everything about a method that shapes what is trained with it."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9+_-]*$")
    kind: Kind
    quantisation: Quantisation = "none"
    """`nf4`: four bits per weight of the base, their scales quantised as well."""
    peft: PeftSettings = PeftSettings()
    optimizer: OptimizerSettings = OptimizerSettings()
    adalora: AdaLoraSettings | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if (self.kind == "adalora") != (self.adalora is not None):
            raise ValueError("a method of the kind adalora, and no other, has a table [adalora]")
        if self.kind == "full" and (self.quantisation != "none" or self.peft != PeftSettings()):
            raise ValueError("full training has no adapter and no quantised base")
        if self.kind == "adalora" and self.peft.model_dump(exclude={"target_modules"}) != (
            PeftSettings().model_dump(exclude={"target_modules"})
        ):
            raise ValueError("AdaLoRA cannot be joined with rsLoRA, DoRA or PiSSA")
        if self.quantisation != "none" and self.peft.begins_in_the_base:
            raise ValueError("PiSSA changes the base, which quantised weights do not allow")
        return self

    @property
    def can_be_quantised(self) -> bool:
        """Whether it can be trained on a base of four bits as well."""
        return self.kind == "lora" and not self.peft.begins_in_the_base
