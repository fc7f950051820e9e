"""Scenarios are written once, found again, and chosen only when everything is settled."""

from itertools import count

import pytest

from evaluate.scenarios.drafts import apart
from flows.learnt import a_dataset_of, a_held_out_section, an_example
from flows.working import do_all
from lorewright.errors import NotYet
from lorewright.flows.scenario_orders import ScenarioChoice
from lorewright.flows.scenario_works import OfflineScenarios, ScenarioWork, choose_scenarios
from lorewright.flows.scenarios import rejections_of, scenarios_of, set_named
from lorewright.flows.sources import erase_source
from lorewright.flows.tracing import summary_of, trace
from lorewright.llms import Purpose, Request
from lorewright.records import Scenario, ScenarioPurpose, ScenarioSet
from lorewright.settings import ScenarioSettings
from lorewright.store import Store, Workspace, verify
from scripted import MODEL, ScriptedAsker, said

RULES = ScenarioSettings()
CHOICE = ScenarioChoice(count=20)


class Writer:
    """Answers every call with another scenario, and some with what cannot be used."""

    def __init__(self, *, off: frozenset[int] = frozenset()) -> None:
        self._numbers = count()
        self._off = off

    def __call__(self, _request: Request, _purpose: Purpose) -> str:
        number = next(self._numbers)
        if number in self._off:
            return "I would rather chat."
        return said(
            situation="She was let go.",
            messages=[apart(number)],
            emotional_state={
                "primary_emotion": "fear",
                "secondary_emotion": "shame",
                "intensity": 0.1 if number == 7 else 0.8,
            },
            expected=["names the fear", "counts the months"],
        )


def a_work(store: Store, asker: ScriptedAsker, choice: ScenarioChoice = CHOICE) -> ScenarioWork:
    store.put(MODEL)
    return ScenarioWork(store, RULES, asker, choice)


def test_every_piece_becomes_a_scenario_or_a_reason(workspace: Workspace, store: Store) -> None:
    asker = ScriptedAsker(Writer(off=frozenset({3})), asks_again=0)
    work = a_work(store, asker)
    assert [one.calls for one in work.forecasts()] == [20]
    assert work.written.open == 20

    assert do_all([work], store) == 20
    chosen = choose_scenarios(store, RULES, work.written, "spring")

    assert chosen.set is not None
    assert chosen.set.requested == 20 == chosen.set.accepted + len(chosen.lost)
    assert {one.reason: one.count for one in chosen.set.rejected_by_reason} == {
        "not_json": 1,
        "too_calm": 1,
    }
    assert scenarios_of(store, chosen.set) == list(chosen.scenarios)
    assert rejections_of(store, chosen.set) == list(chosen.lost)
    assert set_named(store, "spring") == chosen.set
    assert verify(store, workspace.folder).is_intact


def test_the_same_order_asks_nothing_again(store: Store) -> None:
    asker = ScriptedAsker(Writer())
    do_all([a_work(store, asker)], store, most=8)
    again = a_work(store, asker)
    assert [one.calls for one in again.forecasts()] == [12]
    assert again.written.open == 12
    do_all([again], store)

    assert do_all([a_work(store, asker)], store) == 0
    assert list(a_work(store, asker).forecasts()) == []
    assert len(asker.asked) == 20
    drawn = a_work(store, asker, CHOICE.model_copy(update={"draw": 1}))
    assert do_all([drawn], store) == 20


def test_what_training_gives_away_is_not_chosen(store: Store) -> None:
    asker = ScriptedAsker(Writer())
    work = a_work(store, asker)
    do_all([work], store)
    leaked = work.written.scenarios[5]
    dataset = a_dataset_of(store, [an_example("She said?", leaked.messages[0])])

    chosen = choose_scenarios(store, RULES, work.written, "spring", dataset=dataset)

    assert chosen.checked is not None
    assert chosen.checked.leaking == 1
    assert leaked not in chosen.scenarios
    (reason,) = [one for one in chosen.lost if one.reason == "leaks"]
    assert leaked.scenario_id in reason.detail
    assert reason.made_from[0] == leaked.ref


def test_when_nothing_passes_there_is_no_set_and_every_reason(store: Store) -> None:
    work = a_work(store, ScriptedAsker(Writer()))
    do_all([work], store)
    strict = RULES.model_copy(update={"least_expected": 9})

    chosen = choose_scenarios(store, strict, work.written, "spring")

    assert chosen.set is None
    assert {one.reason for one in chosen.lost} == {"too_few_expected"}
    assert len(chosen.lost) == 20
    with pytest.raises(NotYet):
        set_named(store)


def test_a_scenario_is_traced_to_cards_prompt_and_language_model(store: Store) -> None:
    work = a_work(store, ScriptedAsker(Writer()))
    do_all([work], store)
    chosen = choose_scenarios(store, RULES, work.written, "spring")
    assert chosen.set is not None

    node = trace(store, chosen.scenarios[0].ref)
    assert [one.ref.kind for one in node.parents] == [
        "entry", "entry", "entry", "prompt", "language_model", "recipe",
    ]  # fmt: skip
    assert chosen.scenarios[0].scenario_id in node.summary
    whole = trace(store, chosen.set.ref)
    assert whole.summary == summary_of(store, chosen.set)
    assert "19 of 20 scenarios" in whole.summary


def test_rules_write_an_order_once(workspace: Workspace, store: Store) -> None:
    first = OfflineScenarios(store, ScenarioChoice(count=100))
    assert first.write().counts[Scenario.kind] == 100
    again = OfflineScenarios(store, ScenarioChoice(count=100))

    assert again.write().again == 100
    assert again.written == first.written
    chosen = choose_scenarios(store, RULES, again.written, "advice")
    assert chosen.set is not None
    assert chosen.set.accepted > 80
    assert chosen.set.families > 50
    assert verify(store, workspace.folder).is_intact


def test_a_deliberation_by_rules_passes_its_rules(store: Store) -> None:
    work = OfflineScenarios(
        store, ScenarioChoice(purpose=ScenarioPurpose.DELIBERATION, count=30, messages=2)
    )
    work.write()

    chosen = choose_scenarios(store, RULES, work.written, "panel")

    assert len(chosen.scenarios) > 25
    assert all(len(one.messages) == 2 for one in chosen.scenarios)


def test_scenarios_about_a_section_go_with_its_source(workspace: Workspace, store: Store) -> None:
    book, _, dataset = a_held_out_section(store)
    work = OfflineScenarios(store, ScenarioChoice(count=3, held_out=dataset))
    work.write()
    kept = choose_scenarios(store, RULES, work.written, "walls").set
    assert isinstance(kept, ScenarioSet)
    source = store.document(book).made_from[0]

    erase_source(workspace, store, source, why="asked to")

    assert list(store.names(Scenario.kind)) == []
    assert store.get(kept.ref, ScenarioSet) == kept
