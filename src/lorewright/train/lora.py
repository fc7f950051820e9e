"""Fine-tuning, one optimizer step at a time.

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
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.errors import NotANumber
from lorewright.inference import Sample, library
from lorewright.train.batches import Batches
from lorewright.train.checkpoints import Checkpoint
from lorewright.train.held_out import HeldOutLoss, held_out_losses
from lorewright.train.methods import State, adapted, extras_of, groups, write_trained
from lorewright.train.packing import Packing, PaddedPacking, Pass, families
from lorewright.train.several import ALONE, Ranks, like, share_of, whole
from lorewright.train.spec import Plan

CLIP = 1.0
"""The largest norm of a step's gradient."""
COUNTS = ("step", "loss_tokens", "source_tokens", "processed_tokens")
"""What a training counts over all attempts."""


def with_adapter(network: Any, plan: Plan) -> Any:
    """Make `network` ready for the method of `plan`; only what it trains can be trained then.

    Raises:
        UsageError: when an adapter does not fit the base.
    """
    return adapted(network, plan.method, plan.width, seed=plan.seed)


class Step(NamedTuple):
    """What one optimizer step did."""

    loss: float
    """Nats, mean over its labelled tokens."""
    source_tokens: int
    """Tokens of its examples, each counted for itself."""
    processed_tokens: int
    """Tokens that the network read for them: fewer where beginnings are shared, more where
    examples are padded."""


class LoraTraining:
    """A run of optimizer steps that can be put down and taken up anywhere.

    Args:
        network: a base model with an adapter, from `with_adapter`.
        train: what is learnt from.
        valid: what is only watched; may be empty.
        plan: method, rates, sizes and seed.
        packing: how examples are laid side by side; it changes the time, not the result beyond
            rounding.
        mixed: whether weights of 32 bits are multiplied in 16.
        ranks: the processes that share every step; each reads its part of it, and all end it
            with the same weights.
    """

    def __init__(
        self,
        network: Any,
        train: Sequence[Sample],
        valid: Sequence[Sample],
        plan: Plan,
        *,
        packing: Packing | None = None,
        mixed: bool = False,
        ranks: Ranks = ALONE,
    ) -> None:
        self._network = network
        self._ranks = ranks
        self._packing = packing or PaddedPacking()
        self._train = train
        self._valid = sorted(valid, key=lambda sample: len(sample.ids))
        self._families = families(train)
        self._batches = Batches(
            [len(sample.ids) for sample in train],
            size=plan.batch,
            seed=plan.seed,
            families=self._families,
        )
        self._rate = float(plan.learning_rate)
        self._method = plan.method
        self._seed = plan.seed
        self._mixed = mixed
        self._named = {
            name: weights for name, weights in network.named_parameters() if weights.requires_grad
        }
        self._optimizer = library("torch").optim.AdamW(
            groups(self._named, plan.method, rate=self._rate), weight_decay=0.0, fused=True
        )
        self.steps = plan.steps or plan.epochs * self._batches.per_epoch
        self._extras = extras_of(network, plan.method, steps=self.steps)
        self.step = 0
        """Steps done."""
        self.loss_tokens = 0
        """Tokens that carried loss so far."""
        self.grad_norm = 0.0
        """Of the last step, before it was clipped."""
        self.source_tokens = 0
        """Tokens of examples so far, each example counted for itself."""
        self.processed_tokens = 0
        """Tokens that the network read for them."""

    @property
    def pass_tokens(self) -> int:
        """Tokens that go through the network at once; a step with more is split."""
        return self._packing.limit

    @property
    def epoch(self) -> float:
        """How often every example was seen so far."""
        return self.step / self._batches.per_epoch

    def total_loss_tokens(self) -> int:
        """Tokens that will have carried loss after the last step."""
        labelled = [sum(sample.labels) for sample in self._train]
        return sum(
            labelled[index] for step in range(self.steps) for index in self._batches.at(step)
        )

    @property
    def network(self) -> Any:
        """What is trained."""
        return self._network

    @property
    def samples(self) -> Sequence[Sample]:
        """Everything that is learnt from, in the order of the training file."""
        return self._train

    def next_samples(self) -> list[Sample]:
        """What the next step learns from."""
        return [self._train[index] for index in self._batches.at(self.step)]

    def learning_rate(self) -> float:
        """Of the next step: a short linear rise, then half a cosine down to nothing.

        Where a method has several rates, the lowest.
        """
        warm_up = max(5, math.ceil(0.03 * self.steps))
        rise = min(1.0, (self.step + 1) / warm_up)
        return self._rate * rise * 0.5 * (1 + math.cos(math.pi * self.step / self.steps))

    def advance(self) -> Step:
        """Do one optimizer step.

        Raises:
            NotANumber: when the loss or its gradient is none; the weights stay as they were.
        """
        torch = library("torch")
        samples = self.next_samples()
        own = self._own(samples, [self._families[index] for index in self._batches.at(self.step)])
        labelled = sum(sum(sample.labels) for sample in samples)
        for group in self._optimizer.param_groups:
            group["lr"] = self.learning_rate() * group["factor"]
        loss, processed = self._take_gradients(own, labelled)
        norm = torch.nn.utils.clip_grad_norm_(list(self._named.values()), CLIP)
        self.grad_norm = whole(norm).item()
        for what, value in (("loss", loss), ("gradient", self.grad_norm)):
            if not math.isfinite(value):
                raise NotANumber(
                    f"the {what} is not a number at step {self.step + 1}",
                    hint="set a lower training.learning_rate and train again; the last checkpoint "
                    "is from before",
                )
        self._optimizer.step()
        self.step += 1
        self._extras.after(self.step)
        self._optimizer.zero_grad(set_to_none=True)
        self.loss_tokens += labelled
        step = Step(loss, sum(len(sample.ids) for sample in samples), int(processed))
        self.source_tokens += step.source_tokens
        self.processed_tokens += step.processed_tokens
        return step

    def _take_gradients(self, own: Sequence[Sample], labelled: int) -> tuple[float, float]:
        """Go through the samples of this process, and add up with the others.

        Returns:
            The loss of the step and the tokens that were read for it, by all.
        """
        self._network.train()
        self._seed_of_step()
        loss, processed = 0.0, 0
        for part, weight in self._passes(own):
            with self._precision():
                summed = weight * part.summed_loss(self._network) / labelled
            summed.backward()
            loss += summed.item()
            processed += part.tokens
        penalty = self._extras.penalty() if self._ranks.is_first else None
        if penalty is not None:
            penalty.backward()
        if not self._ranks.in_parts:  # else they were added on the way back
            self._ranks.add_gradients(self._named.values())
        loss, read = self._ranks.sums(loss, processed)
        return loss, read

    def held_out_loss(self) -> float | None:
        """Mean loss over the labelled tokens of `valid`, in nats; None when there are none."""
        if not self._valid:
            return None
        self._network.eval()
        own = self._own(self._valid, families(self._valid))
        with library("torch").no_grad(), self._precision():
            total = sum(
                weight * part.summed_loss(self._network).item()
                for part, weight in self._passes(own)
            )
        (total,) = self._ranks.sums(total)
        return total / sum(sum(sample.labels) for sample in self._valid)

    def held_out_losses(self) -> list[HeldOutLoss]:
        """The same for every example of `valid` on its own; none when there are none."""
        self._network.eval()
        with library("torch").no_grad(), self._precision():
            return held_out_losses(self._network, self._valid, most=self.pass_tokens)

    def checkpoint(self, facts: dict[str, Any]) -> Checkpoint:
        """Everything that the rest of the run depends on, with `facts` of the caller.

        Every process must ask for it, and only the first gets it.
        """
        torch = library("torch")
        tensors = {f"weights/{name}": self._put(weights) for name, weights in self._named.items()}
        for index, state in self._optimizer.state_dict()["state"].items():
            tensors |= {f"adam/{index}/{part}": self._put(value) for part, value in state.items()}
        extras = self._extras.state()
        tensors |= {f"method/{name}": value for name, value in extras.tensors.items()}
        tensors["random/cpu"] = torch.get_rng_state()
        if torch.cuda.is_available():
            tensors["random/cuda"] = torch.cuda.get_rng_state()
        own = {name: getattr(self, name) for name in COUNTS} | {"method": extras.facts}
        return Checkpoint(
            {name: value.cpu().contiguous() for name, value in tensors.items()}, facts | own
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from where `checkpoint` was taken."""
        torch, tensors = library("torch"), checkpoint.tensors
        with torch.no_grad():
            for name, weights in self._named.items():
                weights.copy_(like(weights, tensors[f"weights/{name}"]))
        trained = [one for group in self._optimizer.param_groups for one in group["params"]]
        adam: dict[int, dict[str, Any]] = {}
        for name, value in tensors.items():
            if name.startswith("adam/"):
                _, index, part = name.split("/")
                held = value if part == "step" else like(trained[int(index)], value)
                adam.setdefault(int(index), {})[part] = held
        as_begun = self._optimizer.state_dict()["param_groups"]
        self._optimizer.load_state_dict({"state": adam, "param_groups": as_begun})
        kept = {
            name.removeprefix("method/"): value
            for name, value in tensors.items()
            if name.startswith("method/")
        }
        self._extras.restore(State(kept, checkpoint.facts["method"]))
        torch.set_rng_state(tensors["random/cpu"])
        if torch.cuda.is_available():
            torch.cuda.set_rng_state(tensors["random/cuda"])
        for name in COUNTS:
            setattr(self, name, checkpoint.facts[name])

    def write(
        self, folder: Path, *, base_name: str, gathered: dict[str, Any] | None = None
    ) -> None:
        """Write what was trained into `folder`, for a base that is called `base_name`.

        Args:
            folder: where to.
            base_name: how records name the base.
            gathered: from `gathered`, when the network is held in parts.
        """
        write_trained(
            folder,
            self._network,
            base_name=base_name,
            method=self._method,
            extras=self._extras,
            gathered=gathered,
        )

    def gathered(self) -> dict[str, Any] | None:
        """All trained weights by name of a network in parts, whole; None of one that is whole.

        Every process must ask for it, and only the first gets it.
        """
        if not self._ranks.in_parts:
            return None
        is_full = self._method.kind == "full"
        return {
            name: self._put(held)
            for name, held in self._network.state_dict(keep_vars=True).items()
            if is_full or name in self._named
        }

    def _put(self, tensor: Any) -> Any:
        """All of a tensor in the memory of the first process; the others only take part."""
        found = whole(tensor.detach())
        return found.cpu() if self._ranks.is_first else found.new_empty(0, device="cpu")

    def _own(self, samples: Sequence[Sample], kin: Sequence[int]) -> Sequence[Sample]:
        """What this process reads of `samples`, whose families are `kin`."""
        if self._ranks.size == 1:
            return samples
        return share_of(samples, kin, rank=self._ranks.rank, size=self._ranks.size)

    def _passes(self, samples: Sequence[Sample]) -> Iterator[tuple[Pass, float]]:
        """The passes of `samples`, each with the weight that its loss counts with.

        The layers of a network in parts come from all processes, so one that has fewer passes
        than another goes through it again for nothing.
        """
        parts = [*self._packing.passes(samples)]
        # Asked before the first pass, where the processes meet again.
        most = self._ranks.most(len(parts)) if self._ranks.in_parts else 0
        yield from ((part, 1.0) for part in parts)
        shortest = min(self._train, key=lambda sample: len(sample.ids))
        for _ in range(most - len(parts)):
            yield next(iter(self._packing.passes([shortest]))), 0.0

    def _seed_of_step(self) -> None:
        """Chance of each process is its own and follows from the step, so it needs no keeping."""
        if self._ranks.size > 1:
            place = self.step * self._ranks.size + self._ranks.rank
            library("torch").manual_seed(self._seed + place)

    def _precision(self) -> AbstractContextManager[Any]:
        if not self._mixed:
            return nullcontext()
        torch = library("torch")
        found: AbstractContextManager[Any] = torch.autocast(
            self._network.device.type, dtype=torch.bfloat16
        )
        return found
