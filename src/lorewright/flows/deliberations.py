"""Deliberations: played from what was worked out, or held by a language model."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from lorewright.errors import BadSettings, Refused
from lorewright.flows.current import code_of
from lorewright.flows.deliberated import deliberated_examples
from lorewright.generate.deliberations import (
    PANEL_PROMPT,
    PROMPT,
    Brief,
    Casting,
    HybridWeigher,
    Labels,
    LearnedWeigher,
    Measured,
    Panel,
    PanelLibrary,
    SetTier,
    StaticWeigher,
    TrainingShape,
    Weigher,
    Worked,
    chosen,
    entry_of,
    examples_of,
    human_sample,
    means,
    measure,
    panel_library,
    panel_of_entry,
    play,
    propose_panel,
    read_labels,
    simulated_labels,
    tier_of_set,
    worked_entry,
    write_deliberation,
)
from lorewright.jobs import (
    Forecast,
    Piece,
    Prepared,
    Report,
    Step,
    WaitingPiece,
    WaitingPrepared,
    Watch,
    run,
)
from lorewright.lineage import Ref, fingerprint
from lorewright.llms import Asker, load_prompt
from lorewright.records import (
    CatalogueEntry,
    Deliberation,
    Example,
    LanguageModel,
    Prompt,
    Recipe,
    Record,
    Rejection,
    Standing,
)
from lorewright.store import Store, memo_key, reviews

STEP, PANEL_STEP = "deliberations", "panel"
FOLDER = Path("catalogues", "panels")
"""In the workspace; own panels lie in it as `my-panel.toml`."""
TURNS = 4
"""Of a deliberation by a language model, when nobody says another number."""
SIMULATED = 120
"""Conversations that a simulation labels."""
TURN_TOKENS = (500, 1600)
PANEL_TOKENS = (800, 2500)
Way = Literal["static", "hybrid", "learned"]


class DeliberationChoice(BaseModel):
    """What is to be deliberated, by whom and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    panel: str
    file: str | None = None
    """Where that panel stands; None looks among those that came along and the workspace's."""
    turns: int | None = Field(default=None, ge=1, le=20)
    """The most turns; None plays a worked conversation whole."""
    weighting: Way = "static"
    count: int = Field(default=1, ge=1)
    seed: int = 7
    goal: str | None = None
    labels: str | None = None
    """The file with labels by people; None lets a simulation label for learned weights."""
    draw: int = 0


class PanelChoice(BaseModel):
    """What a panel is to be proposed for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    goal: str = Field(min_length=1)
    key: str = Field(pattern=r"^[a-z0-9-]+$")
    draw: int = 0


class Outcome(NamedTuple):
    """The deliberations of a run, what they are worth, and what people are to look at."""

    deliberations: list[Deliberation]
    measured: Measured | None
    sample: tuple[Ref, ...]
    """Deliberations that people are to look at."""
    accepted: int
    """How many of the sample they have accepted."""
    reviewed: int
    """How many of all deliberations they have decided about."""
    tier: SetTier
    """What the set may be called."""


def panels_of(workspace_folder: Path | None, file: str | None = None) -> PanelLibrary:
    """The panels that can be used in a workspace, and the one in a file.

    Raises:
        BadSettings: when there is something wrong with that file.
    """
    library = panel_library(workspace_folder / FOLDER if workspace_folder else None)
    return library.with_file(Path(file)) if file else library


@dataclass(frozen=True)
class Bench:
    """What every deliberation of a choice needs at hand."""

    store: Store
    choice: DeliberationChoice
    panels: PanelLibrary

    @cached_property
    def panel(self) -> Panel:
        """The one that is meant."""
        return self.panels.find(self.choice.panel)

    @cached_property
    def entry(self) -> CatalogueEntry:
        """The same as a record, kept."""
        entry = entry_of(self.panel, own=self.panel.key in self.panels.own)
        self.store.put(entry)
        return entry

    @cached_property
    def labels(self) -> Labels | None:
        """Whose labels weights are learnt from; None when they are not learnt."""
        if self.choice.weighting != "learned":
            return None
        every = self.panels.panels
        if self.choice.labels:
            return read_labels(Path(self.choice.labels), every)
        return simulated_labels([*every.values()], conversations=SIMULATED, seed=self.choice.seed)

    @cached_property
    def weigher(self) -> Weigher:
        """How weights are found."""
        if self.labels is not None:
            return LearnedWeigher(self.labels, seed=self.choice.seed)
        return HybridWeigher() if self.choice.weighting == "hybrid" else StaticWeigher()

    @cached_property
    def casting(self) -> Casting:
        """Panel, weights, goal and turns."""
        return Casting(self.panel, self.weigher, self.choice.goal, self.choice.turns)

    def ready(self) -> "Bench":
        """Find out before anything is done whether all of it is there."""
        _ = self.casting
        return self

    def step(self, **more: str) -> Step:
        """The step with its recipe, which is kept; how many are wanted is no part of it."""
        settings = self.choice.model_dump(mode="json", exclude={"count", "panel", "file", "labels"})
        if self.choice.labels:
            more["labels"] = _digest(Path(self.choice.labels))
        recipe = Recipe(step=STEP, settings={**settings, **more})
        self.store.put(recipe)
        return Step(STEP, code_of(STEP), recipe.ref)


def play_deliberations(
    store: Store,
    choice: DeliberationChoice,
    panels: PanelLibrary,
    *,
    watch: Watch = lambda _progress: None,
) -> Report:
    """Play conversations that were worked out; what a panel has no more of is rejected.

    Raises:
        UsageError: when there is no such panel.
        BadSettings: when it is the operator's and faulty, or the labels are.
        MissingExtra: when weights are to be learnt and scikit-learn is not installed.
    """
    bench = Bench(store, choice, panels).ready()
    step, worked = bench.step(), chosen(bench.panel, count=choice.count, seed=choice.seed)
    pieces = [Piece(one.key, _playing(bench, one, step)) for one in worked]
    pieces += [
        Piece(f"conversation {number}", _lacking(bench, number, step))
        for number in range(len(worked) + 1, choice.count + 1)
    ]
    return run(pieces, step=step, store=store, watch=watch)


def _playing(bench: Bench, worked: Worked, step: Step) -> Callable[[], Prepared]:
    def begin() -> Prepared:
        entry = worked_entry(bench.panel, worked, own=bench.panel.key in bench.panels.own)
        bench.store.put(entry)
        parents = (bench.entry.ref, entry.ref, step.recipe)
        return Prepared(
            (bench.entry.ref, entry.ref),
            lambda: [play(bench.casting, worked, parents=parents)],
        )

    return begin


def _lacking(bench: Bench, number: int, step: Step) -> Callable[[], Prepared]:
    def work() -> Iterable[Record]:
        has = len(bench.panel.worked)
        yield Rejection(
            step=STEP,
            outcome="rejected",
            reason="nothing_worked_out",
            detail=f"conversation {number}: {bench.panel.key} has {has} worked out; a language "
            "model can hold more",
            made_from=(bench.entry.ref, step.recipe),
        )

    name = Ref("order", fingerprint(f"{bench.panel.key} {number}".encode()))
    return lambda: Prepared((bench.entry.ref, name), work)


class DeliberationWork:
    """Deliberations by a language model; a piece is a whole one."""

    def __init__(
        self,
        store: Store,
        asker: Asker,
        choice: DeliberationChoice,
        *,
        overrides: Path | None = None,
    ) -> None:
        panels = panels_of(overrides.parent if overrides else None, choice.file)
        self._bench = Bench(store, choice, panels).ready()
        self._asker = asker
        self._prompt = load_prompt(PROMPT, overrides)
        store.put(self._prompt)
        self.step = self._bench.step(most_tokens=str(asker.most_tokens))

    def shards(self) -> Iterator[tuple[str, ...]]:
        """The numbers of the deliberations, a few together."""
        names = [str(number) for number in range(self._bench.choice.count)]
        for at in range(0, len(names), 4):
            yield tuple(names[at : at + 4])

    def pieces(self, shard: tuple[str, ...]) -> Iterator[WaitingPiece]:
        """One piece for each deliberation."""
        for name in shard:
            yield WaitingPiece(f"{self._bench.panel.key} {name}", self._begin(int(name)))

    def forecasts(self) -> Iterator[Forecast]:
        """A call for each turn of those that are not held yet."""
        waiting = [
            number for number in range(self._bench.choice.count) if self._memo(number) is None
        ]
        brief = self._brief(0)
        one = len(self._prompt.text) + 250 * len(self._bench.panel.personas)
        calls = len(waiting) * brief.turns
        yield Forecast(PROMPT, calls, calls * one, output_tokens=TURN_TOKENS)

    def made(self) -> list[Ref]:
        """Everything that was made so far."""
        numbers = range(self._bench.choice.count)
        return [ref for number in numbers for ref in self._memo(number) or ()]

    def _brief(self, number: int) -> Brief:
        """Who asks and what first: as in a worked conversation, each in turn."""
        choice, panel = self._bench.choice, self._bench.panel
        goal, user, question = choice.goal or panel.goal, "Somebody with this goal", ""
        if choice.goal is None and panel.worked:
            worked = panel.worked[number % len(panel.worked)]
            goal, user, question = worked.goal, worked.user, worked.turns[0].asks
        question = question or f"I want to get this done: {goal} Where do I begin?"
        return Brief(user, goal, question, choice.turns or TURNS, number, choice.draw)

    def _inputs(self, number: int) -> tuple[Ref, ...]:
        name = Ref("order", fingerprint(f"{self._bench.panel.key} {number}".encode()))
        return self._bench.entry.ref, name, self._prompt.ref, self._asker.model

    def _memo(self, number: int) -> list[Ref] | None:
        step = self.step
        key = memo_key(step.name, code=step.code, inputs=self._inputs(number), recipe=step.recipe)
        return self._bench.store.memo(key)

    def _begin(self, number: int) -> Callable[[], WaitingPrepared]:
        bench = self._bench
        parents = (bench.entry.ref, self._prompt.ref, self._asker.model, self.step.recipe)

        async def work() -> Iterable[Record]:
            return await write_deliberation(
                bench.casting,
                self._brief(number),
                asker=self._asker,
                prompt=self._prompt,
                teacher=teacher_name(bench.store, self._asker),
                parents=parents,
            )

        return lambda: WaitingPrepared(self._inputs(number), work)


class PanelWork:
    """One panel, proposed by a language model."""

    def __init__(
        self, store: Store, asker: Asker, choice: PanelChoice, *, overrides: Path | None = None
    ) -> None:
        self._store = store
        self._asker = asker
        self._choice = choice
        self._prompt: Prompt = load_prompt(PANEL_PROMPT, overrides)
        recipe = Recipe(step=PANEL_STEP, settings=choice.model_dump(mode="json"))
        store.put(self._prompt, recipe)
        self.step = Step(PANEL_STEP, code_of(STEP), recipe.ref)

    def shards(self) -> Iterator[tuple[str, ...]]:
        """The one panel."""
        yield (self._choice.key,)

    def pieces(self, shard: tuple[str, ...]) -> Iterator[WaitingPiece]:
        """The one piece."""
        parents = (self._prompt.ref, self._asker.model, self.step.recipe)

        async def work() -> Iterable[Record]:
            return await propose_panel(
                self._choice.goal,
                self._choice.key,
                asker=self._asker,
                prompt=self._prompt,
                parents=parents,
                draw=self._choice.draw,
            )

        for name in shard:
            yield WaitingPiece(f"panel {name}", lambda: WaitingPrepared(self._inputs, work))

    def forecasts(self) -> Iterator[Forecast]:
        """One call, unless it was made."""
        if self._memo() is None:
            characters = len(self._prompt.text) + len(self._choice.goal)
            yield Forecast(PANEL_PROMPT, 1, characters, output_tokens=PANEL_TOKENS)

    def panel(self) -> Panel | None:
        """What was proposed; None when nothing was."""
        names = [ref for ref in self._memo() or () if ref.kind == CatalogueEntry.kind]
        found = next(iter(self._store.get_many(names, CatalogueEntry)), None)
        return panel_of_entry({**found.content}) if found else None

    @property
    def _inputs(self) -> tuple[Ref, ...]:
        return self._prompt.ref, self._asker.model

    def _memo(self) -> list[Ref] | None:
        step = self.step
        return self._store.memo(
            memo_key(step.name, code=step.code, inputs=self._inputs, recipe=step.recipe)
        )


def teacher_name(store: Store, asker: Asker) -> str:
    """The language model as `plug-in:name`."""
    found = store.get(asker.model, LanguageModel)
    return f"{found.provider}:{found.name}"


def outcome_of(store: Store, made: Iterable[Ref], *, seed: int) -> Outcome:
    """Measure what a run made, and draw what people are to look at."""
    names = [ref for ref in dict.fromkeys(made) if ref.kind == Deliberation.kind]
    found = list(store.get_many(names, Deliberation))
    sample = human_sample(names, seed=seed) if names else ()
    accepted, rejected = _decided(store, names)
    return Outcome(
        found,
        means([measure(one) for one in found]) if found else None,
        sample,
        sum(one in accepted for one in sample),
        len(accepted) + len(rejected),
        tier_of_set(sample, accepted=accepted, rejected=rejected),
    )


def sampled_examples(store: Store, outcome: Outcome) -> list[Ref]:
    """The training text of the sample that people are to look at, as it was proposed."""
    of_sample = {name for one in outcome.sample for name in store.children([one])}
    return [name for name in deliberated_examples(store) if name in of_sample]


def refuse_unreviewed(outcome: Outcome) -> None:
    """Keep a set from being called production before people have accepted its sample.

    Raises:
        Refused: saying how far they are.
    """
    if outcome.tier != "production":
        raise Refused(
            f"this set is {outcome.tier.replace('_', ' ')} and not production: people have "
            f"accepted {outcome.accepted} of the {len(outcome.sample)} deliberations of its sample",
            hint="write the sample with --sheet FILE.csv, and read it back with `lorewright review "
            "--read-sheet FILE.csv`",
        )


def teach(
    store: Store, deliberations: Sequence[Deliberation], shapes: Iterable[TrainingShape]
) -> list[Example]:
    """Keep the training text of deliberations in some shapes."""
    wanted = [*shapes]
    examples = [
        one for each in deliberations for shape in wanted for one in examples_of(each, shape)
    ]
    store.put(*examples)
    return examples


def _decided(store: Store, names: Iterable[Ref]) -> tuple[set[Ref], set[Ref]]:
    """The deliberations that people have accepted and turned down, by their training text."""
    stands = reviews(store)
    accepted, rejected = set[Ref](), set[Ref]()
    for name in names:
        found = {
            stands[one].standing
            for one in store.children([name], kind=Example.kind)
            if one in stands
        }
        if Standing.REJECTED in found:
            rejected.add(name)
        elif not found.isdisjoint((Standing.ACCEPTED, Standing.EDITED)):
            accepted.add(name)
    return accepted, rejected


def _digest(file: Path) -> str:
    try:
        return fingerprint(file.read_bytes())
    except OSError as error:
        raise BadSettings(f"the labels cannot be read: {error}", where=str(file)) from error
