"""LoRA fine-tuning, one optimizer step at a time.

The base comes from transformers and the adapter from peft. The loop between them is written
out instead of taken from a trainer, since three promises rest on its every line: loss is the
mean over the labelled tokens of a step however the step is split, the batch of a step follows
from seed and step alone, and a run that goes on from a checkpoint ends with the same bytes as
one that was never stopped.

LoRA: Hu et al. 2021, arXiv 2106.09685; all linear layers but the head, as their follow-ups
found best for little data.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from lorewright.errors import TrainingFailed
from lorewright.inference import Sample, answer_logits, library, quiet_library
from lorewright.train.batches import Batches
from lorewright.train.checkpoints import Checkpoint
from lorewright.train.spec import Plan

PASS_TOKENS = 4096
"""Tokens, padding included, that go through the network at once; a step with more is split.
Splitting changes memory, and the loss by no more than rounding."""
CLIP = 1.0
"""The largest norm of a step's gradient."""


def with_adapter(network: Any, plan: Plan) -> Any:
    """Put a fresh LoRA adapter onto `network`; only the adapter can be trained then.

    Its weights are 32 bits wide whatever the base's are.
    """
    peft = library("peft")
    library("torch").manual_seed(plan.seed)
    config = peft.LoraConfig(
        task_type="CAUSAL_LM",
        r=plan.rank,
        lora_alpha=plan.alpha,
        lora_dropout=float(plan.dropout),
        target_modules="all-linear",
        bias="none",
    )
    with quiet_library():
        return peft.get_peft_model(network, config)


class LoraTraining:
    """A run of optimizer steps that can be put down and taken up anywhere.

    Args:
        network: a base model with an adapter, from `with_adapter`.
        train: what is learnt from.
        valid: what is only watched; may be empty.
        plan: rates, sizes and seed.
    """

    def __init__(
        self, network: Any, train: Sequence[Sample], valid: Sequence[Sample], plan: Plan
    ) -> None:
        self._network = network
        self._train = train
        self._valid = sorted(valid, key=lambda sample: len(sample.ids))
        self._batches = Batches(
            [len(sample.ids) for sample in train], size=plan.batch, seed=plan.seed
        )
        self._rate = float(plan.learning_rate)
        self._named = {
            name: weights for name, weights in network.named_parameters() if weights.requires_grad
        }
        self._optimizer = library("torch").optim.AdamW(
            self._named.values(), lr=self._rate, weight_decay=0.0, fused=True
        )
        self.steps = plan.steps or plan.epochs * self._batches.per_epoch
        self.step = 0
        """Steps done."""
        self.loss_tokens = 0
        """Tokens that carried loss so far."""

    def next_samples(self) -> list[Sample]:
        """What the next step learns from."""
        return [self._train[index] for index in self._batches.at(self.step)]

    def learning_rate(self) -> float:
        """Of the next step: a short linear rise, then half a cosine down to nothing."""
        warm_up = max(5, math.ceil(0.03 * self.steps))
        rise = min(1.0, (self.step + 1) / warm_up)
        return self._rate * rise * 0.5 * (1 + math.cos(math.pi * self.step / self.steps))

    def advance(self) -> tuple[float, int]:
        """Do one optimizer step.

        Returns:
            The mean loss of its labelled tokens, in nats, and how many tokens it read.

        Raises:
            TrainingFailed: when the loss is no longer a number.
        """
        torch = library("torch")
        samples = self.next_samples()
        labelled = sum(sum(sample.labels) for sample in samples)
        for group in self._optimizer.param_groups:
            group["lr"] = self.learning_rate()
        self._network.train()
        loss = 0.0
        for part in _passes(samples):
            summed = _summed_loss(self._network, part) / labelled
            summed.backward()
            loss += summed.item()
        if not math.isfinite(loss):
            raise TrainingFailed(
                f"the loss is not a number at step {self.step + 1}",
                hint="set a lower training.learning_rate",
            )
        torch.nn.utils.clip_grad_norm_(list(self._named.values()), CLIP)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.loss_tokens += labelled
        return loss, sum(len(sample.ids) for sample in samples)

    def held_out_loss(self) -> float | None:
        """Mean loss over the labelled tokens of `valid`, in nats; None when there are none."""
        if not self._valid:
            return None
        self._network.eval()
        with library("torch").no_grad():
            total = sum(_summed_loss(self._network, part).item() for part in _passes(self._valid))
        return total / sum(sum(sample.labels) for sample in self._valid)

    def checkpoint(self, facts: dict[str, Any]) -> Checkpoint:
        """Everything that the rest of the run depends on, with `facts` of the caller."""
        torch = library("torch")
        tensors = {f"weights/{name}": weights.detach() for name, weights in self._named.items()}
        for index, state in self._optimizer.state_dict()["state"].items():
            tensors |= {f"adam/{index}/{part}": value for part, value in state.items()}
        tensors["random/cpu"] = torch.get_rng_state()
        if torch.cuda.is_available():
            tensors["random/cuda"] = torch.cuda.get_rng_state()
        own = {"step": self.step, "loss_tokens": self.loss_tokens}
        return Checkpoint(
            {name: value.cpu().contiguous() for name, value in tensors.items()}, facts | own
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from where `checkpoint` was taken."""
        torch, tensors = library("torch"), checkpoint.tensors
        with torch.no_grad():
            for name, weights in self._named.items():
                weights.copy_(tensors[f"weights/{name}"])
        adam: dict[int, dict[str, Any]] = {}
        for name, value in tensors.items():
            if name.startswith("adam/"):
                _, index, part = name.split("/")
                adam.setdefault(int(index), {})[part] = value
        groups = self._optimizer.state_dict()["param_groups"]
        self._optimizer.load_state_dict({"state": adam, "param_groups": groups})
        torch.set_rng_state(tensors["random/cpu"])
        if torch.cuda.is_available():
            torch.cuda.set_rng_state(tensors["random/cuda"])
        self.step = checkpoint.facts["step"]
        self.loss_tokens = checkpoint.facts["loss_tokens"]


def _summed_loss(network: Any, samples: Sequence[Sample]) -> Any:
    logits, targets, _ = answer_logits(network, samples)
    return library("torch").nn.functional.cross_entropy(logits, targets, reduction="sum")


def _passes(samples: Sequence[Sample]) -> Iterator[list[Sample]]:
    """Split `samples` so that no part pads to more than `PASS_TOKENS`, if it can be."""
    part: list[Sample] = []
    widest = 0
    for sample in samples:
        widest = max(widest, len(sample.ids))
        if part and widest * (len(part) + 1) > PASS_TOKENS:
            yield part
            part, widest = [], len(sample.ids)
        part.append(sample)
    yield part
