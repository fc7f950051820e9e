"""The benchmark's training, done by Lorewright: its own loop, in the packing that is named."""

import sys
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from task import Example, Outcome, Stopwatch, Task, held_out_loss, told, write_outcome

WAYS = ("auto", "tree", "plain", "padded")


def samples(examples: Sequence[Example]) -> list[Any]:
    """Examples as the trainer takes them."""
    from lorewright.inference import Sample

    return [
        Sample(f"example {number}", tuple(example.ids), tuple(example.carries_loss))
        for number, example in enumerate(examples, start=1)
    ]


def plan_of(task: Task) -> Any:
    """The task's numbers as a plan; what shapes the adapter is in its folder already."""
    from lorewright.train import Plan, known_recipes

    return Plan(
        method=known_recipes().method("lora").method,
        precision="fp32",
        quantisation="none",
        checkpointing=False,
        learning_rate=Decimal(str(task.learning_rate)),
        batch=task.batch,
        epochs=1,
        steps=len(task.order),
        rank=16,
        alpha=32,
        dropout=Decimal(0),
        max_length=None,
        threads=task.threads,
        seed=task.seed,
    )


def main() -> None:
    """Train, and leave what it came to."""
    words = told(__doc__, ways=WAYS)
    task = words.task
    from lorewright.inference import library, open_weights
    from lorewright.train.lora import LoraTraining
    from lorewright.train.packing import choose_packing

    class ConstantRate(LoraTraining):
        """The other tools are given a constant rate as well."""

        def learning_rate(self) -> float:
            return task.learning_rate

    library("torch").set_num_threads(task.threads)
    network = library("peft").PeftModel.from_pretrained(
        open_weights(Path(task.base)), task.adapter, is_trainable=True
    )
    train = samples(task.train)
    watch, losses, first_step_at = Stopwatch(), list[float](), 0.0
    watch.run()
    chosen = choose_packing(network, train, asked=words.way)  # pyright: ignore[reportArgumentType]
    training = ConstantRate(network, train, [], plan_of(task), packing=chosen.packing)
    for wanted in task.order:
        if training.next_samples() != [train[index] for index in wanted]:
            raise RuntimeError("the order of the task is not that of the trainer")
        losses.append(training.advance().loss)
        first_step_at = first_step_at or time.time()
    watch.stop()
    write_outcome(
        words.out,
        Outcome(
            cpu_s=watch.cpu_s,
            wall_s=watch.wall_s,
            first_step_at=first_step_at,
            steps=training.step,
            processed_tokens=training.processed_tokens,
            train_loss=sum(losses) / len(losses),
            held_out_loss=held_out_loss(network, task.held_out),
            packing=chosen.packing.name,
        ),
    )


if __name__ == "__main__":
    main()
