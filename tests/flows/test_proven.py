"""The newest proof about an adapter."""

import pytest

from flows.proved import Proved, locked_contest
from lorewright.flows.proven import newest_proof
from lorewright.flows.registry import entry_of
from lorewright.flows.tracing import summary_of, trace
from lorewright.store import Store, Workspace


@pytest.fixture
def proved(workspace: Workspace, store: Store) -> Proved:
    return locked_contest(workspace, store, scenarios=20)


def test_without_a_proof_there_is_none(proved: Proved) -> None:
    assert newest_proof(proved.store, proved.made.adapter.ref) is None


def test_the_newest_counts_and_made_up_ones_only_where_asked(proved: Proved) -> None:
    answers, tuned = proved.answers(), proved.made.adapter.ref
    proved.rate(0.0, answers, origin="measured")
    measured = proved.prove(answers)
    proved.rate(1.0, answers)
    synthetic = proved.prove(answers)

    found, told = (newest_proof(proved.store, tuned, measured=only) for only in (False, True))

    assert found is not None
    assert told is not None
    assert (found.verdict, told.verdict) == (synthetic, measured)
    assert found.lock == proved.locked.record


def test_a_control_has_no_proof_of_its_own(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.0, answers)
    proved.prove(answers)

    assert newest_proof(proved.store, proved.contest.control.ref) is None


def test_the_registry_and_the_trace_know_it(proved: Proved) -> None:
    answers = proved.answers()
    proved.rate(1.0, answers)
    verdict = proved.prove(answers)

    assert entry_of(proved.store, proved.made.adapter.ref).rated == verdict
    assert summary_of(proved.store, verdict) == verdict.headline
    found = {node.ref.kind for node in trace(proved.store, verdict.ref).parents}
    assert found == {"evaluation_lock", "answers", "ratings"}
