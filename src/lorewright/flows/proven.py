"""What was proved about an adapter, and under which lock."""

from typing import NamedTuple

from lorewright.evaluate.proof.lock import read_lock
from lorewright.lineage import Ref
from lorewright.records import EvaluationLock, ProofVerdict
from lorewright.store import Store


class Proven(NamedTuple):
    """A verdict with its lock."""

    verdict: ProofVerdict
    lock: EvaluationLock


def newest_proof(store: Store, adapter: Ref, *, measured: bool = False) -> Proven | None:
    """The newest verdict about an adapter that is the one something is claimed of.

    Args:
        store: where.
        adapter: the tuned one; as a control it has no proof of its own.
        measured: whether rehearsed and synthetic ones are passed over; whatever is handed out
            rests on measured ones alone.
    """
    locks = {
        one.ref: one
        for one in store.get_many(
            store.children([adapter], kind=EvaluationLock.kind), EvaluationLock
        )
        if read_lock(one.text).contest.tuned == adapter
    }
    found = store.get_many(store.children(sorted(locks), kind=ProofVerdict.kind), ProofVerdict)
    told = [one for one in found if one.origin == "measured" or not measured]
    if not told:
        return None
    lock = next(ref for ref in told[-1].made_from if ref in locks)
    return Proven(told[-1], locks[lock])
