"""The reference answers through the port of the teachers, and is asked once."""

from decimal import Decimal

import pytest

from every_kind import a_scenario
from lorewright.errors import UsageError
from lorewright.evaluate.answers import AnswerLine
from lorewright.evaluate.asking import Order
from lorewright.flows.reference_arm import PURPOSE, Reference
from lorewright.llms.loopback import Asked, Rehearsal, in_background
from lorewright.records import LanguageModel, Scenario, Turn
from lorewright.settings import Settings, TeacherSettings
from lorewright.store import Store, every_call

ORDER = Order(generations=1, batch=4, seed=7)
SCENARIOS = [a_scenario("s-1", "One?", "Two?"), a_scenario("s-2", "A?")]


def settings_for(url: str, *, price: str = "0") -> Settings:
    return Settings(
        teacher=TeacherSettings(
            model="openai:loopback",
            url=url,
            input_price=Decimal(price),
            output_price=Decimal(price),
            attempts=1,
        )
    )


def asked(
    store: Store, settings: Settings, scenarios: list[Scenario] = SCENARIOS
) -> dict[tuple[str, int], AnswerLine]:
    reference = Reference(store, settings, "openai:loopback", tokens=50)
    before = (Turn(role="system", text="Be kind."),)
    lines = reference.answer(scenarios, before, ORDER, lambda _progress: None)
    return {line[:2]: line for line in lines}


def test_later_turns_build_on_its_own_answers(store: Store) -> None:
    heard: dict[str, str] = {}

    def answer(request: Asked) -> str:
        said = f"answer to {request.prompt.split()[-1]}"
        heard[request.prompt] = said
        return said

    with in_background(Rehearsal(answers=answer)) as server:
        found = asked(store, settings_for(server.url))

    assert sorted(found) == [("s-1", 0), ("s-1", 1), ("s-2", 0)]
    assert all(line.stop == "end" and line.text for line in found.values())
    assert all(line.tokens > 0 for line in found.values())
    assert found["s-1", 0].text == "answer to One?"
    (second,) = [prompt for prompt in heard if prompt.endswith("Two?")]
    assert "answer to One?" in second
    assert second.startswith("Be kind.")


def test_what_was_answered_is_found_again(store: Store) -> None:
    with in_background(Rehearsal()) as server:
        first = asked(store, settings_for(server.url))
        again = asked(store, settings_for(server.url))

    assert first == again
    assert len([*every_call(store)]) == 3


def test_a_refusal_is_kept_as_failed_and_ends_its_scenario(store: Store) -> None:
    with in_background(Rehearsal(faults={"refusal": 1.0})) as server:
        found = asked(store, settings_for(server.url))

    assert {line.stop for line in found.values()} == {"failed"}
    assert all(line.text is None and line.failure for line in found.values())
    assert found["s-1", 1].failure == "an earlier turn of the scenario failed"


def test_it_says_which_language_model_answers(store: Store) -> None:
    with in_background(Rehearsal()) as server:
        reference = Reference(store, settings_for(server.url), "openai:loopback", tokens=50)

    assert store.get(reference.language_model, LanguageModel).name == "loopback"
    assert PURPOSE.startswith("evaluate/")


def test_what_costs_money_needs_a_limit(store: Store) -> None:
    with in_background(Rehearsal()) as server, pytest.raises(UsageError, match="costs money"):
        asked(store, settings_for(server.url, price="1"))


def test_a_name_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="names no language model"):
        Reference(store, Settings(), "claude", tokens=50)


def test_what_it_takes_is_told_before_and_holds(store: Store) -> None:
    with in_background(Rehearsal(answers=lambda _asked: "Sleep on it, and ask again.")) as server:
        settings = settings_for(server.url, price="3")
        reference = Reference(
            store, settings, "openai:loopback", tokens=50, max_cost=Decimal("0.5")
        )
        before = (Turn(role="system", text="Be kind."),)
        quote = reference.quote(SCENARIOS, before, ORDER)
        assert not [*every_call(store)]
        list(reference.answer(SCENARIOS, before, ORDER, lambda _progress: None))

    calls = [*every_call(store)]
    assert (len(calls), quote.whole.calls.low) == (3, 3)
    low, _, high = quote.whole.cost_usd
    assert 0 < low < high
    assert sum(one.cost_usd for one in calls) <= high
    assert quote.limit == Decimal("0.5")
    assert quote.teacher == "openai:loopback"
