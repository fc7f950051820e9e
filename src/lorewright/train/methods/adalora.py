"""AdaLoRA: one budget of ranks for all layers, given where it counts.

Zhang et al. 2023, arXiv 2303.10512. peft measures how much each rank matters and silences the
others; here is when, the penalty that keeps directions apart, and what a checkpoint must hold.
"""

from typing import Any

from lorewright.inference import library
from lorewright.train.methods.extras import Extras, State
from lorewright.train.methods.method import AdaLoraSettings

_AVERAGES = ("exp_avg_ipt", "exp_avg_unc")
"""What peft keeps of a weight's importance, by its names there."""
_TIMES = 100
"""How often ranks are given up, at most."""


class AdaLora(Extras):
    """The schedule of one run, and the importance of every weight so far."""

    def __init__(self, network: Any, settings: AdaLoraSettings, *, steps: int) -> None:
        self._tuner = network.base_model
        self._config = network.peft_config["default"]
        self._config.total_step = steps
        self._config.tinit = int(steps * settings.warm_up)
        self._config.tfinal = int(steps * settings.settle)
        self._config.deltaT = max(1, steps // _TIMES)
        self._weight = float(settings.orthogonality)
        self._directions = [
            (weights if ".lora_A." in name else weights.T)
            for name, weights in network.named_parameters()
            if ".lora_A." in name or ".lora_B." in name
        ]

    def penalty(self) -> Any | None:
        """How far the directions of each layer are from right angles and length one, on average.

        peft adds this only to a loss of its own; loss here is computed outside of it.
        """
        if not self._weight:
            return None
        torch = library("torch")
        off = [
            torch.linalg.matrix_norm(
                one @ one.T - torch.eye(len(one), dtype=one.dtype, device=one.device)
            )
            for one in self._directions
        ]
        return self._weight * torch.stack(off).mean()

    def after(self, step: int) -> None:
        """Measure importance, and give up ranks when it is time."""
        if self._config.total_step - self._config.tfinal > 1:  # a rank is measured before it goes
            self._tuner.update_and_allocate(step)

    def state(self) -> State:
        """Importance of every weight, and the ranks that are left."""
        allocator = self._tuner.rankallocator
        tensors = {
            f"{kind}/{name}": value
            for kind in _AVERAGES
            for name, value in getattr(allocator, kind).items()
        }
        return State(tensors, {"rank_pattern": self._config.rank_pattern})

    def restore(self, state: State) -> None:
        """Take both up again."""
        allocator = self._tuner.rankallocator
        allocator.reset_ipt()
        for place, value in state.tensors.items():
            kind, _, name = place.partition("/")
            device = self._tuner.get_parameter(_inside(name)).device
            getattr(allocator, kind)[name] = value.to(device)
            # Overwritten before it is read; peft only looks whether the name is known.
            allocator.ipt[name] = value.to(device)
        self._config.rank_pattern = state.facts["rank_pattern"]


def _inside(name: str) -> str:
    """A weight's name seen from the tuner, one module further out than where peft names it."""
    return f"model.{name}"
