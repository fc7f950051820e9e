"""What `test_several.py` lets torchrun start: the same steps alone, shared, and in parts.

Every process does the steps alone first, so that the shared ones have something to be equal to.
The first writes what it saw as JSON.
"""

import json
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from lorewright.inference import Sample, library
from lorewright.settings import TrainingSettings
from lorewright.train.checkpoints import Checkpoint
from lorewright.train.lora import LoraTraining, with_adapter
from lorewright.train.packing import choose_packing
from lorewright.train.several import ALONE, Ranks, join, leave, shard, whole
from lorewright.train.spec import Plan, plan_for

SHAPE = {
    "vocab_size": 64,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "initializer_range": 0.3,
}
STEPS = 4
CASES = {
    "lora": ("lora", False),
    "lora in parts": ("lora", True),
    "dora in parts": ("dora", True),
    "adalora": ("adalora", False),
    "full in parts": ("full", True),
}


def a_sample(name: str, *ids: int, first: int) -> Sample:
    return Sample(name, ids, tuple(place >= first for place in range(len(ids))))


HISTORY = (1, 5, 9, 13, 17, 21)
TRAIN = [
    a_sample("a1", *HISTORY, 30, 31, first=6),
    a_sample("a2", *HISTORY, 30, 31, 40, 41, first=8),
    a_sample("a3", *HISTORY, 30, 31, 40, 41, 50, first=10),
    a_sample("b", *HISTORY, 33, 34, 35, 36, 37, first=6),
    a_sample("c", 2, 4, 6, 8, 10, 12, 14, first=4),
]
VALID = [a_sample("v", *HISTORY, 44, 45, first=6)]


def a_plan(method: str) -> Plan:
    settings = TrainingSettings(
        base="outside", method=method, rank=4, batch=3, threads=1, learning_rate=Decimal("0.01")
    )
    plan = plan_for(settings, examples=len(TRAIN), is_pocket=False, max_length=None)
    return plan.model_copy(update={"steps": STEPS})


def a_training(method: str, ranks: Ranks, *, in_parts: bool) -> tuple[LoraTraining, str]:
    torch, transformers = library("torch"), library("transformers")
    torch.manual_seed(3)
    base = transformers.LlamaForCausalLM(transformers.LlamaConfig(**SHAPE))
    base.config.architectures = ["LlamaForCausalLM"]
    plan = a_plan(method)
    network = with_adapter(base, plan)
    if in_parts:
        shard(network, ranks, device="cpu")
    chosen = choose_packing(network, TRAIN)
    shared = replace(ranks, in_parts=in_parts)
    training = LoraTraining(network, TRAIN, VALID, plan, packing=chosen.packing, ranks=shared)
    return training, chosen.packing.name


def weights_of(training: LoraTraining) -> list[Any]:
    return [
        whole(one.detach()).clone() for one in training.network.parameters() if one.requires_grad
    ]


def apart(one: list[Any], other: list[Any]) -> float:
    pairs = zip(one, other, strict=True)
    return max(float((left - right).abs().max()) for left, right in pairs)


def steps_of(training: LoraTraining, times: int) -> list[list[float]]:
    found: list[list[float]] = []
    for _ in range(times):
        step = training.advance()
        found.append([step.loss, training.grad_norm, step.processed_tokens])
    return found


def compared(method: str, ranks: Ranks, *, in_parts: bool) -> dict[str, Any]:
    """The same steps alone and shared, and each gone on with from the middle of the other."""
    alone, _ = a_training(method, ALONE, in_parts=False)
    shared, packing = a_training(method, ranks, in_parts=in_parts)
    first = [alone.held_out_loss(), shared.held_out_loss()]
    halves = [steps_of(alone, 2), steps_of(shared, 2)]
    kept = [frozen(alone.checkpoint({})), of_first(frozen(shared.checkpoint({})), ranks)]
    halves = [halves[0] + steps_of(alone, 2), halves[1] + steps_of(shared, 2)]
    last = [alone.held_out_loss(), shared.held_out_loss()]

    from_shared, _ = a_training(method, ALONE, in_parts=False)
    from_shared.restore(kept[1])
    from_alone, _ = a_training(method, ranks, in_parts=in_parts)
    from_alone.restore(kept[0])
    gone_on = [steps_of(from_shared, 2), steps_of(from_alone, 2)]
    ends = weights_of(alone)
    return {
        "packing": packing,
        "alone": halves[0],
        "shared": halves[1],
        "gone on": gone_on,
        "held out": [first, last],
        "weights apart": [
            apart(ends, weights_of(other)) for other in (shared, from_shared, from_alone)
        ],
        "written": written(shared, ranks),
    }


def frozen(checkpoint: Checkpoint) -> Checkpoint:
    """As it is on the disk, where going on does not change it."""
    return Checkpoint(
        {name: one.clone() for name, one in checkpoint.tensors.items()}, checkpoint.facts
    )


def of_first(checkpoint: Checkpoint, ranks: Ranks) -> Checkpoint:
    """What the first process has, handed to all, as reading it from the disk would."""
    found = [checkpoint if ranks.is_first else None]
    library("torch.distributed").broadcast_object_list(found)
    assert found[0] is not None
    return found[0]


def written(training: LoraTraining, ranks: Ranks) -> dict[str, float]:
    """The files that come of it, as {tensor: norm}."""
    gathered = training.gathered()
    if not ranks.is_first:
        return {}
    folder = Path(sys.argv[1]).with_suffix("") / str(id(training))
    folder.mkdir(parents=True)
    training.write(folder, base_name="tiny", gathered=gathered)
    load = library("safetensors.torch").load_file
    return {
        name: float(tensor.norm())
        for path in sorted(folder.glob("*.safetensors"))
        for name, tensor in load(path).items()
    }


def main() -> None:
    library("torch").set_num_threads(1)
    ranks = join(timeout_s=60)
    found = {
        name: compared(method, ranks, in_parts=in_parts)
        for name, (method, in_parts) in CASES.items()
    }
    found["any"] = {
        "one": ranks.any(flag=ranks.rank == 1),
        "none": ranks.any(flag=False),
        "sums": ranks.sums(1.0, float(ranks.rank)),
    }
    if ranks.is_first:
        Path(sys.argv[1]).write_text(json.dumps(found), encoding="utf-8")
    leave()


if __name__ == "__main__":
    main()
