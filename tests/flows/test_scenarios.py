"""Sets of scenarios are found by name, come back whole, and say when they may not be used."""

import pytest

from builders import WORDS, a_source
from evaluate.scenarios.drafts import a_candidate
from lorewright.errors import Erased, NotFound, NotYet, Refused, UsageError
from lorewright.flows.naming import find
from lorewright.flows.scenarios import (
    keep_set,
    rejections_of,
    scenarios_of,
    set_named,
    sets_of,
    too_few,
)
from lorewright.flows.sources import erase_source, withdraw_source
from lorewright.records import Rejection, Scenario, ScenarioSet
from lorewright.store import Store, Workspace, set_alias, verify


def keep_a_source(store: Store) -> None:
    store.put_blob(WORDS.encode())
    store.put(a_source())


def some(count: int) -> list[Scenario]:
    return [a_candidate(number) for number in range(1, count + 1)]


def lost(number: int, reason: str) -> Rejection:
    return Rejection(
        step="scenarios",
        outcome="rejected",
        reason=reason,
        detail=f"row {number}: it is off",
        made_from=(a_source().ref,),
    )


@pytest.mark.parametrize("count", [1, 64, 65, 200])
def test_a_set_comes_back_whole_and_in_order(
    workspace: Workspace, store: Store, count: int
) -> None:
    keep_a_source(store)
    kept = some(count)
    made = keep_set(store, "spring", kept, [])

    assert scenarios_of(store, made) == kept
    assert (made.requested, made.accepted, made.families) == (count, count, count)
    assert verify(store, workspace.folder).is_intact


def test_what_is_not_in_a_set_is_kept_beside_it(store: Store) -> None:
    keep_a_source(store)
    left = [lost(number, "repeated" if number % 2 else "no_message") for number in range(70)]
    made = keep_set(store, "spring", some(3), left)

    assert rejections_of(store, made) == left
    assert made.requested == 73
    assert {one.reason: one.count for one in made.rejected_by_reason} == {
        "no_message": 35,
        "repeated": 35,
    }


def test_a_set_is_found_by_name_by_reference_and_as_the_newest(store: Store) -> None:
    keep_a_source(store)
    first, second = keep_set(store, "one", some(2), []), keep_set(store, "two", some(3), [])

    assert set_named(store) == second
    assert set_named(store, "one") == first
    assert set_named(store, str(first.ref)) == first
    assert [one.name for one in sets_of(store)] == ["two", "one"]


def test_a_set_takes_no_name_away_from_a_dataset(store: Store) -> None:
    keep_a_source(store)
    other = a_candidate(50)
    store.put(other)
    set_alias(store, "coach@latest", other.ref)
    made = keep_set(store, "coach", some(2), [])

    assert set_named(store, "coach") == made
    assert find(store, "coach", Scenario) == other


def test_without_a_set_and_by_a_wrong_name_one_is_told(store: Store) -> None:
    with pytest.raises(NotYet, match="scenario_set"):
        set_named(store)
    keep_a_source(store)
    keep_set(store, "one", some(2), [])
    with pytest.raises(NotFound, match="three"):
        set_named(store, "three")
    with pytest.raises(UsageError, match="cannot be called"):
        keep_set(store, "a/b", some(2), [])


def test_a_withdrawn_source_stops_the_use_of_its_scenarios(store: Store) -> None:
    keep_a_source(store)
    made = keep_set(store, "one", some(2), [])
    withdraw_source(store, a_source().ref, why="asked to", by="ann")

    with pytest.raises(Refused, match="withdrawn"):
        scenarios_of(store, made)


def test_an_erased_source_takes_its_scenarios_along(workspace: Workspace, store: Store) -> None:
    other = a_source("Other words", file_name="other.jsonl")
    keep_a_source(store)
    store.put_blob(b"Other words")
    store.put(other)
    mine = a_candidate(
        9, message="A planted sentence that I would rather forget about now, please."
    )
    kept = [*some(2), mine.model_copy(update={"made_from": (other.ref,)})]
    made = keep_set(store, "one", kept, [lost(1, "repeated")])
    erase_source(workspace, store, other.ref, why="asked to")

    with pytest.raises(Erased, match="1 of the 3"):
        scenarios_of(store, made)
    assert store.get(made.ref, ScenarioSet) == made
    assert not any(
        b"planted sentence" in path.read_bytes()
        for path in workspace.folder.rglob("*")
        if path.is_file()
    )


def test_too_few_are_told() -> None:
    assert "nothing is proven" in (too_few(19) or "")
    assert "fewer than 50" in (too_few(20) or "")
    assert "fewer than 50" in (too_few(49) or "")
    assert too_few(50) is None
