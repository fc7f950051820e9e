"""Adapters that were never trained: random weights, large enough to be felt."""

from pathlib import Path
from typing import Any

from lorewright.inference import library, open_weights, quiet_library
from lorewright.settings import TrainingSettings
from lorewright.train.lora import with_adapter
from lorewright.train.spec import plan_for


def moved_network(base: Path, *, size: float = 0.1, rank: int = 8) -> Any:
    """The base in `base` with an adapter whose matrices are random."""
    torch = library("torch")
    settings = TrainingSettings(base="outside", rank=rank, alpha=16)
    plan = plan_for(settings, examples=6, is_pocket=False, max_length=None)
    network = with_adapter(open_weights(base), plan)
    random = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for weights in network.parameters():
            if weights.requires_grad:
                weights.copy_(size * torch.randn(weights.shape, generator=random))
    return network


def an_adapter(base: Path, folder: Path, *, size: float = 0.1) -> Path:
    """The folder of an adapter, as peft reads it."""
    with quiet_library():
        moved_network(base, size=size).save_pretrained(folder)
    (folder / "README.md").unlink()  # about the base, by peft
    return folder
