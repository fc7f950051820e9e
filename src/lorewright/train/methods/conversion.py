"""Any adapter as a plain LoRA adapter, and what is lost on the way.

What an adapter adds to each layer is computed exactly, and the nearest matrix of the wanted rank
takes its place. How near that is depends on the adapter: what is lost is measured in the weights
and in the answers, every time.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.errors import OutsideError, UsageError
from lorewright.inference import (
    ChatTokenizer,
    Sample,
    answer_logits,
    library,
    open_weights,
    quiet_library,
)
from lorewright.records import Turn
from lorewright.train.methods.extras import State
from lorewright.train.methods.files import ADAPTER_CONFIG, write_adapter_files

CONVERSION_FILE = "conversion.json"
"""What was lost, beside the adapter."""
EXACT_UP_TO = 1024
"""The narrow side of a layer above which its strongest directions are found by iterations."""
_ITERATIONS = 8
_SPARE = 16
"""Directions beyond the wanted ones that make the iterations find those well."""
POSITIONS = 512
"""Tokens on which answers are compared, at most: each takes the whole vocabulary."""
_BATCH = 8


class Answers(NamedTuple):
    """How differently the two adapters answer."""

    tokens: int
    mean_kl: float
    """Nats per token, of the converted adapter from the one it was made of."""
    greatest_kl: float
    same_likeliest: float
    """Share of the tokens for which both find the same likeliest."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was converted, and what it lost."""

    rank: int
    layers: dict[str, float]
    """‖what was lost‖ / ‖what the adapter added‖ of every layer, in the Frobenius norm."""
    overall: float
    """The same over all layers together."""
    answers: Answers | None
    """None when there was nothing to answer."""

    def told(self) -> dict[str, Any]:
        """Everything as JSON, to six digits."""
        return {
            "rank": self.rank,
            "overall": _rounded(self.overall),
            "layers": {name: _rounded(value) for name, value in sorted(self.layers.items())},
            "answers": (
                {name: _rounded(value) for name, value in self.answers._asdict().items()}
                if self.answers
                else None
            ),
        }


def make_plain(
    base: Path,
    adapter: Path,
    folder: Path,
    *,
    rank: int,
    base_name: str,
    conversations: Sequence[Sequence[Turn]] = (),
) -> Conversion:
    """Write the adapter in `adapter` as a plain LoRA adapter into `folder`.

    Beside the files that peft reads stands `conversion.json` with what was lost.

    Args:
        base: the folder of the base model.
        adapter: as peft reads it: LoRA, rsLoRA, DoRA, AdaLoRA.
        folder: an empty one.
        rank: of the new adapter.
        base_name: how the new adapter calls its base.
        conversations: each ends with an answer; both adapters are asked for them.

    Raises:
        UsageError: when it cannot be converted to this rank, or is no adapter.
        OutsideError: when base or adapter cannot be loaded.
    """
    tokenizer = ChatTokenizer.open(base)
    samples = [
        tokenizer.last_answer(f"conversation {number}", turns)
        for number, turns in enumerate(conversations, start=1)
    ]
    old = _opened(base, adapter)
    before = _log_odds(old, samples)
    plain, layers, overall = _plain(old, rank)
    write_adapter_files(folder, plain, base_name=base_name)
    del old
    answers = _compared(before, _log_odds(_opened(base, folder), samples)) if before else None
    found = Conversion(rank, layers, overall, answers)
    (folder / CONVERSION_FILE).write_text(
        json.dumps(found.told(), indent=2) + "\n", encoding="utf-8"
    )
    return found


def _opened(base: Path, adapter: Path) -> Any:
    if not (adapter / ADAPTER_CONFIG).exists():
        raise UsageError(
            "these are whole weights and no adapter, so there is nothing to convert",
            hint="only what was trained as an adapter can become a plain one",
        )
    try:
        with quiet_library():
            network = library("peft").PeftModel.from_pretrained(
                open_weights(base, precision="fp32"), str(adapter), local_files_only=True
            )
    except (OSError, ValueError, RuntimeError) as error:
        raise OutsideError(
            f"the adapter cannot be loaded: {error}",
            where=str(adapter),
            hint="an adapter fits only the base model that it was trained on",
        ) from error
    return network.eval()


def _plain(network: Any, rank: int) -> tuple[State, dict[str, float], float]:
    """The nearest plain adapter, what each layer lost, and all of them together."""
    peft, config = library("peft"), network.peft_config["default"]
    tensors: dict[str, Any] = {}
    residuals: dict[str, float] = {}
    lost = added = 0.0
    for name, layer in _layers(network):
        difference = _difference(layer)
        first, second = _nearest(difference, rank, name)
        off = (difference - second @ first).norm().item()
        whole = difference.norm().item()
        lost, added = lost + off**2, added + whole**2
        residuals[name.removeprefix("base_model.model.")] = off / whole if whole else 0.0
        tensors[f"{name}.lora_A.weight"] = first.float().cpu()
        tensors[f"{name}.lora_B.weight"] = second.float().cpu()
    plain = peft.LoraConfig(
        task_type=config.task_type,
        r=rank,
        lora_alpha=rank,
        target_modules=config.target_modules,
        bias="none",
    )
    return State(tensors, plain.to_dict()), residuals, math.sqrt(lost / added) if added else 0.0


def _layers(network: Any) -> Iterator[tuple[str, Any]]:
    for name, module in network.named_modules():
        if hasattr(module, "lora_A") and "default" in module.lora_A:
            yield name, module


def _difference(layer: Any) -> Any:
    """What an adapter adds to the weights of one layer, whatever it is made of.

    It is laid over the weights in 64 bits and they are subtracted again; in 32 much of what is
    small beside them would be rounded away.
    """
    with library("torch").no_grad():
        weight = layer.get_base_layer().weight
        kept = weight.detach().clone()
        layer.double()
        layer.merge()
        difference = layer.get_base_layer().weight.detach() - kept.double()
        layer.unmerge()
        layer.float()
        layer.get_base_layer().weight.copy_(kept)
    return difference


def _nearest(difference: Any, rank: int, name: str) -> tuple[Any, Any]:
    """Two matrices whose product is the nearest to `difference` of all with `rank`."""
    torch, narrow = library("torch"), min(difference.shape)
    if rank > narrow:
        raise UsageError(
            f"rank {rank} is more than a layer has, {narrow}",
            where=name,
            hint=f"set a rank of at most {narrow}",
        )
    if narrow <= EXACT_UP_TO:
        left, sizes, right = torch.linalg.svd(difference, full_matrices=False)
        right = right.T
    else:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            wanted = min(narrow, rank + _SPARE)
            left, sizes, right = torch.svd_lowrank(difference, q=wanted, niter=_ITERATIONS)
    root = sizes[:rank].sqrt()
    return (right[:, :rank] * root).T, left[:, :rank] * root


def _log_odds(network: Any, samples: Sequence[Sample]) -> list[Any]:
    """The logarithms of all probabilities at the first labelled tokens, batch by batch."""
    torch = library("torch")
    found: list[Any] = []
    left = POSITIONS
    for at in range(0, len(samples), _BATCH):
        if left <= 0:
            break
        with torch.inference_mode():
            logits, _, _ = answer_logits(network, samples[at : at + _BATCH])
            found.append(torch.log_softmax(logits[:left], dim=-1).cpu())
        left -= len(found[-1])
    return found


def _compared(before: Sequence[Any], after: Sequence[Any]) -> Answers:
    torch = library("torch")
    old, new = torch.cat(list(before)), torch.cat(list(after))
    diverged = (old.exp() * (old - new)).sum(dim=-1)
    same = (old.argmax(dim=-1) == new.argmax(dim=-1)).float()
    return Answers(
        tokens=len(old),
        mean_kl=diverged.mean().item(),
        greatest_kl=diverged.max().item(),
        same_likeliest=same.mean().item(),
    )


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")
