"""How the trainings of an experiment stand, told from their jobs alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from lorewright.errors import LorewrightError
from lorewright.flows.experiment_orders import KeptCell
from lorewright.lineage import Ref
from lorewright.records import Adapter
from lorewright.store import Store
from lorewright.store.training_jobs import TrainingJob, TrainingState, newest_jobs
from lorewright.train.held_out import HELD_OUT_FILE, HeldOutLoss, read_held_out


class CellState(StrEnum):
    """How one training of an experiment stands, in a word or two."""

    TRAINED = "trained"
    KNOWN = "known"
    """An equal adapter was there before."""
    FAILED = "failed"
    RUNNING = "running"
    WAITING = "waiting"
    """Queued, and nobody has begun."""
    RESTING = "resting"
    """Paused, cancelled, or out of budget; the same command goes on."""
    NOT_BEGUN = "not begun"

    @property
    def is_done(self) -> bool:
        """Whether its adapter is there."""
        return self in {CellState.TRAINED, CellState.KNOWN}

    @property
    def is_open(self) -> bool:
        """Whether something may still come of it without a new wish."""
        return not self.is_done and self is not CellState.FAILED


@dataclass(frozen=True, slots=True)
class CellResult:
    """One training, and what came of it so far."""

    cell: KeptCell
    state: CellState
    reason: str | None = None
    """Why it failed."""
    jobs: tuple[TrainingJob, ...] = ()
    tuned: Adapter | None = None
    control: Adapter | None = None
    losses: Mapping[str, HeldOutLoss] = field(default_factory=dict[str, HeldOutLoss])
    """Of every held-out example, by its name; empty when the adapter did not keep them."""
    control_losses: Mapping[str, HeldOutLoss] = field(default_factory=dict[str, HeldOutLoss])

    @property
    def cost_usd(self) -> Decimal:
        """Of all its processes, over all attempts."""
        return sum((job.cost_usd for job in self.jobs), Decimal(0))

    @property
    def minutes(self) -> float:
        """Of its longest process, over all attempts."""
        return max((job.machine_seconds for job in self.jobs), default=0.0) / 60


def results_of(store: Store, cells: Sequence[KeptCell]) -> list[CellResult]:
    """How each cell stands, in their order."""
    wanted = {work for cell in cells for work in cell.work.values()}
    jobs: dict[str, TrainingJob] = {}
    for job in newest_jobs(store, limit=None):  # the newest first
        if job.work in wanted and _counts_more(job, jobs.get(job.work)):
            jobs[job.work] = job
    return [_result(store, cell, jobs) for cell in cells]


def count_states(results: Sequence[CellResult]) -> dict[str, int]:
    """How many stand how; together they are all that were requested."""
    found = Counter(one.state for one in results)
    return {state.value.replace(" ", "_"): found[state] for state in CellState}


def _counts_more(job: TrainingJob, than: TrainingJob | None) -> bool:
    return than is None or (
        job.state is TrainingState.COMPLETED and than.state is not TrainingState.COMPLETED
    )


def _result(store: Store, cell: KeptCell, known: Mapping[str, TrainingJob]) -> CellResult:
    jobs = tuple(known[work] for work in cell.work.values() if work in known)
    if len(jobs) < len(cell.work):
        return CellResult(cell, CellState.NOT_BEGUN, jobs=jobs)
    state, reason = _state(jobs)
    if not state.is_done:
        return CellResult(cell, state, reason, jobs)
    try:
        adapters = {job.role: store.get(Ref.parse(job.adapter or ""), Adapter) for job in jobs}
        tuned, control = adapters["tuned"], adapters.get("permuted-control")
        return CellResult(
            cell,
            state,
            jobs=jobs,
            tuned=tuned,
            control=control,
            losses=_losses(store, tuned),
            control_losses=_losses(store, control),
        )
    except LorewrightError as error:  # erased since, or damaged
        return CellResult(cell, CellState.FAILED, error.sentence, jobs)


def _state(jobs: Sequence[TrainingJob]) -> tuple[CellState, str | None]:
    states = {job.state for job in jobs}
    if TrainingState.FAILED in states:
        job = next(job for job in jobs if job.state is TrainingState.FAILED)
        where = f" ({job.error_where})" if job.error_where else ""
        return CellState.FAILED, f"{job.error_sentence or 'training failed'}{where}"
    if states == {TrainingState.COMPLETED}:
        is_known = all(job.attempt == 0 for job in jobs)
        return (CellState.KNOWN if is_known else CellState.TRAINED), None
    if any(state.is_resumable for state in states):
        return CellState.RESTING, None
    if any(job.state.is_active or job.attempt for job in jobs):
        return CellState.RUNNING, None
    return CellState.WAITING, None


def _losses(store: Store, adapter: Adapter | None) -> dict[str, HeldOutLoss]:
    files = adapter.files if adapter is not None else ()
    kept = next((file.blob for file in files if file.path == HELD_OUT_FILE), None)
    if kept is None:
        return {}
    return {one.example: one for one in read_held_out(store.blobs.get(kept))}
