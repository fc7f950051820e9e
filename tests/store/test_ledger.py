"""Every call is kept, a complete one is found again, and all numbers come from the rows."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_call, a_document, a_language_model, keep_document
from lorewright.errors import BadRecord, BadRef, NotFound, StorageError
from lorewright.lineage import Ref
from lorewright.records import Document
from lorewright.store import (
    Ledger,
    NewCall,
    Store,
    Tokens,
    call_key,
    call_named,
    calls_of,
    every_call,
    failed_calls,
    spent,
    totals,
    words_of,
)
from lorewright.store.call_rows import units_of, usd_of


@pytest.fixture
def document(store: Store) -> Document:
    store.put(a_language_model())
    return keep_document(store)


@pytest.fixture
def ledger(store: Store, document: Document) -> Ledger:
    ledger = Ledger(store)
    ledger.admit([document.ref, a_language_model().ref])
    return ledger


def keys(number: int) -> Iterator[bytes]:
    return (bytes([0, one]) * 16 for one in range(number))


def test_a_complete_call_is_found_with_all_that_came_back(
    ledger: Ledger, document: Document
) -> None:
    call = replace(
        a_call(document), text="100 °C\0\ud800", raw=b"\xff\0raw", tokens=Tokens(1, 2, 3, 4)
    )

    assert ledger.find([call.key]) == {}
    ledger.keep(call).result()

    (found,) = ledger.find([call.key, b"9" * 32]).values()
    assert (found.text, found.raw, found.stop) == (call.text, call.raw, "end")
    assert (found.tokens, found.answered_by) == (call.tokens, "teacher-1-2030")


def test_a_reply_of_ten_megabytes_is_kept_whole(ledger: Ledger, document: Document) -> None:
    long = "ä" * 5_000_000

    ledger.keep(a_call(document, text=long)).result()

    found = ledger.find([b"1" * 32])[b"1" * 32]
    assert found.text == long
    assert found.raw == f'{{"said": "{long}"}}'.encode()


def test_only_complete_calls_are_found_again(ledger: Ledger, document: Document) -> None:
    complete, unusable, failed = keys(3)
    ledger.keep(a_call(document, key=complete))
    ledger.keep(replace(a_call(document, key=unusable), state="unusable", stop="length"))
    ledger.keep(replace(a_call(document, key=failed), state="failed", text=None, raw=None)).result()

    assert ledger.find([complete, unusable, failed]).keys() == {complete}


def test_a_call_that_led_nowhere_is_kept_and_not_used_again(
    store: Store, ledger: Ledger, document: Document
) -> None:
    first, second = keys(2)
    ledger.keep(a_call(document, key=first))
    ledger.keep(a_call(document, key=second)).result()

    ledger.mark_unusable([first]).result()
    assert ledger.find([first, second]).keys() == {second}
    ledger.keep(a_call(document, key=first, text="Better.")).result()

    assert ledger.find([first])[first].text == "Better."
    attempts = call_named(store, first.hex())
    assert [(one.attempt, one.state) for one in attempts] == [(1, "unusable"), (2, "complete")]
    assert words_of(store, attempts[0].number).text == "Once a week."


def test_a_call_about_what_is_not_stored_is_refused_before_it_is_made(
    ledger: Ledger, document: Document
) -> None:
    with pytest.raises(NotFound, match="which is not stored"):
        ledger.admit([document.ref, a_document("never kept").ref])


def test_calls_from_many_threads_are_all_kept_in_few_commits(
    store: Store, ledger: Ledger, document: Document
) -> None:
    futures: list[object] = []

    def ask(number: int) -> None:
        for one in range(50):
            key = bytes([number, one]) * 16
            future = ledger.keep(a_call(document, key=key))
            futures.append(future)
            future.result()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    numbers = [one.number for one in every_call(store)]
    assert numbers == list(range(1, 401))
    assert len(set(map(id, futures))) < 400, "calls that end together share a commit"


def test_a_store_that_is_closed_says_so(
    sqlite_store: Store,
) -> None:
    sqlite_store.put(a_language_model())
    document = keep_document(sqlite_store)
    ledger = Ledger(sqlite_store)
    ledger.admit([document.ref, a_language_model().ref])
    sqlite_store.close()

    for _ in range(2):
        with pytest.raises(StorageError, match="the store is closed"):
            ledger.keep(a_call(document))


def test_a_call_that_the_database_refuses_is_told_to_who_waits(
    store: Store, ledger: Ledger, document: Document
) -> None:
    impossible = replace(a_call(document), characters=2**70)

    with pytest.raises((BadRecord, OverflowError)):
        ledger.keep(impossible).result()

    ledger.keep(a_call(document)).result()
    assert len(list(every_call(store))) == 1


def kept_calls(ledger: Ledger, document: Document) -> list[NewCall]:
    """Two runs, two purposes and every outcome."""
    one, two, three, four = keys(4)
    paid = replace(a_call(document, key=one), tokens=Tokens(10, 20, 3, 4))
    cut = replace(
        a_call(document, key=two), state="unusable", stop="length", cost_usd=Decimal("0.000000001")
    )
    failed = replace(
        a_call(document, key=three), state="failed", cost_usd=Decimal(0), text=None, raw=None,
        stop=None, fault="slow", error="it took too long",
    )  # fmt: skip
    other = replace(
        a_call(document, key=four), run="run-2", purpose="generate/pairs", cost_usd=Decimal("1.5")
    )
    kept = [paid, cut, failed, other]
    for call in kept[:-1]:
        ledger.keep(call)
    ledger.keep(kept[-1]).result()
    return kept


def test_calls_are_counted_and_added_up_by_purpose(
    store: Store, ledger: Ledger, document: Document
) -> None:
    kept_calls(ledger, document)

    everything, first = totals(store), totals(store, "run-1")

    assert everything.keys() == {"analyze/content_analysis", "generate/pairs"}
    assert first.keys() == {"analyze/content_analysis"}
    analyzed = first["analyze/content_analysis"]
    assert (analyzed.complete, analyzed.unusable, analyzed.failed, analyzed.calls) == (1, 1, 1, 3)
    assert analyzed.cost_usd == Decimal("0.000123001")
    assert analyzed.tokens == Tokens(10, 20, 3, 4)
    assert analyzed.characters == 800, "what was never answered has no tokens to compare with"
    assert spent(store, "run-1") == Decimal("0.000123001")
    assert spent(store) == Decimal("1.500123001")
    assert spent(store, "no such run") == 0


def test_calls_are_listed_by_run_and_by_outcome(
    store: Store, ledger: Ledger, document: Document
) -> None:
    paid, cut, failed, other = kept_calls(ledger, document)

    assert [one.key for one in calls_of(store, "run-1")] == [paid.key, cut.key, failed.key]
    assert [one.key for one in failed_calls(store)] == [cut.key, failed.key]
    (last,) = calls_of(store, "run-2")
    assert last.language_model == other.language_model
    assert (last.cost_usd, last.seconds) == (Decimal("1.5"), Decimal("1.250"))
    _, told = failed_calls(store)
    assert (told.fault, told.error, told.stop) == ("slow", "it took too long", None)


def test_more_calls_than_fit_one_query_are_all_listed(
    store: Store, ledger: Ledger, document: Document
) -> None:
    for number in range(1201):
        ledger.keep(a_call(document, key=number.to_bytes(32, "big")))
    ledger.mark_unusable([]).result()  # queued behind all of them

    assert len(list(every_call(store))) == 1201
    assert len(ledger.find([number.to_bytes(32, "big") for number in range(1300)])) == 1201


def test_a_call_is_named_by_the_beginning_of_its_key(
    store: Store, ledger: Ledger, document: Document
) -> None:
    one, two = b"\xab\xcd\x01" + b"0" * 29, b"\xab\xcd\x02" + b"0" * 29
    ledger.keep(a_call(document, key=one))
    ledger.keep(a_call(document, key=two)).result()

    assert [found.key for found in call_named(store, "abcd01")] == [one]
    with pytest.raises(BadRef, match="fits several"):
        call_named(store, "abcd")
    with pytest.raises(NotFound, match="begins with ffff"):
        call_named(store, "ffff")
    for bad in ("abc", "xyz0", "a" * 65):
        with pytest.raises(BadRef, match="not the key of a call"):
            call_named(store, bad)
    with pytest.raises(NotFound, match="number 99"):
        words_of(store, 99)


def test_every_part_of_what_is_asked_makes_another_key() -> None:
    base = (b"f" * 32, Ref("language_model", "1" * 64), "analyze/a", 0)
    others = [
        (b"g" * 32, *base[1:]),
        (base[0], Ref("language_model", "2" * 64), *base[2:]),
        (*base[:2], "analyze/b", 0),
        (*base[:3], 1),
    ]

    found = {call_key(*one) for one in (base, *others)}

    assert len(found) == 5
    assert {len(key) for key in found} == {32}
    assert call_key(*base) in found


@given(st.decimals(0, 1_000_000, allow_nan=False, places=14))
def test_money_in_whole_units_is_never_less_than_it_is(cost: Decimal) -> None:
    kept = usd_of(units_of(cost))

    assert 0 <= kept - cost < Decimal("1e-12")
