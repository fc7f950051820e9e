"""A locked contest whose answers and ratings are made up, with effects that are known."""

import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from builders import WORDS, a_recipe, a_source
from every_kind import a_scenario
from lorewright.evaluate.answers import AnswerLine, write_answers
from lorewright.evaluate.proof import ProofArm
from lorewright.evaluate.rating_lines import PREFERENCE
from lorewright.flows.arms import STEP
from lorewright.flows.contests import ProofContest, Told, proof_contest, told_of
from lorewright.flows.current import step_of
from lorewright.flows.locking import Locked, lock_contest
from lorewright.flows.naming import parents, set_newest
from lorewright.flows.proving import prove_answers
from lorewright.flows.scenarios import scenarios_by_id
from lorewright.lineage import Ref
from lorewright.measures import Leak
from lorewright.records import (
    Adapter,
    Answers,
    LanguageModel,
    ProofVerdict,
    Ratings,
    RejectedCount,
    Scenario,
    ScenarioPurpose,
    ScenarioSet,
)
from lorewright.settings import EvaluationSettings, ProofRules, Settings
from lorewright.store import Store, Workspace
from made_up import MadeUp, make_up

GAINS = {ProofArm.PROMPTED: 0.0, ProofArm.CONTROL: 0.1, ProofArm.BASE: -0.2}
RATERS = ("ann", "ben", "cleo")
Say = Callable[[ProofArm, Scenario], str | None]


def rules(**changed: Any) -> Settings:
    told: dict[str, Any] = {"permutations": 500, **changed}
    return Settings(evaluation=EvaluationSettings(proof=ProofRules.model_validate(told)))


class Proved(NamedTuple):
    """A workspace with a contest under lock."""

    workspace: Workspace
    store: Store
    settings: Settings
    made: MadeUp
    contest: ProofContest
    told: Told
    locked: Locked

    def answers(
        self,
        say: Say = lambda arm, one: f"{arm} says of {one.scenario_id} what it can.",
        *,
        arms: Iterable[ProofArm] | None = None,
        scenarios: Iterable[Scenario] | None = None,
        adapter: Adapter | None = None,
    ) -> dict[ProofArm, Answers]:
        """Answers of every arm, as they would have come from the lock."""
        found: dict[ProofArm, Answers] = {}
        for arm in arms or self.contest.arms:
            lines = [
                AnswerLine(
                    one.scenario_id,
                    turn,
                    0,
                    say(arm, one),
                    9,
                    "end" if say(arm, one) is not None else "failed",
                    None if say(arm, one) is not None else "no room",
                )
                for one in scenarios or self.scenarios
                for turn in range(len(one.messages))
            ]
            found[arm] = self.keep(arm, lines, adapter=adapter)
        return found

    def keep(
        self, arm: ProofArm, lines: list[AnswerLine], *, adapter: Adapter | None = None
    ) -> Answers:
        laid = self.contest.adapter_of(arm)
        laid = adapter if adapter is not None and arm is ProofArm.TUNED else laid
        step = step_of(self.store, STEP, self.locked.promise.decoding, arm=arm.value)
        answered = sum(one.text is not None for one in lines)
        made = Answers(
            arm=arm.value,
            scenarios=self.contest.asked.ref,
            requested=len(lines),
            answered=answered,
            failed=len(lines) - answered,
            lines=self.store.put_blob(write_answers(lines)),
            made_from=(
                self.contest.asked.ref,
                self.contest.base.ref,
                *((laid.ref,) if laid else ()),
                *self.told.parents(arm),
                step.recipe,
            ),
        )
        self.store.put(made)
        return made

    @property
    def scenarios(self) -> list[Scenario]:
        return scenarios_by_id(self.store, self.contest.asked)

    def rate(
        self,
        tuned: float,
        answers: Mapping[ProofArm, Answers],
        *,
        raters: Iterable[str] = RATERS,
        won: float | None = 0.8,
        origin: Literal["measured", "rehearsed", "synthetic"] = "synthetic",
        value: Callable[[Scenario, ProofArm, float], float | None] = lambda _s, _a, value: value,
        failing: int = 0,
        seed: int = 1,
    ) -> list[Ratings]:
        """A sheet of each rater: arms that lie so many points above 2.8."""
        gains = {**GAINS, ProofArm.TUNED: tuned, ProofArm.REFERENCE: 0.6}
        rng, shared = random.Random(seed), dict[tuple[str, str], float]()
        for one in self.scenarios:
            common = rng.gauss(0, 0.47)
            for arm in answers:
                shared[one.scenario_id, arm] = 2.8 + gains[arm] + common + rng.gauss(0, 0.64)
        return [
            self._sheet(
                rater,
                self._ratings(rater, shared, value, seed=seed),
                [] if won is None else self._votes(rater, won, seed=seed),
                answers,
                origin,
                failing=failing,
            )
            for rater in raters
        ]

    def _ratings(
        self,
        rater: str,
        shared: Mapping[tuple[str, str], float],
        value: Callable[[Scenario, ProofArm, float], float | None],
        *,
        seed: int,
    ) -> list[dict[str, Any]]:
        rng = random.Random(f"{rater} {seed}")
        lines: list[dict[str, Any]] = []
        for one in self.scenarios:
            for arm in ProofArm:
                if (one.scenario_id, arm) not in shared:
                    continue
                own = shared[one.scenario_id, arm] + rng.gauss(0, 0.6)
                said = value(one, arm, min(5.0, max(1.0, round(own, 1))))
                lines += [
                    {
                        "scenario": one.scenario_id,
                        "family": one.family,
                        "arm": arm.value,
                        "dimension": dimension,
                        "generation": 0,
                        "turn": 0,
                        "repeat": 0,
                        "value": said,
                        "reason": "",
                    }
                    for dimension in self.settings.evaluation.proof.dimensions
                ]
        return lines

    def _votes(self, rater: str, won: float, *, seed: int) -> list[dict[str, Any]]:
        rng = random.Random(f"votes {rater} {seed}")
        arms = (ProofArm.TUNED.value, ProofArm.PROMPTED.value)
        lines: list[dict[str, Any]] = []
        for one in self.scenarios:
            preferred = "tie" if won < 0 else arms[rng.random() >= won]
            for first, second in (arms, arms[::-1]):  # a judge reads both orders
                shown = {"first": first, "second": second, "preferred": preferred}
                asked = {"question": PREFERENCE, "repeat": 0, "reason": ""}
                lines.append({"scenario": one.scenario_id, **asked, **shown})
        return lines

    def _sheet(
        self,
        rater: str,
        ratings: list[dict[str, Any]],
        votes: list[dict[str, Any]],
        answers: Mapping[ProofArm, Answers],
        origin: Literal["measured", "rehearsed", "synthetic"],
        *,
        failing: int,
    ) -> Ratings:
        judge = LanguageModel(provider="scripted", name=rater)
        made = Ratings(
            rater=rater,
            by="judge",
            origin=origin,
            requested=len(ratings) + len(votes) + failing,
            accepted=len(ratings) + len(votes),
            failed=(RejectedCount(reason="refused", count=failing),) if failing else (),
            ratings=self.store.put_blob(as_lines(ratings)),
            votes=self.store.put_blob(as_lines(votes)),
            made_from=(*(one.ref for one in answers.values()), judge.ref, self._recipe()),
        )
        self.store.put(judge, made)
        return made

    def _recipe(self) -> Ref:
        recipe = a_recipe("rate")
        self.store.put(recipe)
        return recipe.ref

    def prove(
        self,
        answers: Mapping[ProofArm, Answers],
        *,
        settings: Settings | None = None,
        sheets: Sequence[Ratings] | None = None,
        leaks: Sequence[Leak] = (),
    ) -> ProofVerdict:
        return prove_answers(
            self.workspace,
            self.store,
            settings or self.settings,
            self.locked,
            answers,
            sheets=sheets,
            leaks=lambda _store, _scenarios, _dataset: leaks,
        )

    def numbers(self, verdict: ProofVerdict) -> dict[str, Any]:
        return json.loads(self.store.blobs.get(verdict.numbers))


def flawed(proved: Proved, *flaws: str, **more: Any) -> ProofVerdict:
    answers = more.pop("answers")
    proved.rate(1.2, answers)
    verdict = proved.prove(answers, **more)
    assert verdict.verdict == "invalid"
    assert set(flaws) <= set(verdict.flaws), verdict.flaws
    return verdict


def as_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def locked_contest(
    workspace: Workspace,
    store: Store,
    *,
    scenarios: int = 60,
    of_safety: int = 0,
    purpose: ScenarioPurpose = ScenarioPurpose.ADVICE,
    settings: Settings | None = None,
) -> Proved:
    """Lock a made-up adapter, its control and made-up scenarios."""
    made = make_up(store)
    control = made.adapter.model_copy(update={"role": "permuted-control"})
    asked = keep_scenarios(store, scenarios, of_safety=of_safety, purpose=purpose)
    store.put(control)
    set_newest(store, asked)
    chosen = settings or rules()
    contest = proof_contest(store, chosen)
    told = told_of(store, chosen.evaluation.proof.answers, contest.dataset)
    locked = lock_contest(workspace, store, chosen, contest)
    return Proved(workspace, store, chosen, made, contest, told, locked)


def keep_scenarios(
    store: Store,
    count: int,
    *,
    of_safety: int = 0,
    purpose: ScenarioPurpose = ScenarioPurpose.ADVICE,
) -> Ref:
    """Keep a set of so many scenarios, each alone in its family, the last ones of safety."""
    found = tuple(
        a_scenario(
            f"s-{number:03}", f"I am client number {number} and I worry. What now?"
        ).model_copy(
            update={"purpose": ScenarioPurpose.SAFETY if number >= count - of_safety else purpose}
        )
        for number in range(count)
    )
    store.put_blob(WORDS.encode())
    store.put(a_source(), *found)
    (members,) = parents(store, [one.ref for one in found], most=1)
    asked = ScenarioSet(
        name="coach",
        members=members,
        requested=count,
        accepted=count,
        families=count,
        made_from=(members,),
    )
    store.put(asked)
    return asked.ref
