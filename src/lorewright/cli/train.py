"""`lorewright train`: an adapter and its control."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, NamedTuple

import click

from lorewright.cli.experiment_showing import refuse_without_best, run_here, show_table
from lorewright.cli.face import Face, counted, face_command, sum_of
from lorewright.cli.job_options import LIMITS, job_options, with_limits
from lorewright.cli.masks import MASKS, mask_options, show_masks, wants_masks
from lorewright.cli.methods import choices_told, method_options, show_choices, show_methods
from lorewright.cli.preflight import as_told, preflight_options, show_estimate, show_findings
from lorewright.errors import NotYet, Refused
from lorewright.flows.adapting import recipes_of
from lorewright.flows.experiment_orders import Wish
from lorewright.flows.lessons import count_taught
from lorewright.flows.naming import find
from lorewright.flows.preflight import hourly_price
from lorewright.flows.training import Trained, look_ahead, order_training, train_adapters
from lorewright.flows.training_preparing import OnPreflight
from lorewright.records import Dataset, Split
from lorewright.settings import Settings, TrainingSettings
from lorewright.store import Store
from lorewright.train import Event, sketch_epochs
from lorewright.train.preflight import Preflight

SAID_EVERY_S = 10.0
SWEEP = "learning-rate"
"""The plan of `--sweep`."""


@click.command()
@click.argument("dataset", required=False)
@click.option("--base", help="`pocket`, a folder with a base model, or its name on a model hub.")
@click.option("--epochs", type=click.IntRange(1), help="How often every example is seen.")
@click.option("--examples", type=click.IntRange(1), help="Train on so many examples only.")
@method_options
@preflight_options
@click.option("--detach", is_flag=True, help="Only queue it; a worker trains.")
@job_options
@mask_options
@click.option("--sweep", is_flag=True, help="Only try three rates; say which is the best.")
@click.option("--sketch", is_flag=True, help="Write early gradients of examples beside it.")
@face_command
def train(
    face: Face,
    dataset: str | None,
    base: str | None,
    epochs: int | None,
    *,
    detach: bool,
    methods: bool,
    **numbers: Any,
) -> None:
    """Train an adapter on DATASET (the newest by default), and its permuted control.

    The control sees the same answers dealt out to other questions; without it nobody could
    tell content from format. Whatever would go wrong is looked for first, and stops the
    training unless it is overridden by its name. Training runs in processes of their own: cut
    off at any point, the same command goes on from the last checkpoint. Ctrl-C writes one first.
    With `--show-masks` nothing is trained: every token that carries loss is shown.

    \b
    Examples:
      lorewright train
      lorewright train --check
      lorewright train --show-masks --html masks.html
      lorewright train --sweep
      lorewright train --detach --max-minutes 90
      lorewright train --on rented --max-cost 10
      lorewright train --method qlora --preset fleet --estimate --price-per-hour 2.49
      lorewright train --base ./Mistral-7B-Instruct-v0.3 --force too-few-steps
    """
    if methods:
        show_methods(face, recipes_of(face.workspace))
        return
    limits = {name: numbers.pop(name) for name in LIMITS}
    masks = {name: numbers.pop(name) for name in MASKS}
    wish = _Wish(dataset, *(numbers.pop(name) for name in _Wish._fields[1:]))
    force = (*face.settings.training.force, *numbers.pop("force"))
    sketch, sweep = numbers.pop("sketch") or None, numbers.pop("sweep")
    changes = {"base": base, "epochs": epochs, "force": force, "sketch": sketch, **numbers}
    chosen = face.settings.training.model_copy(
        update={name: value for name, value in changes.items() if value is not None}
    )
    limited = with_limits(face.settings, **limits)
    if wants_masks(**masks):
        show_masks(face, chosen, dataset=dataset, count=masks["count"], html=masks["html"])
        return
    settings = limited.model_copy(update={"training": chosen})
    if sweep:
        _sweep(face, settings, dataset)
        return
    with face.store() as store:
        if chosen.sketch:
            _say_sketch(face, store, find(store, dataset, Dataset), chosen)
        if wish.check or wish.estimate:
            _look_ahead(face, store, settings, wish)
            return
        with _everything_shown(face) as on_preflight:
            if detach:
                run = order_training(
                    face.workspace, store, settings, dataset=dataset, on_preflight=on_preflight
                )
                _queue(face, run)
                return
            with training_progress(face) as watch:
                trained = train_adapters(
                    face.workspace,
                    store,
                    settings,
                    dataset=dataset,
                    watch=watch,
                    on_preflight=on_preflight,
                )
    show_trained(face, trained)
    face.note("next: lorewright evaluate")


def _sweep(face: Face, settings: Settings, dataset: str | None) -> None:
    """Run the plan of the learning rate on what is chosen; nothing else is trained."""
    with training_progress(face) as watch:
        wish = Wish(SWEEP, () if dataset is None else (dataset,))
        table = run_here(face, settings, wish, watch)
    show_table(face, table, command="train")
    refuse_without_best(table)


class _Wish(NamedTuple):
    """What is looked at, and how."""

    dataset: str | None
    check: bool
    estimate: bool
    calibrate: bool | None
    price_per_hour: Decimal | None


@contextmanager
def _everything_shown(face: Face) -> Generator[OnPreflight]:
    """Show everything that is in the way, and not only the sentence that says how many."""
    seen: list[Preflight] = []
    try:
        yield lambda found: _warn(face, found, seen)
    except Refused:
        if face.as_json and seen and seen[-1].blockers:
            face.result("train", **as_told(seen[-1]))
            raise click.exceptions.Exit(Refused.exit_code) from None
        raise


def _warn(face: Face, found: Preflight, seen: list[Preflight]) -> None:
    """Say what was found; what was said before the base was made is not said again after."""
    known = {one.name for before in seen for one in before.findings}
    seen.append(found)
    if found.blockers:
        show_findings(face, found)
        return
    for one in found.findings:
        if one.name not in known:
            state = "forced" if one.name in found.forced else one.severity.value
            face.note(f"{state}: {one.name}: {one.sentence}; {one.hint}")


def _queue(face: Face, run: str | None) -> None:
    if run is None:
        face.say("this was trained before; nothing is left to do")
    else:
        face.say(f"queued {run}")
        face.note(f"next: lorewright worker --for {run}, or lorewright jobs watch {run}")
    face.result("train", queued=run)


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
        if event.reason is not None:
            face.note(f"{role}: {event.packing} packing is used; {event.reason}")
        if event.note is not None and role != "permuted-control":
            face.note(f"{role}: {event.note}")  # the control runs as the adapter does
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


def _say_sketch(face: Face, store: Store, data: Dataset, chosen: TrainingSettings) -> None:
    count = count_taught(store, data, chosen)
    taken = min(count, chosen.sketch_budget or count)
    more = sketch_epochs(count, chosen.sketch_budget)
    face.note(
        f"the sketch of {counted(taken, 'example')} takes as long as {more:.1f} more epochs at most"
    )


def _look_ahead(face: Face, store: Store, settings: Settings, wish: _Wish) -> None:
    found = look_ahead(
        face.workspace,
        store,
        settings,
        dataset=wish.dataset,
        price_per_hour=wish.price_per_hour,
        calibrate=wish.calibrate if wish.estimate else False,
    )
    if not wish.estimate:
        show_findings(face, found)
        face.result("train", **as_told(found))
        if found.blockers:
            raise click.exceptions.Exit(Refused.exit_code)
        return
    data = find(store, wish.dataset, Dataset)
    counts = {split.split.value: split.count for split in data.splits}
    counts[Split.TRAIN] = count_taught(store, data, settings.training)
    if not counts.get(Split.TRAIN):
        raise NotYet("the training split is empty", hint="ingest more text, then curate again")
    base = settings.training.base
    face.say(f"would train 2 adapters on {counts[Split.TRAIN]:,} examples, base {base}")
    show_choices(face, found)
    if found.estimate is not None:
        price = hourly_price(settings, wish.price_per_hour)
        show_estimate(face, found.estimate, f"at {price.usd_per_hour} an hour ({price.source})")
    show_findings(face, found)
    takes = found.estimate.as_told() if found.estimate else None
    told = {"adapters": 2, "examples": counts, "base": base, "takes": takes}
    face.result("train", estimate=True, **told, **choices_told(found), **as_told(found))
