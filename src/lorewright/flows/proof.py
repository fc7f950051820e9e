"""From an adapter and its control to a verdict."""

import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, Self

from pydantic import BaseModel, JsonValue

from lorewright import evaluate, inference, jobs
from lorewright.errors import NotYet, UsageError
from lorewright.evaluate import Arm, Score
from lorewright.flows.current import refuse_erased, step_of
from lorewright.flows.folders import base_folder, lay_out
from lorewright.flows.naming import find, set_newest
from lorewright.jobs import Piece, Prepared, Watch
from lorewright.lineage import Ref
from lorewright.records import (
    Adapter,
    BaseLanguageModel,
    Dataset,
    Recipe,
    Record,
    Split,
    Verdict,
)
from lorewright.settings import EvaluationSettings, Settings
from lorewright.store import Store, examples, refuse_withdrawn

TESTED = (Split.RECALL, Split.TRANSFER)


class Contest(NamedTuple):
    """An adapter with all that it is compared with and on."""

    tuned: Adapter
    control: Adapter
    base: BaseLanguageModel
    dataset: Dataset


class PairedTest(BaseModel):
    """The settings that shape a verdict on reference answers; those of a proof do not."""

    permutations: int
    alpha: Decimal
    min_items: int
    seed: int

    @classmethod
    def of(cls, settings: EvaluationSettings) -> Self:
        """Those of `settings`."""
        return cls.model_validate(settings.model_dump(include={*cls.model_fields}))


def contest_of(
    store: Store,
    name: str | None,
    *,
    control_named: str | None = None,
    doing: str = "evaluating on",
) -> Contest:
    """The adapter that `name` means, with its base, its dataset and its control.

    Args:
        store: where.
        name: the adapter; the newest by default.
        control_named: an adapter trained alike on neutral advice; by default the permuted control.
        doing: how a refusal calls what is done.

    Raises:
        NotYet: when no adapter, or no control for it, was trained.
        UsageError: when `name` is a control itself, or the control is no rival of it.
        Refused: when a source that it rests on was withdrawn or erased.
    """
    tuned = find(store, name, Adapter)
    if tuned.role != "tuned":
        raise UsageError(
            f"{tuned.ref.short} is a control", hint="name the adapter that it is a control for"
        )
    parents = {ref.kind: ref for ref in tuned.made_from}
    dataset, base = parents[Dataset.kind], parents[BaseLanguageModel.kind]
    refuse_withdrawn(store, [dataset], doing=doing)
    refuse_erased(store, dataset, doing=doing)
    if control_named is not None:
        controls = [find(store, control_named, Adapter)]
        _refuse_no_rival(tuned, controls[0])
    else:
        controls = _controls_of(store, tuned, dataset, base)
    if not controls:
        raise NotYet(
            f"{tuned.ref.short} has no control adapter, so nothing can be proved about it",
            hint="run `lorewright train`, which trains both",
        )
    return Contest(
        tuned, controls[-1], store.get(base, BaseLanguageModel), store.get(dataset, Dataset)
    )


def _controls_of(store: Store, tuned: Adapter, dataset: Ref, base: Ref) -> list[Adapter]:
    """The controls trained with the very settings of `tuned`, the newest last.

    A converted adapter has those of the one that it was made of.
    """
    wanted = _settings_of(store, tuned)
    siblings = store.get_many(store.children([dataset], kind=Adapter.kind), Adapter)
    return [
        other
        for other in siblings
        if other.role == "permuted-control"
        and base in other.made_from
        and _settings_of(store, other) == wanted
    ]


def _refuse_no_rival(tuned: Adapter, control: Adapter) -> None:
    """Find out whether two adapters may be compared.

    Raises:
        UsageError: when they are one, or rest on different bases.
    """
    if tuned.ref == control.ref:
        raise UsageError(f"{tuned.ref.short} cannot be its own control")
    bases = [
        {ref for ref in one.made_from if ref.kind == BaseLanguageModel.kind}
        for one in (tuned, control)
    ]
    if bases[0] != bases[1]:
        raise UsageError(
            f"{control.ref.short} was trained on another base than {tuned.ref.short}",
            hint="train the control on the same base, with the same settings",
        )


def _settings_of(store: Store, adapter: Adapter) -> dict[str, JsonValue]:
    """How an adapter was trained, whatever it was trained to be."""
    while (above := _parent(adapter, Adapter.kind)) is not None:
        adapter = store.get(above, Adapter)
    recipe = _parent(adapter, Recipe.kind)
    settings = store.get(recipe, Recipe).settings if recipe else {}
    return {name: value for name, value in settings.items() if name != "role"}


def _parent(adapter: Adapter, kind: str) -> Ref | None:
    return next((ref for ref in adapter.made_from if ref.kind == kind), None)


def evaluate_adapter(
    store: Store,
    settings: Settings,
    *,
    name: str | None = None,
    watch: Watch = lambda _progress: None,
) -> Verdict:
    """Score every held-out answer under base, tuned and control, and say what that shows."""
    contest = contest_of(store, name)
    step = step_of(store, "evaluate", PairedTest.of(settings.evaluation))
    inputs = (contest.tuned.ref, contest.control.ref, contest.base.ref, contest.dataset.ref)

    def work() -> Iterator[Record]:
        yield evaluate.verdict_of(
            list(_scores(store, contest, settings)),
            settings=settings.evaluation,
            scope=contest.base.origin,
            made_from=(*inputs, step.recipe),
            put_blob=store.put_blob,
        )

    piece = Piece(contest.tuned.ref.short, lambda: Prepared(inputs, work))
    report = jobs.run([piece], step=step, store=store, watch=watch)
    if report.failed:
        raise report.failed[0][1]
    set_newest(store, report.made[0])
    return store.get(report.made[0], Verdict)


def questions_asked(store: Store, verdict: Verdict) -> tuple[int, int]:
    """How many questions the dataset holds out, and how many of them were scored."""
    data = store.get(next(ref for ref in verdict.made_from if ref.kind == Dataset.kind), Dataset)
    held_out = sum(one.count for one in data.splits if one.split in TESTED)
    scores = evaluate.read_scores(store.blobs.get(verdict.scores))
    return held_out, len({(score.example, score.split) for score in scores})


def _scores(store: Store, contest: Contest, settings: Settings) -> Iterator[Score]:
    items = [
        (split, example) for split in TESTED for example in examples(store, contest.dataset, split)
    ]
    for arm, answers in each_arm(store, contest, settings):
        found = answers.log_likelihoods([example.turns for _, example in items])
        for (split, example), score in zip(items, found, strict=True):
            yield Score(example.ref, split, arm, score.tokens, score.log_likelihood)


def each_arm(
    store: Store, contest: Contest, settings: Settings
) -> Iterator[tuple[Arm, inference.Arm]]:
    """Open base, tuned and control one after the other; only one is in memory at a time."""
    adapters = {Arm.BASE: None, Arm.TUNED: contest.tuned, Arm.CONTROL: contest.control}
    with (
        base_folder(store, contest.base, settings.training.base) as base,
        tempfile.TemporaryDirectory(prefix="lorewright-") as scratch,
    ):
        for arm, adapter in adapters.items():
            folder = lay_out(store, adapter.files, Path(scratch) / arm) if adapter else None
            yield arm, inference.open_arm(base, folder, threads=settings.training.threads)
