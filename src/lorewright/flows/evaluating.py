"""A whole evaluation on scenarios: lock, answer, and decide what the ratings show."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from lorewright.evaluate.proof import ProofArm
from lorewright.evaluate.proof.lock import NONE, Decoding
from lorewright.evaluate.proof.planning import Plan, plan_for
from lorewright.flows.arms import Arms, Estimate
from lorewright.flows.contest_ratings import ratings_about
from lorewright.flows.contests import (
    ProofContest,
    Told,
    has_scenarios,
    rests_on,
    scenarios_named,
    told_of,
)
from lorewright.flows.locking import Locked, lock_contest, lock_of, locks_of, told_as_locked
from lorewright.flows.proving import prove_answers
from lorewright.flows.reference_arm import Reference
from lorewright.flows.scenarios import scenarios_by_id
from lorewright.jobs import Watch
from lorewright.records import Answers, ProofVerdict
from lorewright.settings import Settings
from lorewright.store import Store, Workspace


class Evaluated(NamedTuple):
    """What an evaluation on scenarios came to."""

    locked: Locked
    answers: dict[ProofArm, Answers]
    verdict: ProofVerdict | None
    """None where nobody has rated the answers yet."""


class Steps(NamedTuple):
    """Who is told while it goes on."""

    on_lock: Callable[[Locked], None] = lambda _locked: None
    """Of a lock that was made now."""
    on_estimate: Callable[[Estimate], None] = lambda _estimate: None
    watch: Watch = lambda _progress: None


QUIETLY = Steps()


def evaluate_scenarios(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    contest: ProofContest,
    *,
    again: bool = False,
    max_cost: Decimal | None = None,
    steps: Steps = QUIETLY,
) -> Evaluated:
    """Lock what is not locked, answer what is not answered, and prove what was rated.

    Args:
        workspace: where locks and unfinished answers lie.
        store: where everything else is.
        settings: what is to be shown, and how answers are made.
        contest: who answers what.
        again: make a new lock although there are answers; the verdict says so.
        max_cost: the most that the reference may cost in US dollars.
        steps: who is told.

    Raises:
        BadSettings: when the prompted base would be told nothing.
        OutsideError: when the base, an adapter or the reference cannot be opened.
        BadRecord: when ratings contradict each other or cannot be read.
    """
    if again or not locks_of(store, contest):
        locked = lock_contest(workspace, store, settings, contest, again=again)
        steps.on_lock(locked)
    else:
        locked = lock_of(workspace, store, contest)
    arms = _arms(
        workspace,
        store,
        settings,
        _as_locked(contest, locked),
        told_as_locked(store, locked.promise),
        decoding=locked.promise.decoding,
        max_cost=max_cost,
    )
    left = arms.estimate()
    if not left.is_done:
        steps.on_estimate(left)
    answers = arms.answer(steps.watch)
    if not ratings_about(store, answers)[0]:
        return Evaluated(locked, answers, None)
    return Evaluated(locked, answers, prove_answers(workspace, store, settings, locked, answers))


def estimate_evaluation(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    contest: ProofContest,
    *,
    again: bool = False,
    max_cost: Decimal | None = None,
) -> Estimate:
    """What answering would take; nothing is locked and nobody is asked.

    Args:
        workspace: where locks lie.
        store: where everything else is.
        settings: how answers would be made without a lock.
        contest: who would answer.
        again: whether a new lock would be made.
        max_cost: the most that the reference may cost in US dollars.

    Raises:
        BadSettings: when the prompted base would be told nothing.
        UsageError: when the price of the reference is not known.
        EndpointError: when the reference cannot be opened.
    """
    if locks_of(store, contest) and not again:
        locked = lock_of(workspace, store, contest)
        contest = _as_locked(contest, locked)
        decoding, told = locked.promise.decoding, told_as_locked(store, locked.promise)
    else:
        answers = settings.evaluation.proof.answers
        decoding, told = Decoding.of(answers), told_of(store, answers, contest.dataset)
    return _arms(
        workspace, store, settings, contest, told, decoding=decoding, max_cost=max_cost
    ).estimate()


def plan_evaluation(store: Store | None, settings: Settings, name: str | None = None) -> Plan:
    """What the scenarios that there are show, or those that the settings plan for.

    Raises:
        NotFound: when nothing is called `name`.
        MissingExtra: when scipy is not installed.
    """
    rules = settings.evaluation.proof
    count = rules.scenarios
    if store is not None and (name is not None or has_scenarios(store)):
        found = scenarios_by_id(store, scenarios_named(store, name))
        count = len(rests_on(found, rules.purpose))
    return plan_for(rules, count)


def _as_locked(contest: ProofContest, locked: Locked) -> ProofContest:
    """With the reference that was locked, whatever the settings say by now."""
    promised = locked.promise.contest.reference
    return contest._replace(reference=None if promised == NONE else promised)


def _arms(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    contest: ProofContest,
    told: Told,
    *,
    decoding: Decoding,
    max_cost: Decimal | None,
) -> Arms:
    reference = None
    if contest.reference is not None:
        reference = Reference(
            store,
            settings,
            contest.reference,
            tokens=decoding.tokens,
            temperature=Decimal(decoding.temperature),
            max_cost=max_cost,
        )
    return Arms(
        workspace,
        store,
        settings,
        contest,
        told,
        decoding=decoding,
        reference=reference,
    )
