"""Every work that asks a language model, under the name by which runs know it."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter

from lorewright.flows.contexts import ContextChoice, context_works, corpus_works
from lorewright.flows.controls import ControlWork
from lorewright.flows.conversation_bench import ConversationChoice
from lorewright.flows.conversation_plans import FOLDER
from lorewright.flows.conversations import conversation_works
from lorewright.flows.current import current_documents
from lorewright.flows.deliberations import (
    DeliberationChoice,
    DeliberationWork,
    PanelChoice,
    PanelWork,
)
from lorewright.flows.durable import Plan, PricedHandler
from lorewright.flows.judgements import JudgeWork, as_judge, to_judge
from lorewright.flows.judging import JudgeAnswers, JudgingChoice
from lorewright.flows.judging_panel import seat
from lorewright.flows.knowing import KnowWork, as_base
from lorewright.flows.pairs import PairChoice, pair_works
from lorewright.flows.scenario_orders import ScenarioChoice
from lorewright.flows.scenario_works import ScenarioWork
from lorewright.flows.teacher_analyses import AnalysisChoice, analysis_works
from lorewright.flows.teaching import asked_of
from lorewright.jobs import Priced
from lorewright.jobs.handler import Handlers
from lorewright.lineage import Ref
from lorewright.llms import Asker
from lorewright.records import Dataset
from lorewright.settings import Settings
from lorewright.store import Store

ANALYSIS, CONTEXT, PAIRS, JUDGE, KNOWN = "analysis", "context", "pairs", "judge", "known"
CONTROLS = "controls"
DELIBERATIONS, PANEL = "deliberations", "panel"
CONVERSATIONS = "conversations"
SCENARIOS = "scenarios"
RATINGS = "ratings"

Choice = Mapping[str, JsonValue]
_PAIR_CHOICE = TypeAdapter(PairChoice)


class JudgeChoice(BaseModel):
    """What is judged, or asked of the base model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: Ref | None = None
    """None means everything that could enter the next dataset."""
    draw: int = 0


class WholeChoice(BaseModel):
    """Which documents are seen as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    documents: tuple[Ref, ...] | None = None
    """None means every current one, and after that all of them together."""
    draw: int = 0


class ControlChoice(BaseModel):
    """Which neutral counterparts are written: those of all complete conversations."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draw: int = 0


def told(choice: BaseModel | PairChoice) -> Choice:
    """A choice as a run keeps it: names and numbers."""
    if isinstance(choice, BaseModel):
        return choice.model_dump(mode="json")
    values = _PAIR_CHOICE.dump_python(choice, mode="json")
    return dict(zip(PairChoice._fields, values, strict=True))


def plan_of(work: str, prompts: Path | None) -> Plan:
    """From a choice to the works of it, with the operator's own prompts in the folder `prompts`."""
    make = _PLANS[work]

    def plan(store: Store, settings: Settings, asker: Asker, choice: Choice) -> Iterable[Priced]:
        return make(store, settings, asker, choice, prompts)

    return plan


def teacher_handlers(store: Store, settings: Settings, prompts: Path | None) -> Handlers:
    """Who does each work in a process that helps others."""
    seated = {JUDGE: as_judge(settings), KNOWN: as_base(settings)}
    return {
        work: PricedHandler(
            store,
            seated.get(work, settings),
            plan_of(work, prompts),
            seat=seat if work == RATINGS else asked_of,
        )
        for work in _PLANS
    }


def _analysis(
    store: Store, settings: Settings, asker: Asker, choice: Choice, prompts: Path | None
) -> Iterable[Priced]:
    asked = AnalysisChoice.model_validate(choice)
    return analysis_works(store, settings, asker, asked, overrides=prompts)


def _context(
    store: Store, settings: Settings, asker: Asker, choice: Choice, prompts: Path | None
) -> Iterable[Priced]:
    asked = WholeChoice.model_validate(choice)
    wanted = ContextChoice(asked.documents, asked.draw, prompts)
    yield from context_works(store, settings, asker, wanted)
    if asked.documents is None and len(current_documents(store)) > 1:
        yield from corpus_works(store, settings, asker, wanted)


def _pairs(
    store: Store, settings: Settings, asker: Asker, choice: Choice, prompts: Path | None
) -> Iterable[Priced]:
    asked = _PAIR_CHOICE.validate_python(choice)
    return pair_works(store, settings, asker, asked, overrides=prompts)


def _conversations(
    store: Store, settings: Settings, asker: Asker, choice: Choice, prompts: Path | None
) -> Iterable[Priced]:
    asked = ConversationChoice.model_validate(choice)
    own = prompts.with_name(FOLDER) if prompts else None  # both lie in the workspace
    return conversation_works(store, settings, asker, asked, overrides=prompts, own=own)


def _judge(
    store: Store, settings: Settings, asker: Asker, choice: Choice, prompts: Path | None
) -> Iterable[Priced]:
    asked = JudgeChoice.model_validate(choice)
    names = _judged(store, settings, asked)
    return [JudgeWork(store, settings, asker, names, draw=asked.draw, prompts=prompts)]


def _known(
    store: Store, settings: Settings, asker: Asker, choice: Choice, prompts: Path | None
) -> Iterable[Priced]:
    del prompts  # the question is asked as it stands
    asked = JudgeChoice.model_validate(choice)
    names = _judged(store, settings, asked)
    return [KnowWork(store, settings, asker, names, draw=asked.draw)]


def _controls(
    store: Store, settings: Settings, asker: Asker, choice: Choice, prompts: Path | None
) -> Iterable[Priced]:
    asked = ControlChoice.model_validate(choice)
    return [ControlWork(store, settings, asker, draw=asked.draw, prompts=prompts)]


def _deliberations(
    store: Store, settings: Settings, asker: Asker, choice: Choice, prompts: Path | None
) -> Iterable[Priced]:
    del settings  # everything stands in the choice
    asked = DeliberationChoice.model_validate(choice)
    return [DeliberationWork(store, asker, asked, overrides=prompts)]


def _panel(
    store: Store, settings: Settings, asker: Asker, choice: Choice, prompts: Path | None
) -> Iterable[Priced]:
    del settings  # as above
    return [PanelWork(store, asker, PanelChoice.model_validate(choice), overrides=prompts)]


def _scenarios(
    store: Store, settings: Settings, asker: Asker, choice: Choice, prompts: Path | None
) -> Iterable[Priced]:
    asked = ScenarioChoice.model_validate(choice)
    own = prompts.with_name(FOLDER) if prompts else None
    rules = settings.evaluation.scenarios
    return [ScenarioWork(store, rules, asker, asked, overrides=prompts, own=own)]


def _ratings(
    store: Store, settings: Settings, asker: Asker, choice: Choice, prompts: Path | None
) -> Iterable[Priced]:
    asked, advisor = JudgingChoice.model_validate(choice), settings.evaluation.judges.advisor
    return [JudgeAnswers(store, asker, asked, advisor=advisor, prompts=prompts)]


def _judged(store: Store, settings: Settings, asked: JudgeChoice) -> list[Ref]:
    members = store.get(asked.dataset, Dataset) if asked.dataset else None
    return to_judge(store, settings, members)


_PLANS: dict[str, Callable[[Store, Settings, Asker, Choice, Path | None], Iterable[Priced]]] = {
    ANALYSIS: _analysis,
    CONTEXT: _context,
    PAIRS: _pairs,
    CONVERSATIONS: _conversations,
    JUDGE: _judge,
    KNOWN: _known,
    CONTROLS: _controls,
    DELIBERATIONS: _deliberations,
    PANEL: _panel,
    SCENARIOS: _scenarios,
    RATINGS: _ratings,
}
