"""How adapters and the pocket base model are trained."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class PocketSettings(BaseModel):
    """The small base model that is made on the spot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hidden: int = Field(default=128, ge=16)
    """Width of the model; a multiple of twice the heads."""
    layers: int = Field(default=3, ge=1)
    """Transformer blocks."""
    heads: int = Field(default=4, ge=1)
    """Attention heads per layer."""
    vocabulary: int = Field(default=1536, ge=300)
    """Tokens that the tokenizer may learn from the training sections."""
    length: int = Field(default=128, ge=16)
    """Tokens per training sequence."""
    batch: int = Field(default=16, ge=1)
    """Sequences per step."""
    steps: int = Field(default=330, ge=1)
    """Steps of pre-training; steps and not seconds, so that a busy machine makes the same."""
    learning_rate: Decimal = Field(default=Decimal("0.003"), gt=0)
    """The highest rate, reached after a short warm-up."""
    seed: int = 7
    """Decides the first weights and the order of what is read."""

    @model_validator(mode="after")
    def _heads_share_the_hidden_size(self) -> Self:
        # Rotary positions turn pairs of numbers, so every head needs an even share.
        if self.hidden % (2 * self.heads):
            raise ValueError("hidden must be a multiple of twice the heads")
        return self


class TrainingSettings(BaseModel):
    """Fine-tuning: the method, its numbers, and what it runs on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str = "pocket"
    """`pocket`, a folder with a model, or the name of one on a model hub."""
    method: str = "lora"
    """How the base is trained: one of those that `lorewright train --methods` lists."""
    preset: str | None = None
    """Choices that go together: `conservative`, `balanced`, `aggressive`, `fleet`. What is set
    beside it wins."""
    rank: int | None = Field(default=None, ge=1)
    """Rank of the low-rank matrices, on every linear layer but the head. None chooses 16."""
    alpha: int | None = Field(default=None, ge=1)
    """Scale of the adapter: its output counts alpha / rank times. None chooses 32."""
    dropout: Decimal | None = Field(default=None, ge=0, lt=1)
    """Share of the adapter's inputs that are left out by chance while training. None chooses 0."""
    learning_rate: Decimal | None = Field(default=None, gt=0)
    """None chooses 6e-3 for the pocket base, 1e-4 from 30 billion parameters on and 2e-4
    otherwise, times what the method asks for."""
    epochs: int | None = Field(default=None, ge=1)
    """None chooses enough epochs for 180 steps on the pocket base and 3 otherwise."""
    batch: int | None = Field(default=None, ge=1)
    """Examples per optimizer step. None chooses 16 for the pocket base; otherwise 4 below 200
    examples, 8 below 1,000 and 16 above."""
    examples: int | None = Field(default=None, ge=1)
    """Train on so many examples only, chosen by the seed. Fewer are part of more, and what belongs
    together is taken together, so that a few fewer may come. None takes all."""
    max_length: int | None = Field(default=None, ge=1)
    """Tokens. None takes what the base model allows; an example that does not fit is an error,
    never cut."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """How numbers are held: `auto` takes bf16 where the device is fast at it, otherwise fp32."""
    quantisation: Literal["auto", "none", "nf4"] = "auto"
    """How the base is held under an adapter: `auto` does what the method says, and takes four bits
    for LoRA where the device can hold no more."""
    checkpointing: bool | None = None
    """Whether activations are computed twice instead of kept. None does so where memory asks
    for it."""
    threads: int = Field(default=2, ge=1)
    """CPU threads of one training process; part of what makes its result repeatable."""
    seed: int = 7
    """Decides the first weights, the order of the examples, and the permuted control."""
    packing: Literal["auto", "tree", "plain", "padded"] = "auto"
    """How examples of one step are laid side by side: as a tree of what they share, one after
    another, or padded. auto takes the first of them that is exact on the base model."""
    devices: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    """Processes that work on one adapter, each on a GPU of its own, or on the same processor. auto
    takes one, and all GPUs for a base that does not fit one of them."""
    sharding: Literal["auto", "none", "full"] = "auto"
    """What each of several processes holds: `none` the whole base, `full` a part of it (FSDP2).
    auto does what fits."""
    sketch: bool = False
    """Write what every example pulled at, early in training, beside the adapter; it takes up to
    1.3 epochs for each of three steps."""
    sketch_budget: int | None = Field(default=None, ge=1)
    """Examples that are sketched at most, chosen by the seed. None takes all."""
    force: tuple[str, ...] = ()
    """Findings before a training that shall not stop it, by name; what was overridden is kept
    with the adapter."""
    serving_template: Path | None = None
    """A file with the chat template that the endpoint uses, when it is not the one in the base's
    folder; its prompts are compared with what is trained."""
    pocket: PocketSettings = PocketSettings()
    """The pocket base."""
