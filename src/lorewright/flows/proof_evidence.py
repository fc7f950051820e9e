"""What a verdict looks at: the answers, what was said about them, and what is wrong with them."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from lorewright.evaluate.answers import AnswerLine
from lorewright.evaluate.proof import Evidence, ProofArm, ProofRules
from lorewright.evaluate.proof.checks import find_flaws
from lorewright.evaluate.proof.lock import Promise, changed_after_lock
from lorewright.evaluate.proof.sequential import watch_order
from lorewright.flows.arms import lines_of
from lorewright.flows.contest_ratings import Rated
from lorewright.flows.contests import rests_on
from lorewright.flows.scenario_leaks import check_leaks
from lorewright.flows.scenarios import scenarios_by_id
from lorewright.lineage import Ref
from lorewright.measures import Leak
from lorewright.records import Answers, Dataset, Deviation, Scenario, ScenarioSet, Split
from lorewright.statistics import Exclusion
from lorewright.store import Store, examples


class Contested(NamedTuple):
    """What a locked contest is about, read from the store."""

    scenarios: list[Scenario]
    dataset: Dataset
    answers: dict[ProofArm, list[AnswerLine]]
    purpose: str
    """Of the scenarios that the verdict rests on."""

    @property
    def families(self) -> dict[str, str]:
        """{scenario: family} of those that the verdict rests on."""
        return rests_on(self.scenarios, self.purpose)


def contested_by(store: Store, promise: Promise, answers: Mapping[ProofArm, Answers]) -> Contested:
    """Read what a lock is about, with the answers of every arm."""
    asked = store.get(Ref.parse(promise.asked.scenarios), ScenarioSet)
    return Contested(
        scenarios_by_id(store, asked),
        store.get(Ref.parse(promise.contest.dataset), Dataset),
        {arm: lines_of(store, one) for arm, one in answers.items()},
        promise.as_rules.purpose,
    )


LeaksOf = Callable[[Store, Sequence[Scenario], Dataset], Sequence[Leak]]


def leaks_found(store: Store, scenarios: Sequence[Scenario], dataset: Dataset) -> Sequence[Leak]:
    """Scenarios that training gives away, by their words or by where they come from.

    Raises:
        MissingExtra: when scikit-learn is not installed.
    """
    return check_leaks(store, scenarios, dataset).leaks


def evidence_of(
    store: Store,
    promise: Promise,
    contested: Contested,
    rated: Rated,
    *,
    deviations: tuple[Deviation, ...] = (),
    leaks: Sequence[Leak] = (),
) -> Evidence:
    """What a verdict looks at; everything that forbids a claim is found here.

    Args:
        store: holds the training targets, for answers that recite them.
        promise: the lock.
        contested: scenarios and answers.
        rated: what raters said.
        deviations: what is no longer as promised.
        leaks: scenarios that the training gives away.
    """
    # Read one at a time: the answers are in memory, and what was trained on need not be.
    targets = (
        example.turns[-1].text for example in examples(store, contested.dataset, Split.TRAIN)
    )
    flaws = (
        *changed_after_lock(deviations),
        *find_flaws(
            contested.answers, promised=promise.promised_arms, targets=targets, leaks=leaks
        ),
    )
    rules = promise.as_rules
    asked, excluded = _asked(contested.families, rated, rules)
    counted = set(asked)
    return Evidence(
        scenarios=asked,
        ratings=tuple(one for one in rated.ratings if one.scenario in counted),
        votes=tuple(one for one in rated.votes if one.scenario in counted),
        flaws=flaws,
        origin=rated.origin,
        failed=rated.failed,
        excluded=(*rated.excluded, *excluded),
    )


def _asked(
    families: Mapping[str, str], rated: Rated, rules: ProofRules
) -> tuple[tuple[str, ...], tuple[Exclusion, ...]]:
    """All scenarios; those up to the last that was rated where one may stop at any."""
    if rules.stop == "fixed":
        return tuple(sorted(families)), ()
    order = watch_order(families, seed=rules.seed)
    reached = {one.scenario for one in (*rated.ratings, *rated.votes)}
    last = max((place for place, name in enumerate(order) if name in reached), default=-1)
    rest = order[last + 1 :]
    if not rest:
        return order, ()
    reason = "not rated when it was stopped, as a sequential evaluation may be"
    return order[: last + 1], (Exclusion(reason, len(rest), f"scenario {rest[0]}"),)
