"""The benchmark's training, done by TRL's SFTTrainer.

`defaults` leaves precision and gradient checkpointing as they come: bfloat16 and on. `padded`
is TRL as one would set it for a CPU: 32 bits, no checkpointing. `padding-free` does the same
without padding, and `packed` fills rows by best fit, which makes other batches of the examples.
Weights, tokens, labels, rate, optimizer and the order of the batches are given to all alike.
"""
# pyright: reportMissingImports=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUntypedBaseClass=false, reportUnknownParameterType=false

import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from task import Outcome, Stopwatch, Task, Words, held_out_loss, told, write_outcome

WAYS = ("defaults", "padded", "padding-free", "packed")
MOST_EPOCHS = 4
"""Packed training may go over the examples so often before it is given up."""


def arguments(task: Task, way: str, folder: str) -> Any:
    """What is told to TRL."""
    from trl import SFTConfig

    told: dict[str, Any] = {
        "output_dir": folder,
        "per_device_train_batch_size": task.batch,
        "num_train_epochs": 1,
        "learning_rate": task.learning_rate,
        "train_sampling_strategy": "sequential",
        "save_strategy": "no",
        "logging_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "use_cpu": True,
        "seed": task.seed,
    }
    if way != "defaults":
        told |= {"bf16": False, "gradient_checkpointing": False}
    if way == "padding-free":
        told |= {"padding_free": True, "max_length": None}
    if way == "packed":
        tokens = sum(len(example.ids) for example in task.train)
        width = math.ceil(tokens * task.batch / len(task.train))
        longest = max(len(example.ids) for example in task.train)
        told |= {
            "packing": True,
            "packing_strategy": "bfd",
            "max_length": max(width, longest),
            "per_device_train_batch_size": 1,
            "num_train_epochs": MOST_EPOCHS,
            "train_sampling_strategy": "random",
        }
    return SFTConfig(**told)


def rows(task: Task, way: str) -> list[dict[str, list[int]]]:
    """The examples in the order of the steps; packing orders them by itself."""
    order = (
        range(len(task.train)) if way == "packed" else [one for step in task.order for one in step]
    )
    return [
        {"input_ids": task.train[index].ids, "labels": task.train[index].labels} for index in order
    ]


def trainer_for(words: Words, folder: str, watching: Any) -> Any:
    """A trainer that stands ready."""
    import peft
    import torch
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl import SFTTrainer

    task = words.task
    base = AutoModelForCausalLM.from_pretrained(task.base, dtype=torch.float32)
    network = peft.PeftModel.from_pretrained(base, task.adapter, is_trainable=True)
    learnt = [weights for weights in network.parameters() if weights.requires_grad]
    optimizer = torch.optim.AdamW(learnt, lr=task.learning_rate, weight_decay=0.0, fused=True)
    return SFTTrainer(
        model=network,
        args=arguments(task, words.way, folder),
        train_dataset=Dataset.from_list(rows(task, words.way)),
        processing_class=AutoTokenizer.from_pretrained(task.base),
        callbacks=[watching],
        optimizers=(
            optimizer,
            torch.optim.lr_scheduler.LambdaLR(optimizer, lambda _step: 1.0),
        ),
    )


def main() -> None:
    """Train, and leave what it came to."""
    words = told(__doc__, ways=WAYS)
    import torch
    from transformers import TrainerCallback

    torch.set_num_threads(words.task.threads)
    watch = Stopwatch()
    facts = {"first": 0.0, "tokens": 0, "held_out": math.inf}

    class Watching(TrainerCallback):
        """Notes when the first step is done, and when held-out loss is low enough."""

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002 - called so
            facts["first"] = facts["first"] or time.time()
            if words.until is not None:
                watch.stop()
                facts["held_out"] = held_out_loss(kwargs["model"], words.task.held_out)
                control.should_training_stop = facts["held_out"] <= words.until
                watch.run()

    def count(network: Any, _args: Any, inputs: dict[str, Any]) -> None:
        if network.training:
            facts["tokens"] += inputs["input_ids"].numel()

    with tempfile.TemporaryDirectory() as folder:
        trainer = trainer_for(words, folder, Watching())
        trainer.model.register_forward_pre_hook(count, with_kwargs=True)
        watch.run()
        found = trainer.train()
        watch.stop()
    write_outcome(
        words.out,
        Outcome(
            cpu_s=watch.cpu_s,
            wall_s=watch.wall_s,
            first_step_at=facts["first"],
            steps=found.global_step,
            processed_tokens=int(facts["tokens"]),
            train_loss=found.training_loss,
            held_out_loss=held_out_loss(trainer.model, words.task.held_out),
            packing=words.way,
        ),
    )


if __name__ == "__main__":
    main()
