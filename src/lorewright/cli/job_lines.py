"""A training job in words: one line, or many."""

from collections.abc import Iterator, Sequence

from lorewright.cli.run import moment, span
from lorewright.flows.hearing import MAKING_BASE
from lorewright.flows.place_checks import PlaceCheck
from lorewright.flows.training_jobs import JobView
from lorewright.store.training_metrics import Artifact


def in_short(view: JobView) -> str:
    """How far a job is, what may be left of it and what it cost, in one line."""
    job = view.job
    parts = [job.role]
    if view.progress is not None:
        parts.append(f"{view.progress:.0%}")
    if job.phase == MAKING_BASE:
        parts.append("its pocket base is being made")
    if job.total_steps:
        parts.append(f"step {job.current_step:,} of {job.total_steps:,}")
    if job.loss is not None:
        parts.append(f"loss {job.loss:.3f}")
    if view.eta_s:
        parts.append(f"about {span(view.eta_s)} left")
    if job.unreachable_since is not None:
        parts.append(f"unreachable since {moment(job.unreachable_since)}")
    parts.append(f"{span(view.machine_seconds)} so far, ${view.cost_usd:.4f}")
    return ", ".join(parts)


def in_words(view: JobView, left: Sequence[Artifact]) -> Iterator[str]:
    """All that a person may want to know of a job."""
    job = view.job
    yield f"{job.id}: {view.state}, {in_short(view)}"
    yield f"  run {job.run}, {job.role} on {job.base}, {job.dataset[:20]}"
    yield f"  queued {moment(job.queued_at)}" + (
        f", completed {moment(job.completed_at)}" if job.completed_at else ""
    )
    if job.total_loss_tokens:
        yield f"  {job.loss_tokens:,} of {job.total_loss_tokens:,} loss tokens"
    if job.held_out_loss is not None:
        yield f"  held-out loss {job.held_out_loss:.4f} nats per token"
    if job.device is not None:
        yield f"  on {job.device} of {job.host}, attempt {job.attempt}, phase {job.phase}"
    yield from _cost_in_words(view)
    if job.cleanup is not None:
        yield f"  {job.cleanup}"
    for retry in job.retries:
        yield f"  memory ran out; tried again with {retry}"
    if job.error_sentence:
        yield f"  {job.error_kind}: {job.error_sentence}"
        yield from (f"    {word}" for word in (job.error_where, job.error_hint) if word)
    for one in left:
        yield f"  {one.artifact_type}, {one.bytes:,} bytes, {one.deployment_status}: {one.path}"


def _cost_in_words(view: JobView) -> Iterator[str]:
    job = view.job
    yield f"  ${job.price_usd:.2f} an hour ({job.price_source}): ${view.cost_usd:.4f}"
    if job.spent_seconds:
        yield f"  of it ${job.spent_usd:.4f} for {span(job.spent_seconds)} at other places"
    if view.estimated_cost_usd is not None:
        low, high = view.estimated_cost_usd
        yield f"  it was estimated at ${low:.4f} to ${high:.4f}"


def place_in_words(one: PlaceCheck) -> Iterator[str]:
    """What a place said of itself, and what to do where it cannot be used."""
    state = "works" if one.works else "broken"
    yield f"{state:<8} {one.name}: {one.kind}, ${one.usd_per_hour} an hour ({one.price_source})"
    if one.said:
        yield f"{'':<9}{one.said}"
    if one.free_gb is not None:
        devices = ", ".join(one.devices) or "no GPU"
        yield f"{'':<9}{devices}; {one.free_gb:,.1f} GB free"
        yield f"{'':<9}base models there: {', '.join(one.bases) or 'none'}"
    if one.trouble is not None:
        yield f"{'':<9}{one.trouble}"
    if one.hint is not None:
        yield f"{'':<9}-> {one.hint}"
