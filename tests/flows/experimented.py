"""Workspaces for tests of experiments: a dataset of sections, and trainings that are made up."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal

from builders import a_base, a_recipe, an_adapter, an_example, keep_document
from lorewright.flows.experiment_orders import Experiment, keep_experiment
from lorewright.flows.experiments import order_experiment
from lorewright.flows.naming import set_newest
from lorewright.lineage import Ref
from lorewright.records import Dataset, Example, Split, StoredFile
from lorewright.settings import Settings
from lorewright.store import Store, freeze
from lorewright.store.datasets import examples
from lorewright.store.training_jobs import TrainingState, jobs_of_run, move_job, note_job

TOPICS = (
    *("Pumps", "Valves", "Seals", "Barrels", "Filters", "Gauges"),
    *("Hoses", "Motors", "Drains", "Tanks", "Pipes", "Switches"),
)
WATCHED = {1, 2, 4, 6, 7, 9, 11}
"""The topics that are only watched."""

Nats = Callable[[int, str], float]
"""The nats per token of an example, from its number and its cell."""


def words_of(topic: str) -> str:
    return (
        f"# {topic}\n\nLook at the {topic.lower()} once a week. Clean the {topic.lower()} with "
        f"warm water. Write down who looked after the {topic.lower()}.\n"
    )


def a_dataset_of_sections(store: Store, *, name: str = "plant") -> Dataset:
    """Fifteen examples to learn from, and three from each of seven sections to be watched."""
    recipe, made = a_recipe("curate", name=name), list[tuple[Split, Example]]()
    for number, topic in enumerate(TOPICS):
        words = words_of(topic)
        document = keep_document(store, words, file_name=f"{topic.lower()}.md")
        for verb in ("Look at", "Clean", "Write down"):
            begin = words.index(verb)
            end = words.index(".", begin) + 1
            asked = f"{name}, what about {topic.lower()}: {verb.lower()} what?"
            split = Split.VALID if number in WATCHED else Split.TRAIN
            made.append((split, an_example(document, begin, end, question=asked)))
    store.put(recipe, *(example for _, example in made))
    members = sorted(((split, one.ref) for split, one in made), key=lambda one: one[1])
    dataset = freeze(store, name, members, made_from=(recipe.ref,))
    store.put(dataset)
    set_newest(store, dataset.ref)
    return dataset


def made_up(
    store: Store,
    settings: Settings,
    experiment: Experiment,
    nats: Nats,
    *,
    tokens: Mapping[str, int] | None = None,
    without: tuple[str, ...] = (),
) -> None:
    """Let the cells of an experiment be trained, with losses that are made up.

    Args:
        store: where.
        settings: of the operator.
        experiment: which.
        nats: the nats per token of each held-out example; the cell of a control ends with
            ` control`.
        tokens: of every example, by cell; ten where nothing is said.
        without: cells that nobody trains.
    """
    keep_experiment(store, experiment)
    runs = order_experiment(store, settings, experiment)
    for cell in experiment.cells:
        if cell.name in without or cell.name not in runs:
            continue
        for job in jobs_of_run(store, runs[cell.name]):
            label = cell.name if job.role == "tuned" else f"{cell.name} control"
            size = (tokens or {}).get(cell.name, 10)
            adapter = _adapter(store, cell.order.dataset, label, nats, size)
            note_job(store, job.id, machine_seconds=60.0, attempt=1)
            move_job(store, job.id, TrainingState.COMPLETED, adapter=str(adapter))


def _adapter(store: Store, dataset: Ref, label: str, nats: Nats, tokens: int) -> Ref:
    data = store.get(dataset, Dataset)
    names = [str(one.ref) for one in examples(store, data, Split.VALID)]
    rows = [
        {"example": name, "nats": tokens * nats(number, label), "tokens": tokens}
        for number, name in enumerate(names)
    ]
    body = "".join(json.dumps(row) + "\n" for row in rows).encode()
    mean = sum(nats(number, label) for number in range(len(names))) / len(names)
    base, recipe = a_base(dataset), a_recipe("train", label=label)
    for words in (b"weights", b"history", b"low rank"):
        store.put_blob(words)
    store.put(base, recipe)
    adapter = an_adapter(dataset, base.ref, recipe.ref).model_copy(
        update={
            "role": "permuted-control" if label.endswith("control") else "tuned",
            "files": (StoredFile(path="held_out.jsonl", blob=store.put_blob(body)),),
            "held_out_loss": Decimal(f"{mean:.6f}"),
        }
    )
    store.put(adapter)
    return adapter.ref
