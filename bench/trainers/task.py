"""What the scripts of the training benchmark share: the task they read and what they leave.

Nothing but torch and the standard library, so that it can be imported beside any tool.
"""
# pyright: reportMissingImports=false, reportUnknownMemberType=false

import argparse
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple


class Example(NamedTuple):
    """One example as tokens."""

    ids: list[int]
    carries_loss: list[bool]
    """One value per token."""

    @property
    def labels(self) -> list[int]:
        """As the libraries want them: the token where it carries loss, and -100 elsewhere."""
        both = zip(self.ids, self.carries_loss, strict=True)
        return [number if carries else -100 for number, carries in both]


class Task(NamedTuple):
    """One training run, the same for every tool."""

    base: str
    """The folder of the base, with its weights."""
    adapter: str
    """The folder of the adapter to begin with."""
    train: list[Example]
    held_out: list[Example]
    order: list[list[int]]
    """The examples of each step."""
    batch: int
    """How many they are, where all steps are alike."""
    learning_rate: float
    threads: int
    seed: int


@dataclass(slots=True)
class Outcome:
    """What a run came to."""

    cpu_s: float
    """Of training alone, over all threads."""
    wall_s: float
    first_step_at: float
    """When the first step was done, in seconds since 1970."""
    steps: int
    processed_tokens: int
    """Tokens that the network read in training, padding included."""
    train_loss: float
    """Mean over the steps."""
    held_out_loss: float
    packing: str = ""


class Words(NamedTuple):
    """The command line of a script."""

    task: Task
    out: Path
    way: str
    until: float | None
    """Train until held-out loss is down to this, rather than for the steps of the task."""


def told(description: str | None, *, ways: tuple[str, ...]) -> Words:
    """Read the command line and the task."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("task", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--way", choices=ways, required=True)
    parser.add_argument("--until", type=float)
    words = parser.parse_args()
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    return Words(read_task(words.task), words.out, words.way, words.until)


def read_task(path: Path) -> Task:
    """Read a task back."""
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for part in ("train", "held_out"):
        facts[part] = [Example(*example) for example in facts[part]]
    return Task(**facts)


def write_task(path: Path, task: Task) -> None:
    """Lay a task down."""
    path.write_text(json.dumps(task._asdict()), encoding="utf-8")


def write_outcome(path: Path, outcome: Outcome) -> None:
    """Lay down what a run came to."""
    path.write_text(json.dumps(asdict(outcome)), encoding="utf-8")


def held_out_loss(network: Any, examples: list[Example]) -> float:
    """Nats per labelled token, every example alone: the same few lines for every tool."""
    import torch

    was_training = network.training
    network.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for example in examples:
            ids = torch.tensor([example.ids])
            logits = network(input_ids=ids, use_cache=False).logits[0, :-1].float()
            targets = torch.tensor(example.labels[1:])
            total += float(torch.nn.functional.cross_entropy(logits, targets, reduction="sum"))
            count += sum(example.carries_loss[1:])
    network.train(was_training)
    return total / count


class Stopwatch:
    """CPU and wall seconds of training, without those of looking at held-out loss."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        self.wall_s = 0.0
        self._cpu = self._wall = 0.0

    def run(self) -> None:
        """Start, or go on."""
        self._cpu, self._wall = time.process_time(), time.perf_counter()

    def stop(self) -> None:
        """Stand still."""
        self.cpu_s += time.process_time() - self._cpu
        self.wall_s += time.perf_counter() - self._wall
