"""What is decided about a source: its licence, stopping its use, destroying it."""

from lorewright import train
from lorewright.errors import UsageError
from lorewright.lineage import Ref
from lorewright.records import Decision, Source, Verb
from lorewright.store import Erasure, Store, Workspace, decide, erase, plan_erasure, withdrawal


def withdraw_source(store: Store, ref: Ref, *, why: str, by: str) -> Decision:
    """Stop the use of a source and everything that rests on it.

    Raises:
        UsageError: when it is no source, or withdrawn already.
    """
    _must_be_source(ref)
    store.get(ref, Source)
    standing = withdrawal(store, ref)
    if standing:
        raise UsageError(f"{ref.short} was withdrawn already on {standing.at[:10]}: {standing.why}")
    return decide(store, ref, Verb.WITHDRAW, why=why, by=by)


def restore_source(store: Store, ref: Ref, *, why: str, by: str) -> Decision:
    """Undo a withdrawal.

    Raises:
        UsageError: when the source is not withdrawn.
    """
    _must_be_source(ref)
    store.get(ref, Source)
    if not withdrawal(store, ref):
        raise UsageError(f"{ref.short} is not withdrawn, so there is nothing to undo")
    return decide(store, ref, Verb.RESTORE, why=why, by=by)


def correct_licence(store: Store, ref: Ref, licence: str, *, why: str, by: str) -> Decision:
    """Say what the licence of a source really is; the last correction holds."""
    _must_be_source(ref)
    store.get(ref, Source)
    return decide(store, ref, Verb.LICENCE, value=licence, why=why, by=by)


def plan_removal(workspace: Workspace, store: Store, ref: Ref) -> Erasure:
    """What erasing a source would destroy; changes nothing."""
    _must_be_source(ref)
    return plan_erasure(store, ref, workspace.folder)


def erase_source(workspace: Workspace, store: Store, ref: Ref, *, why: str) -> Erasure:
    """Destroy a source and every byte that repeats its words."""
    _must_be_source(ref)
    for path in plan_erasure(store, ref, workspace.folder).files:
        # A training process whose parent died holds no lock and would write its words again.
        if (workspace.folder / path).is_dir():
            train.cancel(workspace.folder / path)
    return erase(store, ref, workspace.folder, why=why)


def _must_be_source(ref: Ref) -> None:
    if ref.kind != Source.kind:
        raise UsageError(
            f"{ref.short} is not a source",
            hint="`lorewright trace` shows which sources it was made from; name one of those",
        )
