"""A workspace with a small dataset and a tiny base model from outside, and workers in it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from builders import a_recipe, an_example, keep_document
from lorewright.flows.naming import set_newest
from lorewright.jobs.steward import Pace
from lorewright.records import Dataset, Split
from lorewright.settings import JobSettings, Settings, TrainingSettings
from lorewright.store import Store, Workspace, freeze

PACE = Pace(poll_s=0.05, look_s=0.1, beat_s=0.3)
"""For tests: the same engine, in a hurry."""
PATIENCE_S = 240.0
TESTS = Path(__file__).parents[1]
WORDS = """# Pumps

Check the oil of every pump once a week. A pump that runs dry is damaged within minutes.
Close the inlet valve first, then the outlet. Turn each valve clockwise until it stops.
Write down the hour at which a pump was started. Two people lift a pump, never one.
Keep a spare seal beside every pump in the house. Old oil goes into the red barrel.
"""


def a_trainable_dataset(store: Store) -> Dataset:
    """Eight examples to learn from and one that is only watched."""
    document, recipe = keep_document(store, WORDS), a_recipe("curate")
    ends = [at + 1 for at, letter in enumerate(WORDS) if letter == "."]
    spans = [
        (WORDS.index(sentence), end)
        for end in ends
        for sentence in [WORDS[:end].replace("\n", " ").rpartition(". ")[2][-60:]]
        if sentence in WORDS
    ]
    made = [
        an_example(document, start, end, question=f"What is said under {number}?")
        for number, (start, end) in enumerate(spans)
    ]
    store.put(recipe, *made)
    members = [(Split.TRAIN, one.ref) for one in made[1:]] + [(Split.VALID, made[0].ref)]
    dataset = freeze(
        store, "pumps", sorted(members, key=lambda one: one[1]), made_from=(recipe.ref,)
    )
    store.put(dataset)
    set_newest(store, dataset.ref)
    return dataset


def settings_for(
    base: Path, *, epochs: int = 30, force: tuple[str, ...] = (), **jobs: Any
) -> Settings:
    """Settings to train on `base`, with what is said of the jobs."""
    training = TrainingSettings(
        base=str(base),
        epochs=epochs,
        batch=4,
        threads=2,
        rank=4,
        alpha=8,
        learning_rate=Decimal("0.01"),
        force=force,
    )
    return Settings(training=training, jobs=JobSettings(**jobs))


class Worker:
    """A worker in a process of its own."""

    started: ClassVar[list["Worker"]] = []

    def __init__(self, workspace: Workspace, settings: Settings, role: str = "worker") -> None:
        told = {
            "folder": str(workspace.folder),
            "settings": settings.model_dump(
                mode="json", include={"training", "jobs", "elsewhere", "database"}
            ),
            "role": role,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flows.training_program", json.dumps(told)],
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(self)

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=PATIENCE_S)
        self.started.remove(self)
        return self.process.returncode, out, err

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.communicate()
        self.started.remove(self)


def until(condition: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    ends = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < ends, "it never came true"
        time.sleep(0.02)
