"""`lorewright train`: a LoRA adapter and its control."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import click

from lorewright.cli.face import Face, face_command, sum_of
from lorewright.errors import NotYet
from lorewright.flows.naming import find
from lorewright.flows.training import Trained, train_adapters
from lorewright.records import Dataset, Split
from lorewright.train import Event

SAID_EVERY_S = 10.0


@click.command()
@click.argument("dataset", required=False)
@click.option("--base", help="`pocket`, a folder with a base model, or its name on a model hub.")
@click.option("--epochs", type=click.IntRange(1), help="How often every example is seen.")
@click.option("--estimate", is_flag=True, help="Only say what would be trained.")
@face_command
def train(
    face: Face, dataset: str | None, base: str | None, epochs: int | None, *, estimate: bool
) -> None:
    """Train a LoRA adapter on DATASET (the newest by default), and its permuted control.

    The control sees the same answers dealt out to other questions; without it nobody could
    tell content from format. Training runs in processes of their own: cut off at any point,
    the same command goes on from the last checkpoint.

    \b
    Examples:
      lorewright train
      lorewright train --base ./Mistral-7B-Instruct-v0.3
    """
    changes = {"base": base, "epochs": epochs}
    chosen = face.settings.training.model_copy(
        update={name: value for name, value in changes.items() if value is not None}
    )
    settings = face.settings.model_copy(update={"training": chosen})
    with face.store() as store:
        if estimate:
            _estimate(face, find(store, dataset, Dataset), chosen.base)
            return
        with training_progress(face) as watch:
            trained = train_adapters(face.workspace, store, settings, dataset=dataset, watch=watch)
    show_trained(face, trained)
    face.note("next: lorewright evaluate")


def show_trained(face: Face, trained: Trained) -> None:
    """Say what was trained and how far it got."""
    face.say(
        f"base {trained.base.name}, {trained.base.parameters:,} parameters: "
        f"{trained.base.ref.short}"
    )
    adapters = (trained.tuned, trained.control)
    face.say(sum_of("adapter", len(adapters), 0, 0))
    for adapter in adapters:
        held_out = f", {adapter.held_out_loss} on held-out answers" if adapter.held_out_loss else ""
        face.say(
            f"{adapter.role}: {adapter.steps:,} steps, loss {adapter.train_loss} nats per token"
            f"{held_out}: {adapter.ref.short}"
        )
    face.result(
        "train",
        base=trained.base.ref,
        tuned=trained.tuned.ref,
        control=trained.control.ref,
        train_loss=trained.tuned.train_loss,
        held_out_loss=trained.tuned.held_out_loss,
    )


@contextmanager
def training_progress(face: Face) -> Generator[Callable[[str, Event], None]]:
    """Live progress of each training: steps, loss and the time left."""
    if face.quiet:
        yield lambda _role, _event: None
        return
    said: dict[str, float] = {}

    def watch(role: str, event: Event) -> None:
        if event.step is None or event.steps is None:
            return
        if event.loss is None and event.held_out_loss is None:
            return  # a file was written, or a process ended: nothing that a person waits for
        now = time.monotonic()
        if event.step < event.steps and now - said.get(role, 0.0) < SAID_EVERY_S:
            return
        said[role] = now
        face.note(_line(role, event))

    yield watch


def _line(role: str, event: Event) -> str:
    parts = [f"{role}: step {event.step:,} of {event.steps:,}"]
    if event.loss is not None:
        parts.append(f"loss {event.loss:.3f}")
    if event.held_out_loss is not None:
        parts.append(f"held-out {event.held_out_loss:.3f}")
    if event.eta_s:
        parts.append(f"{event.eta_s:.0f} s left")
    return ", ".join(parts)


def _estimate(face: Face, data: Dataset, base: str) -> None:
    counts = {split.split.value: split.count for split in data.splits}
    if not counts.get(Split.TRAIN):
        raise NotYet("the training split is empty", hint="ingest more text, then curate again")
    face.say(f"would train 2 adapters on {counts[Split.TRAIN]:,} examples, base {base}")
    face.result("train", estimate=True, adapters=2, examples=counts, base=base)
