"""What workers share, allowances and money, is never handed out twice."""

from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import a_call, a_language_model, keep_document
from lorewright.store import (
    Held,
    Ledger,
    Limits,
    Spent,
    Store,
    hold,
    let_go,
    take_allowance,
)
from lorewright.store.allowances import WINDOW_S
from lorewright.store.tables import allowances, holdings

LIMITS = Limits("run-1", of_run=1000, of_all=1500)


def held_by(
    store: Store, owner: str, *, under_way: int = 0, wanted: int = 0, limits: Limits = LIMITS
) -> Held:
    return store.write(
        lambda db: hold(db, owner, limits, Spent(), under_way=under_way, wanted=wanted)
    )


def let_pass(store: Store, table: sa.Table, seconds: float) -> None:
    """Set all notes back, as if so much time had passed."""
    store.write(lambda db: db.execute(table.update().values(at=table.c.at - seconds)))


def spend(store: Store, dollars: str, run: str = "run-1", key: bytes = b"1" * 32) -> None:
    document = keep_document(store)
    store.put(a_language_model())
    ledger = Ledger(store)
    ledger.admit([document.ref, a_language_model().ref])
    call = replace(a_call(document, key=key), cost_usd=Decimal(dollars), run=run)
    ledger.keep(call).result()


def test_a_worker_holds_what_it_needs_and_a_part_of_what_is_free(store: Store) -> None:
    held = held_by(store, "a", wanted=10)

    assert held.amount == 250, "a quarter of the run's limit"
    assert held.alone == 1000


def test_two_workers_never_hold_the_same_money(store: Store) -> None:
    amounts = [held_by(store, owner, wanted=200).amount for owner in "abcdef"]

    assert sum(amounts) <= 1000
    assert amounts[-1] == 0, "what does not fit is not given"


def test_what_one_run_holds_the_workspace_lacks(store: Store) -> None:
    one, two = LIMITS, Limits("run-2", of_run=1000, of_all=1500)

    assert held_by(store, "a", wanted=1000, limits=one).amount == 1000
    assert held_by(store, "b", wanted=1000, limits=two).amount == 0
    assert held_by(store, "b", wanted=500, limits=two).amount == 500


def test_what_is_spent_is_the_sum_over_the_ledger(store: Store) -> None:
    limits = Limits("run-1", of_run=10**12, of_all=2 * 10**12)
    spend(store, "0.40", key=b"1" * 32)
    spend(store, "0.75", run="another", key=b"2" * 32)

    held = held_by(store, "a", wanted=10**11, limits=limits)

    assert held.spent == Spent(2, 4 * 10**11, 115 * 10**10)
    assert held.alone == 6 * 10**11
    again = store.write(lambda db: hold(db, "a", limits, held.spent, under_way=0, wanted=0))
    assert again.spent == held.spent
    spend(store, "0.10", key=b"3" * 32)
    later = store.write(lambda db: hold(db, "a", limits, held.spent, under_way=0, wanted=0))
    assert later.spent == Spent(3, 5 * 10**11, 125 * 10**10)


def test_a_worker_that_fell_silent_holds_nothing_any_more(store: Store) -> None:
    held_by(store, "dead", wanted=1000)
    assert held_by(store, "b", wanted=1000).amount == 0

    let_pass(store, holdings, 59)
    assert held_by(store, "b", wanted=1000).amount == 0
    let_pass(store, holdings, 2)

    assert held_by(store, "b", wanted=1000).amount == 1000


def test_a_clock_that_was_set_back_ties_no_money_for_ever(store: Store) -> None:
    held_by(store, "dead", wanted=1000)
    let_pass(store, holdings, -7200)

    assert held_by(store, "b", wanted=1000).amount == 1000


def test_what_is_given_back_is_free_at_once(store: Store) -> None:
    held_by(store, "a", wanted=1000)
    store.write(lambda db: let_go(db, "a"))
    assert held_by(store, "b", wanted=1000).amount == 1000
    assert held_by(store, "b").amount == 0, "what is not wanted is not held"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 400), st.booleans())))
def test_spent_and_held_never_exceed_a_limit(
    sqlite_store: Store, asked: list[tuple[str, int, bool]]
) -> None:
    """Whoever asks for however much, and whoever gives up, in any order."""
    sqlite_store.write(lambda db: db.execute(holdings.delete()))
    amounts: dict[str, int] = {}
    for owner, wanted, gives_up in asked:
        if gives_up:
            sqlite_store.write(lambda db, owner=owner: let_go(db, owner))
            amounts.pop(owner, None)
        under_way = min(amounts.get(owner, 0), wanted)
        amounts[owner] = held_by(sqlite_store, owner, under_way=under_way, wanted=wanted).amount

        assert sum(amounts.values()) <= 1000


def take(store: Store, least: float, most: float, per_minute: int = 100) -> tuple[float, float]:
    return store.write(
        lambda db: take_allowance(db, "requests", per_minute=per_minute, least=least, most=most)
    )


def test_an_allowance_is_handed_out_in_slices_until_it_is_empty(store: Store) -> None:
    taken = [take(store, 1, 4)[0] for _ in range(4)]

    assert [round(one) for one in taken] == [4, 4, 2, 0]
    let_pass(store, allowances, 10)
    assert take(store, 1, 100)[0] == pytest.approx(10, abs=0.5), "it holds no more than this"


def test_an_empty_allowance_says_how_long_it_takes(store: Store) -> None:
    take(store, 10, 10)

    taken, wait_s = take(store, 5, 5)

    assert taken == 0
    let_pass(store, allowances, wait_s)
    assert take(store, 5, 5)[0] == 5


def test_a_demand_beyond_the_bucket_is_met_and_owed(store: Store) -> None:
    assert take(store, 40, 40)[0] == 40

    _, wait_s = take(store, 1, 1)

    assert wait_s == pytest.approx((1 + 30) * WINDOW_S / 91, rel=0.05)


def test_a_clock_that_was_set_back_gives_nothing_and_goes_on(store: Store) -> None:
    take(store, 10, 10)
    let_pass(store, allowances, -3600)
    assert take(store, 1, 1)[0] == 0

    let_pass(store, allowances, 5)

    assert take(store, 1, 1)[0] == 1


@pytest.mark.parametrize("per_minute", [1, 2, 7, 60, 95, 1000])
def test_no_minute_sees_more_than_its_allowance(
    sqlite_store: Store, per_minute: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0

    def clock(_db: sa.Connection) -> float:
        return now

    monkeypatch.setattr("lorewright.store.allowances.database_seconds", clock)
    given: list[tuple[float, float]] = []

    def greedy(db: sa.Connection) -> None:
        nonlocal now
        while now < 1200.0:
            taken, wait_s = take_allowance(
                db, "requests", per_minute=per_minute, least=1, most=max(1.0, per_minute / 60)
            )
            if taken:
                given.append((now, taken))
            else:
                now += max(wait_s, 0.001)

    sqlite_store.write(greedy)

    for start, _ in given:
        assert sum(taken for at, taken in given if start <= at < start + 60) <= per_minute + 0.01
    assert sum(taken for _, taken in given) >= 0.85 * per_minute * 200 / 60, "and most of it"
