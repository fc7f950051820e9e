"""A training job as other programs read it, on the command line and over HTTP."""

from typing import Any

from lorewright.flows.destinations import Destination
from lorewright.flows.training_jobs import JobView
from lorewright.settings import HERE


def job_told(view: JobView) -> dict[str, Any]:
    """A job as other programs read it."""
    job, estimate = view.job, view.estimated_cost_usd
    to = Destination.of(job.destination)
    return {
        "id": job.id,
        "run": job.run,
        "role": job.role,
        "dataset": job.dataset,
        "base": job.base,
        "base_model": job.base_model,
        "adapter": job.adapter,
        "hyperparameters": dict(job.hyperparameters),
        "state": view.state,
        "phase": job.phase,
        "progress": view.progress,
        "current_step": job.current_step,
        "total_steps": job.total_steps,
        "current_epoch": job.current_epoch,
        "loss_tokens": job.loss_tokens,
        "total_loss_tokens": job.total_loss_tokens,
        "loss": job.loss,
        "held_out_loss": job.held_out_loss,
        "tokens_per_s": job.tokens_per_s,
        "eta_s": view.eta_s,
        "silent_s": view.age_s,
        "attempt": job.attempt,
        "retry_count": job.retry_count,
        "retries": list(job.retries),
        "device": job.device,
        "host": job.host,
        "on": HERE if to is None else to.name,
        "unreachable_since": job.unreachable_since,
        "cleanup": job.cleanup,
        "folder": job.folder,
        "machine_hours": round(view.machine_seconds / 3600, 6),
        "gpu_hours": round(view.gpu_hours, 6),
        "price_usd_per_hour": job.price_usd,
        "price_source": job.price_source,
        "estimated_hours": _hours(view),
        "estimated_cost_usd": None if estimate is None else list(estimate),
        "actual_cost_usd": view.cost_usd,
        "max_cost_usd": job.max_cost_usd,
        "max_minutes": None if job.max_seconds is None else job.max_seconds / 60,
        "error": _error(view),
        "queued_at": job.queued_at,
        "started_at": job.started_at,
        "completed_at": job.completed_at,
        "updated_at": job.updated_at,
    }


def _hours(view: JobView) -> list[float] | None:
    """At least and at most, as it was estimated before, to be held against the machine hours."""
    low, high = view.job.estimated_seconds_low, view.job.estimated_seconds_high
    if low is None or high is None:
        return None
    return [round(low / 3600, 6), round(high / 3600, 6)]


def _error(view: JobView) -> dict[str, str | None] | None:
    job = view.job
    if job.error_kind is None:
        return None
    return {
        "error": job.error_kind,
        "sentence": job.error_sentence,
        "where": job.error_where,
        "hint": job.error_hint,
    }
