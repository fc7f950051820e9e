"""What becomes of a finished training: its adapter is kept, and its folders are cleared away."""

import shutil
from collections.abc import Callable
from pathlib import Path

from lorewright import train
from lorewright.flows.adapting import POCKET
from lorewright.flows.attempts import clear_elsewhere
from lorewright.flows.destinations import Brought
from lorewright.flows.naming import set_newest
from lorewright.flows.training_orders import TrainingOrder
from lorewright.flows.training_preparing import Ready
from lorewright.lineage import Ref
from lorewright.records import Adapter
from lorewright.store import Making, Store, Workspace, forget_file, seconds
from lorewright.store.training_jobs import (
    TrainingState,
    job_named,
    jobs_in,
    jobs_of_run,
    move_job,
)
from lorewright.store.training_metrics import Artifact, note_artifacts

ADAPTER_FILE = "adapter_model.safetensors"


class Keeping:
    """Keeps what training jobs made.

    Args:
        workspace: where jobs have their folders.
        store: where everything is kept.
        tell: is told of a job what could not be cleared away elsewhere; None when all was.
    """

    def __init__(
        self, workspace: Workspace, store: Store, *, tell: Callable[[Ready, str | None], None]
    ) -> None:
        self._workspace = workspace
        self._store = store
        self._tell = tell

    def keep(self, ready: Ready, order: TrainingOrder) -> None:
        """Keep the adapter of a finished job, once, whoever does it how often."""
        job = job_named(self._store, ready.job.id)
        adapter = train.adapter_record(
            ready.plan.folder,
            made_from=(order.dataset, ready.base.ref, ready.plan.step.recipe),
            put_blob=self._store.put_blob,
        )
        making = Making("train", seconds(job.machine_seconds), job.cost_usd)
        self._store.submit([adapter], memo=ready.plan.memo, making=making).result()
        if (brought := Brought.of(job)) is not None:
            # A pocket is made of the operator's own sections; other bases stay for the next job.
            is_pocket = order.settings.base == POCKET
            said = clear_elsewhere(self._store, job.id, brought, with_base=is_pocket)
            self._tell(ready, said)
        self.complete(ready, adapter)

    def complete(self, ready: Ready, adapter: Adapter) -> None:
        """Note that a job is done, whether `adapter` was made by it or known before."""
        weights = next((one for one in adapter.files if one.path == ADAPTER_FILE), adapter.files[0])
        artifact = Artifact(
            "lora_adapter",
            f"blob:{weights.blob.sha256}",
            weights.blob.size,
            weights.blob.sha256,
            step=adapter.steps,
            validation_loss=None if adapter.held_out_loss is None else float(adapter.held_out_loss),
        )
        note_artifacts(self._store, ready.job.id, "lora_adapter", [artifact])
        known = {} if ready.made is None else _as_made(ready.made)
        move_job(
            self._store,
            ready.job.id,
            TrainingState.COMPLETED,
            adapter=str(adapter.ref),
            base_model=str(ready.base.ref),
            phase="done",
            eta_s=None,
            **known,
        )

    def end_of_run(self, run: str, order: TrainingOrder) -> None:
        """When all adapters are there: let the newest be the newest, and clear away folders."""
        jobs = jobs_of_run(self._store, run)
        if not all(job.state is TrainingState.COMPLETED for job in jobs):
            return
        for job in jobs:
            if job.role == "tuned" and job.adapter:
                set_newest(self._store, Ref.parse(job.adapter))
            note_artifacts(self._store, job.id, "checkpoint", [])
            if job.folder is not None:
                self._clear(self._workspace.folder / job.folder)
        self._clear_base(order, jobs[0].base_model)

    def _clear_base(self, order: TrainingOrder, base: str | None) -> None:
        """Remove the folder of a pocket base that no other job reads from."""
        going = jobs_in(
            self._store, TrainingState.QUEUED, TrainingState.INITIALIZING, TrainingState.RUNNING
        )
        if base is None or order.settings.base != POCKET:
            return
        if not any(job.base_model == base for job in going):
            self._clear(self._workspace.jobs / f"base-{Ref.parse(base).id[:16]}")

    def _clear(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        forget_file(self._store, self._workspace.local_path(folder))


def _as_made(adapter: Adapter) -> dict[str, int | float | None]:
    """How far a job is whose adapter was made before it was ordered."""
    held_out = adapter.held_out_loss
    return {
        "current_step": adapter.steps,
        "total_steps": adapter.steps,
        "loss_tokens": adapter.loss_tokens,
        "total_loss_tokens": adapter.loss_tokens,
        "loss": float(adapter.train_loss),
        "held_out_loss": None if held_out is None else float(held_out),
    }
