"""Scenarios by order: written by a language model as durable runs, or by rules; then chosen.

A piece is one scenario. What was made of it is found by its memo, so a run that was cut off goes
on where it was and nothing is paid for twice. A set is only made when every piece is settled.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

from lorewright import jobs
from lorewright.errors import Erased
from lorewright.evaluate.scenarios import (
    EXTRACTIVE,
    PROMPT,
    STEP,
    Brief,
    choose,
    filled,
    offline_scenario,
    write_scenario,
)
from lorewright.flows.current import code_of
from lorewright.flows.scenario_leaks import Checked, check_leaks
from lorewright.flows.scenario_orders import ScenarioChoice, lay_out
from lorewright.flows.scenarios import keep_set
from lorewright.jobs import (
    Forecast,
    Piece,
    Prepared,
    Report,
    Step,
    WaitingPiece,
    WaitingPrepared,
    Watch,
)
from lorewright.lineage import Ref, fingerprint
from lorewright.llms import Asker, load_prompt
from lorewright.records import (
    Dataset,
    Recipe,
    Record,
    Rejection,
    Scenario,
    ScenarioSet,
)
from lorewright.settings import ScenarioSettings
from lorewright.store import Store, memo_key

CHOOSING = "choose scenarios"
"""The step of the recipe by which some are kept."""
SHARD = 16
TOKENS_PER_WORD = 1.4
TOKENS_AROUND = (120, 400)
"""What an answer takes beside its messages: situation, state and expected elements."""

Made: TypeAlias = list[Ref] | None
"""What became of a brief: what it made, or None when it is not settled."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of every brief of an order."""

    scenarios: tuple[Scenario, ...]
    """In the order of the plan."""
    lost: tuple[Rejection, ...]
    """Those that failed, with the reason."""
    open: int
    """Those that are not settled."""


class Chosen(NamedTuple):
    """What was kept of an order."""

    set: ScenarioSet | None
    """None when nothing was kept: a set holds at least one."""
    scenarios: tuple[Scenario, ...]
    lost: tuple[Rejection, ...]
    """All others that were asked for, whatever the reason."""
    checked: Checked | None
    """What training gives away of those that were written; None without a dataset."""


class ScenarioWork:
    """Have the scenarios of an order written by a language model.

    Args:
        store: with what the order names, and the language model of `asker`.
        rules: how long messages are to be.
        asker: makes the calls.
        choice: the order.
        overrides: the folder with the operator's own prompts.
        own: the folder with the operator's own catalogues.

    Raises:
        UsageError: when no such plan can be made.
        BadSettings: when an own prompt or catalogue cannot be used.
        NotYet: when the dataset holds no section out that could be asked about.
    """

    def __init__(
        self,
        store: Store,
        rules: ScenarioSettings,
        asker: Asker,
        choice: ScenarioChoice,
        *,
        overrides: Path | None = None,
        own: Path | None = None,
    ) -> None:
        self._store = store
        self._rules = rules
        self._asker = asker
        self._draw = choice.draw
        self._prompt = load_prompt(PROMPT, overrides)
        laid = lay_out(store, choice, own=own)
        self._briefs = {one.scenario_id: one for one in laid.briefs}
        recipe = Recipe(
            step=STEP,
            settings={
                "least_words": rules.least_words,
                "most_words": rules.most_words,
                "temperature": None if asker.temperature is None else str(asker.temperature),
                "draw": choice.draw,
            },
        )
        store.put(self._prompt, recipe, *laid.entries)
        self.step = Step(STEP, code_of(STEP), recipe.ref)

    def shards(self) -> Iterator[tuple[str, ...]]:
        """The ids of some scenarios."""
        names = [*self._briefs]
        for at in range(0, len(names), SHARD):
            yield tuple(names[at : at + SHARD])

    def pieces(self, shard: tuple[str, ...]) -> Iterator[WaitingPiece]:
        """One piece for each scenario."""
        for name in shard:
            yield WaitingPiece(name, self._begin(self._briefs[name]))

    def forecasts(self) -> Iterator[Forecast]:
        """The calls for what is not settled."""
        outcomes = _outcomes(self._store, self.step, map(self._inputs, self._briefs.values()))
        waiting = [
            one for one, made in zip(self._briefs.values(), outcomes, strict=True) if made is None
        ]
        if not waiting:
            return
        characters = shared = messages = 0
        for number, brief in enumerate(waiting):
            prompt = filled(brief, self._prompt, self._rules).messages
            characters += sum(len(one.text) for one in prompt)
            shared += sum(len(one.text) for one in prompt[:-1]) if number else 0
            messages += brief.messages
        each = messages / len(waiting) * TOKENS_PER_WORD
        least, most = (
            round(each * count + around)
            for count, around in zip(
                (self._rules.least_words, self._rules.most_words), TOKENS_AROUND, strict=True
            )
        )
        yield Forecast(self._prompt.name, len(waiting), characters, shared, (least, most))

    @property
    def written(self) -> Written:
        """What became of the order so far."""
        return _written(self._store, self.step, map(self._inputs, self._briefs.values()))

    def _inputs(self, brief: Brief) -> tuple[Ref, ...]:
        return (*_told_by(brief), self._prompt.ref, self._asker.model)

    def _begin(self, brief: Brief) -> Callable[[], WaitingPrepared]:
        async def work() -> Iterable[Record]:
            return [
                await write_scenario(
                    brief,
                    asker=self._asker,
                    prompt=self._prompt,
                    settings=self._rules,
                    recipe=self.step.recipe,
                    draw=self._draw,
                )
            ]

        return lambda: WaitingPrepared(self._inputs(brief), work)


class OfflineScenarios:
    """Lets rules write the scenarios of an order, around the cards of the catalogues.

    Args:
        store: with what the order names.
        choice: the order.
        own: the folder with the operator's own catalogues.

    Raises:
        UsageError: when no such plan can be made, or it is about somebody in danger.
        BadSettings: when an own catalogue cannot be used.
        NotYet: when the dataset holds no section out that could be asked about.
    """

    def __init__(self, store: Store, choice: ScenarioChoice, *, own: Path | None = None) -> None:
        self._store = store
        laid = lay_out(store, choice, own=own, by_rules=True)
        self._briefs = laid.briefs
        recipe = Recipe(step=STEP, settings={"teacher": EXTRACTIVE, "draw": choice.draw})
        store.put(recipe, *laid.entries)
        self.step = Step(STEP, code_of(STEP), recipe.ref)

    def write(self, watch: Watch = lambda _progress: None) -> Report:
        """Write those that are not written."""
        pieces = (Piece(one.scenario_id, self._begin(one)) for one in self._briefs)
        return jobs.run(pieces, step=self.step, store=self._store, watch=watch)

    @property
    def written(self) -> Written:
        """What became of the order so far."""
        return _written(self._store, self.step, map(_told_by, self._briefs))

    def _begin(self, brief: Brief) -> Callable[[], Prepared]:
        recipe = self.step.recipe
        return lambda: Prepared(_told_by(brief), lambda: [offline_scenario(brief, recipe)])


def choose_scenarios(
    store: Store,
    rules: ScenarioSettings,
    written: Written,
    name: str,
    *,
    dataset: Dataset | None = None,
) -> Chosen:
    """Keep those of a settled order that pass the rules as the set `name`.

    Args:
        store: where they are.
        rules: by which some are kept.
        written: what became of the order, with nothing open.
        name: how the set is called.
        dataset: what an adapter is trained on; None leaves it to a later check.

    Raises:
        MissingExtra: when scikit-learn is not installed.
    """
    checked = check_leaks(store, written.scenarios, dataset) if dataset else None
    choice = choose(written.scenarios, rules, leaks=checked.leaks if checked else ())
    settings = {
        **rules.model_dump(mode="json", exclude={"count", "seed"}),
        "dataset": str(dataset.ref) if dataset else None,
    }
    recipe = Recipe.model_validate({"step": CHOOSING, "settings": settings})
    store.put(recipe)
    lost = [
        *written.lost,
        *(
            Rejection(
                step=STEP,
                outcome="rejected",
                reason=one.reason,
                detail=f"{one.scenario.scenario_id}: {one.detail}",
                question=one.scenario.messages[0],
                made_from=(one.scenario.ref, recipe.ref),
            )
            for one in choice.turned_down
        ),
    ]
    if not choice.kept:
        store.put(*lost)
        return Chosen(None, (), tuple(lost), checked)
    made = keep_set(store, name, choice.kept, lost, origins=(recipe.ref,))
    return Chosen(made, choice.kept, tuple(lost), checked)


def _told_by(brief: Brief) -> tuple[Ref, ...]:
    """What tells the work on a brief from that on any other."""
    return (*brief.entries, Ref("order", fingerprint(brief.scenario_id.encode())))


def _outcomes(store: Store, step: Step, inputs: Iterable[tuple[Ref, ...]]) -> list[Made]:
    """What became of the work on each of `inputs`.

    Raises:
        Erased: when something that it made was erased.
    """
    keys = [memo_key(step.name, code=step.code, inputs=one, recipe=step.recipe) for one in inputs]
    found = store.memos(keys)
    outcomes: list[Made] = []
    for key in keys:
        made = found.get(key)
        if isinstance(made, Erased):
            raise made
        outcomes.append(made)
    return outcomes


def _written(store: Store, step: Step, inputs: Iterable[tuple[Ref, ...]]) -> Written:
    outcomes = _outcomes(store, step, inputs)
    names = [ref for made in outcomes for ref in made or ()]
    return Written(
        tuple(store.get_many(_of(names, Scenario.kind), Scenario)),
        tuple(store.get_many(_of(names, Rejection.kind), Rejection)),
        sum(made is None for made in outcomes),
    )


def _of(names: Sequence[Ref], kind: str) -> Iterator[Ref]:
    return (ref for ref in names if ref.kind == kind)
