"""When something was made, and by which run."""

from decimal import Decimal

from builders import a_recipe
from lorewright.lineage import Ref
from lorewright.records import Person, Record
from lorewright.store import (
    Making,
    RunItem,
    Store,
    add_run_item,
    begin_run,
    end_run,
    made_in_run,
    making_of,
    memo_key,
    runs_of,
)


def a_run(store: Store, *made: Record, step: str = "describe") -> int:
    """A run of one piece that made these records."""
    number = begin_run(store, step)
    memo = memo_key(step, code="1", inputs=(one.ref for one in made), recipe=a_recipe().ref)
    store.submit(made, memo=memo, making=Making(step, Decimal("1.500"), Decimal("0.02"))).result()
    add_run_item(store, number, 0, RunItem("a piece", "made", memo=memo)).result()
    add_run_item(store, number, 1, RunItem("another", "failed", "it is broken")).result()
    end_run(store, number, "partial")
    return number


def test_a_run_knows_what_it_made_of_each_kind_in_order(store: Store) -> None:
    one, two, ada = a_recipe("one"), a_recipe("two"), Person(name="Ada")

    number = a_run(store, two, ada, one)

    assert list(made_in_run(store, number, kind="recipe")) == [two.ref, one.ref]
    assert list(made_in_run(store, number, kind="person")) == [ada.ref]
    assert list(made_in_run(store, number, kind="chunk")) == []
    assert list(made_in_run(store, number + 1, kind="recipe")) == []


def test_runs_are_listed_by_their_step_the_oldest_first(store: Store) -> None:
    first, _, third = a_run(store, a_recipe("one")), a_run(store, step="x"), a_run(store)

    assert [(run.number, run.state) for run in runs_of(store, "describe")] == [
        (first, "partial"),
        (third, "partial"),
    ]
    assert runs_of(store, "nothing") == []


def test_a_making_says_when_how_long_and_for_how_much(store: Store) -> None:
    recipe = a_recipe("one")
    a_run(store, recipe)

    made = making_of(store, recipe.ref)

    assert made is not None
    assert (made.step, made.seconds, made.cost_usd) == (
        "describe",
        Decimal("1.500"),
        Decimal("0.02"),
    )
    assert made.at.endswith("Z")


def test_what_was_kept_without_a_making_has_none(store: Store) -> None:
    store.put(Person(name="Ada"))

    assert making_of(store, Person(name="Ada").ref) is None
    assert making_of(store, Ref("source", "0" * 64)) is None
