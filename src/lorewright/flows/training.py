"""From a dataset to an adapter, and to the control that keeps its proof honest."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from lorewright import errors, train
from lorewright.errors import LorewrightError, MissingExtra, Stopped, TrainingFailed, UsageError
from lorewright.flows.adapting import Adapting
from lorewright.flows.current import refuse_erased
from lorewright.flows.destinations import chosen
from lorewright.flows.naming import find, set_newest
from lorewright.flows.preflight import Ground, before_training, calibrated
from lorewright.flows.runs import engine_of, run_work, start_run
from lorewright.flows.training_handler import TrainingHandler
from lorewright.flows.training_orders import WORK, TrainingOrder, attach_jobs, limits_of
from lorewright.flows.training_preparing import OnPreflight, Watch
from lorewright.jobs.steward import Pace
from lorewright.lineage import Ref
from lorewright.records import Adapter, BaseLanguageModel, Dataset
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, refuse_withdrawn
from lorewright.store.run_views import RunView
from lorewright.store.training_jobs import TrainingJob, TrainingState, jobs_of_run, limit_jobs
from lorewright.store.work_runs import order_of
from lorewright.train import Event, preflight
from lorewright.train.estimate import is_quick_to_measure
from lorewright.train.events import now
from lorewright.train.preflight import Preflight


class Trained(NamedTuple):
    """What a training run leaves."""

    base: BaseLanguageModel
    tuned: Adapter
    control: Adapter
    run: str | None = None
    """None when everything had been trained before."""


def train_adapters(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    *,
    dataset: str | None = None,
    watch: Watch = lambda _role, _event: None,
    on_preflight: OnPreflight = lambda _found: None,
    pace: Pace | None = None,
) -> Trained:
    """Train the adapter and its permuted control on the same base, side by side.

    What was trained before with the same settings is not trained again; a run that was cut
    off goes on from its last checkpoint. Workers that are there may take a part of it. What
    would go wrong is found before.

    Raises:
        Refused: when the dataset rests on a source that was withdrawn or erased, or when the
            pre-flight finds what must be mended first.
        NotYet: when there is no dataset.
        UsageError: when a finding is to be forced that cannot be.
        MissingExtra: when what trains is not installed.
        Stopped: when the run was paused or cancelled from elsewhere.
        BudgetReached: when it took what it may.
        TrainingFailed: when a process failed; other errors as it met them.
    """
    looked = _Looking(workspace, store, settings, _data(store, dataset), on_preflight).look()
    if looked.known is not None:
        base, (tuned, control) = looked.known
        set_newest(store, tuned.ref)
        return Trained(base, tuned, control)
    engine_of("train")
    run = queue_training(store, settings, looked.order, estimate=looked.seconds)
    handler = TrainingHandler(workspace, store, settings, watch=watch, on_preflight=on_preflight)
    if looked.found is not None:
        handler.findings[run] = looked.found
    return _seen_through(store, settings, run, handler, pace=pace)


def order_training(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    *,
    dataset: str | None = None,
    on_preflight: OnPreflight = lambda _found: None,
) -> str | None:
    """Queue the same for whatever worker comes; the run, or None when nothing is left to do.

    What would go wrong is found before. Where the libraries that read a base are missing, the
    worker looks, as it does once a base is made.

    Raises:
        Refused: when the dataset rests on a source that was withdrawn or erased, or when the
            pre-flight finds what must be mended first.
        NotYet: when there is no dataset.
        UsageError: when a finding is to be forced that cannot be.
    """
    looking = _Looking(workspace, store, settings, _data(store, dataset), on_preflight)
    try:
        looked = looking.look()
    except MissingExtra:
        looked = looking.unseen()
    if looked.known is not None:
        set_newest(store, looked.known[1][0].ref)
        return None
    return queue_training(store, settings, looked.order, estimate=looked.seconds)


def look_ahead(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    *,
    dataset: str | None = None,
    price_per_hour: Decimal | None = None,
    calibrate: bool | None = None,
) -> Preflight:
    """Say what would go wrong and what training will take; trains and keeps nothing.

    Args:
        workspace: where jobs lie.
        store: where the dataset is.
        settings: the operator's choices.
        dataset: its name; None for the newest.
        price_per_hour: of one training process; None for that of the settings.
        calibrate: whether to time a few steps; None does so when the base is small.

    Raises:
        Refused: when the dataset rests on a source that was withdrawn or erased.
        NotYet: when there is no dataset.
        UsageError: when steps shall be timed and the base is not there.
    """
    preflight.check_names(settings.training.force)
    data = _data(store, dataset)
    adapting = Adapting(workspace, store, settings.training, data)
    ground = Ground(workspace, store, data, settings, price_per_hour)
    with adapting.base_at_hand() as folder:
        found = before_training(ground, folder)
        if calibrate is False:
            return found
        if folder is None or found.estimate is None or found.blockers:
            if calibrate:
                raise UsageError(
                    "no step can be timed: the base is not there, or a finding is in the way",
                    hint="fetch or make the base, and mend what `lorewright train --check` lists",
                )
            return found
        base = train.describe(folder, name=adapting.name)
        wanted = is_quick_to_measure(base) if calibrate is None else calibrate
        return calibrated(ground, found, base) if wanted else found


def queue_training(
    store: Store,
    settings: Settings,
    order: TrainingOrder,
    *,
    estimate: tuple[float, float] | None = None,
) -> str:
    """Write down what is to be trained; an equal run that is not finished goes on.

    Args:
        store: where everything is kept.
        settings: prices, limits, and who is told.
        order: what is to be trained.
        estimate: seconds of one of its jobs, at least and at most; None when nobody knows.
    """
    run, url = start_run(store, WORK, order.as_request()), settings.webhooks.url
    attach_jobs(
        store,
        run,
        order,
        settings.jobs,
        webhook_url=url,
        estimate=estimate,
        destination=chosen(settings.elsewhere),
    )
    return run


def see_through(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    run: str,
    *,
    watch: Watch = lambda _role, _event: None,
    pace: Pace | None = None,
) -> Trained:
    """Work on a training run in this process until it is over.

    Ctrl-C pauses it: every process writes a checkpoint and ends.

    Raises:
        Stopped: when the run was paused or cancelled from elsewhere.
        BudgetReached: when it took what it may.
        LorewrightError: as a process met it.
    """
    handler = TrainingHandler(workspace, store, settings, watch=watch)
    return _seen_through(store, settings, run, handler, pace=pace)


def _seen_through(
    store: Store, settings: Settings, run: str, handler: TrainingHandler, *, pace: Pace | None
) -> Trained:
    order = TrainingOrder.of(order_of(store, run).request)
    limit_jobs(store, run, limits_of(settings.jobs))
    view = run_work(
        store,
        WORK,
        order.as_request(),
        handlers={WORK: handler},
        watch=_Elsewhere(store, handler, handler.watch).look,
        pace=pace,
    )
    return trained_in(store, view.run)


def trained_in(store: Store, run: str) -> Trained:
    """What a run trained.

    Raises:
        LorewrightError: as a process met it.
    """
    jobs = {job.role: job for job in jobs_of_run(store, run)}
    for job in jobs.values():
        if job.state is not TrainingState.COMPLETED:
            raise error_of(job)
    tuned, control = (_adapter(store, jobs[role]) for role in ("tuned", "permuted-control"))
    base = store.get(Ref.parse(jobs["tuned"].base_model or ""), BaseLanguageModel)
    return Trained(base, tuned, control, run)


def error_of(job: TrainingJob) -> LorewrightError:
    """Why a job that is not completed is not, of the class as it was met."""
    if job.state is TrainingState.FAILED:
        kind = getattr(errors, job.error_kind or "", TrainingFailed)
        sentence = job.error_sentence or "training failed"
        return kind(sentence, where=job.error_where, hint=job.error_hint)
    return Stopped(
        f"the training job is {job.state}",
        where=job.id,
        hint=f"`lorewright jobs resume {job.id}` goes on from its last checkpoint",
    )


def _data(store: Store, dataset: str | None) -> Dataset:
    data = find(store, dataset, Dataset)
    refuse_withdrawn(store, [data.ref], doing="training on")
    refuse_erased(store, data.ref, doing="training on")
    return data


class _Looked(NamedTuple):
    """What is known before anything is queued."""

    order: TrainingOrder
    known: tuple[BaseLanguageModel, list[Adapter]] | None = None
    """What was trained before, when nothing is left to do."""
    found: Preflight | None = None
    """Of the base itself; None when it is not made yet, or nothing is left to do."""
    seconds: tuple[float, float] | None = None
    """Of one of the two processes, at least and at most; None when nobody knows."""


class _Looking:
    """Looks at everything before it is queued."""

    def __init__(
        self,
        workspace: Workspace,
        store: Store,
        settings: Settings,
        data: Dataset,
        on_preflight: OnPreflight,
    ) -> None:
        self._on_preflight = on_preflight
        self._settings = settings.training
        self._order = TrainingOrder.for_(data.ref, settings.training)
        self._adapting = Adapting(workspace, store, self._order.settings, data)
        self._ground = Ground(workspace, store, data, settings)

    def look(self) -> _Looked:
        """What was trained before, or else what was found in the way of it.

        Raises:
            Refused: when something must be mended first.
            UsageError: when a finding is to be forced that cannot be.
            MissingExtra: when the libraries that read a base are not installed.
        """
        preflight.check_names(self._settings.force)
        chosen(self._ground.settings.elsewhere)  # named wrongly, it is told before all else
        known = self._trained_before()
        if known is not None:
            return _Looked(self._order, known)
        with self._adapting.base_at_hand() as folder:
            found = before_training(self._ground, folder)
            self._on_preflight(found)
            found.refuse_if_blocked()
        order = self._order.model_copy(update={"forced": found.forced})
        # What was overridden is kept with the adapter, and makes it another one.
        known = self._adapting.known(forced=found.forced) if found.forced else None
        seen = None if folder is None else found
        return _Looked(order, known, seen, _range(found))

    def unseen(self) -> _Looked:
        """The same without looking."""
        return _Looked(self._order, self._adapting.known())

    def _trained_before(self) -> tuple[BaseLanguageModel, list[Adapter]] | None:
        try:
            return self._adapting.known()
        except LorewrightError:
            with self._adapting.base_at_hand() as folder:
                if folder is not None:  # says all that is wrong with it, and not only the first
                    found = before_training(self._ground, folder)
                    self._on_preflight(found)
                    found.refuse_if_blocked()
            raise


def _range(found: Preflight) -> tuple[float, float] | None:
    if found.estimate is None:
        return None
    low, _, high = found.estimate.seconds
    return round(low, 1), round(high, 1)


def _adapter(store: Store, job: TrainingJob) -> Adapter:
    return store.get(Ref.parse(job.adapter or ""), Adapter)


class _Elsewhere:
    """Tells of the jobs of a run that another process follows, as their rows have it."""

    def __init__(
        self, store: Store, handler: TrainingHandler, watch: Callable[[str, Event], None]
    ) -> None:
        self._store = store
        self._handler = handler
        self._watch = watch
        self._said: dict[str, int] = {}

    def look(self, view: RunView) -> None:
        """Tell what is new; called a few times a second."""
        for job in jobs_of_run(self._store, view.run):
            is_new = self._said.get(job.id, 0) < job.current_step
            if is_new and job.state.is_active and job.id not in self._handler.followed:
                self._said[job.id] = job.current_step
                self._watch(job.role, _as_event(job))


def _as_event(job: TrainingJob) -> Event:
    return Event(
        phase="train",
        time=now(),
        step=job.current_step,
        steps=job.total_steps,
        loss=job.loss,
        held_out_loss=job.held_out_loss,
        eta_s=job.eta_s,
    )
