"""What came of a work, counted from the store, whoever did it."""

from collections import Counter
from collections.abc import Iterator, Mapping

from lorewright.errors import LorewrightError
from lorewright.jobs.report import Report, reasons
from lorewright.jobs.work import Work
from lorewright.lineage import Ref
from lorewright.store import Store, memo_key


def recount(
    work: Work,
    store: Store,
    *,
    report: Report,
    failed: Mapping[str, LorewrightError],
    trouble: LorewrightError | None,
    is_over: bool,
) -> None:
    """Add to `report` what the pieces of `work` made, turned down and could not do.

    Args:
        work: planned as it was when it was done.
        store: where its pieces left what they made.
        report: is added to.
        failed: what went wrong in this process, by the label of the piece.
        trouble: what else went wrong in this process.
        is_over: whether every piece was begun; then one that left nothing has failed, here or
            in another process.
    """
    for label, made in _pieces(work, store):
        if made is not None:
            report.pieces += 1
            report.count(made, names=False)
            report.rejected.update(reasons(made, store))
        elif is_over or label in failed:
            report.pieces += 1
            report.failed.append((label, failed.get(label) or trouble or _elsewhere()))


def kinds_made(work: Work, store: Store) -> Counter[str]:
    """How many records of each kind the pieces of `work` have made so far."""
    return Counter(ref.kind for _, made in _pieces(work, store) for ref in made or ())


def _pieces(work: Work, store: Store) -> Iterator[tuple[str, list[Ref] | None]]:
    """Every piece by its label, with what it made; None when it is not done."""
    step = work.step
    for shard in work.shards():
        for piece in work.pieces(shard):
            inputs = piece.begin().inputs
            key = memo_key(step.name, code=step.code, inputs=inputs, recipe=step.recipe)
            yield piece.label, store.memo(key)


def _elsewhere() -> LorewrightError:
    return LorewrightError(
        "it failed in another process", hint="`lorewright calls --failed` shows what came back"
    )
