"""Every work that asks a language model, under the name by which runs know it."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pydantic import JsonValue, TypeAdapter

from lorewright.flows.durable import Plan, PricedHandler
from lorewright.flows.pairs import PairChoice, pair_works
from lorewright.flows.teacher_analyses import AnalysisChoice, analysis_works
from lorewright.jobs import Priced
from lorewright.jobs.handler import Handlers
from lorewright.llms import Asker
from lorewright.settings import Settings
from lorewright.store import Store

ANALYSIS, PAIRS = "analysis", "pairs"

Choice = Mapping[str, JsonValue]
_PAIR_CHOICE = TypeAdapter(PairChoice)


def told_analysis(choice: AnalysisChoice) -> Choice:
    """The choice as a run keeps it."""
    return choice.model_dump(mode="json")


def told_pairs(choice: PairChoice) -> Choice:
    """The choice as a run keeps it."""
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
    return {work: PricedHandler(store, settings, plan_of(work, prompts)) for work in _PLANS}


def _analysis(
    store: Store, settings: Settings, asker: Asker, choice: Choice, prompts: Path | None
) -> Iterable[Priced]:
    asked = AnalysisChoice.model_validate(choice)
    return analysis_works(store, settings, asker, asked, overrides=prompts)


def _pairs(
    store: Store, settings: Settings, asker: Asker, choice: Choice, prompts: Path | None
) -> Iterable[Priced]:
    asked = _PAIR_CHOICE.validate_python(choice)
    return pair_works(store, settings, asker, asked, overrides=prompts)


_PLANS: dict[str, Callable[[Store, Settings, Asker, Choice, Path | None], Iterable[Priced]]] = {
    ANALYSIS: _analysis,
    PAIRS: _pairs,
}
