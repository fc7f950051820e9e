"""PiSSA: training begins with the strongest directions of the base instead of nothing.

Meng et al. 2024, arXiv 2404.02948. The base loses those directions, so an adapter as peft holds it
fits only that changed base. What is written is the difference to the base as it was, which is
B·A - B₀·A₀: a plain adapter of twice the rank.
"""

from typing import Any

from lorewright.inference import library
from lorewright.train.methods.extras import Extras, State


class Pissa(Extras):
    """The matrices of every layer as they were before the first step."""

    def __init__(self, network: Any) -> None:
        self._layers = {
            name: module
            for name, module in network.named_modules()
            if hasattr(module, "lora_A") and "default" in module.lora_A
        }
        self._first = {
            name: tuple(weights.detach().clone() for weights in _factors(layer))
            for name, layer in self._layers.items()
        }

    def state(self) -> State:
        """The first matrices, without which nobody could tell the difference later."""
        return State(
            {
                f"{kind}/{name}": weights
                for name, pair in self._first.items()
                for kind, weights in zip("AB", pair, strict=True)
            },
            {},
        )

    def restore(self, state: State) -> None:
        """Take them up; a base that was taken apart otherwise this time is mended."""
        torch = library("torch")
        with torch.no_grad():
            for name, layer in self._layers.items():
                own_a, own_b = self._first[name]
                kept_a, kept_b = (state.tensors[f"{kind}/{name}"].to(own_a) for kind in "AB")
                if not (torch.equal(own_a, kept_a) and torch.equal(own_b, kept_b)):
                    base = layer.get_base_layer().weight
                    off = layer.scaling["default"] * (own_b @ own_a - kept_b @ kept_a)
                    base.add_(off.to(base.dtype))
                self._first[name] = (kept_a, kept_b)

    def plain(self, tensors: dict[str, Any], config: dict[str, Any]) -> State:
        """The difference to the unchanged base, as an adapter of twice the rank."""
        torch, found = library("torch"), dict(tensors)
        for name, (first_a, first_b) in self._first.items():
            place_a, place_b = f"{name}.lora_A.weight", f"{name}.lora_B.weight"
            found[place_a] = torch.cat([tensors[place_a], first_a.to(tensors[place_a])])
            found[place_b] = torch.cat([tensors[place_b], -first_b.to(tensors[place_b])], dim=1)
        twice = {
            "r": 2 * config["r"],
            "lora_alpha": 2 * config["lora_alpha"],
            "init_lora_weights": True,
        }
        return State(found, config | twice)


def _factors(layer: Any) -> tuple[Any, Any]:
    return layer.lora_A["default"].weight, layer.lora_B["default"].weight
