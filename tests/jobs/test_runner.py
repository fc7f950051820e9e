"""Every piece is done once, one that fails is kept beside the others, and the counts add up."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import a_document, a_recipe, an_example
from jobs.pieces import a_document_in, a_piece, a_step, some_pieces, three_each, turned_down
from lorewright.errors import BadRecord, Refused, StorageError, Unreadable
from lorewright.jobs import Piece, Prepared, Progress, Report, run
from lorewright.jobs.runner import AHEAD
from lorewright.records import Example, Record
from lorewright.store import Store
from lorewright.store.tables import makings, run_items, runs


def last_run(store: Store) -> tuple[str, list[tuple[str, str, str]]]:
    """The state of the newest run, and its items in order."""
    with store.database.read() as db:
        row = db.execute(sa.select(runs).order_by(runs.c.key.desc()).limit(1)).one()
        items = db.execute(
            sa.select(run_items).where(run_items.c.run == row.key).order_by(run_items.c.position)
        ).all()
    return row.state, [(item.label, item.outcome, item.detail) for item in items]


def test_everything_is_kept_and_counted(store: Store) -> None:
    document = a_document_in(store)
    seen: list[Progress] = []

    report = run(
        some_pieces(5, three_each(document)), step=a_step(store), store=store, watch=seen.append
    )

    assert (report.step, report.pieces, report.again) == ("generate", 5, 0)
    assert len(report.made) == report.accepted == report.requested == 15
    assert list(store.get_many(report.made, Example))
    assert [progress.label for progress in seen] == [f"piece {number}" for number in range(5)]
    assert {(progress.done, progress.made) for progress in seen} == {(1, 3)}
    assert report.took_s > 0
    assert last_run(store) == ("done", [(f"piece {n}", "made", "") for n in range(5)])


def test_a_piece_that_was_done_is_not_done_again(store: Store) -> None:
    document, step, done = a_document_in(store), a_step(store), Counter[int]()

    def work(number: int) -> Iterator[Record]:
        done[number] += 1
        yield from three_each(document)(number)

    first = run(some_pieces(4, work), step=step, store=store)
    second = run(some_pieces(6, work), step=step, store=store)

    assert set(done.values()) == {1}
    assert (second.pieces, second.again) == (6, 4)
    assert second.made[: len(first.made)] == first.made
    state, items = last_run(store)
    assert state == "done"
    assert [outcome for _, outcome, _ in items] == ["again"] * 4 + ["made"] * 2


def test_other_code_or_settings_do_it_again(store: Store) -> None:
    done: list[int] = []
    document = a_document_in(store)

    def work(number: int) -> Iterator[Record]:
        done.append(number)
        yield an_example(document)

    first = run(some_pieces(1, work), step=a_step(store, code="1"), store=store)
    second = run(some_pieces(1, work), step=a_step(store, code="2"), store=store)

    assert done == [0, 0]
    assert second.again == 0
    assert second.made == first.made, "equal results keep their names"


def test_a_failing_piece_is_kept_and_the_others_go_on(store: Store) -> None:
    document, step = a_document_in(store), a_step(store)

    def work(number: int) -> Iterator[Record]:
        yield an_example(document, question=f"{number}?")
        if number in {1, 3}:
            raise Unreadable(f"piece {number} cannot be read")

    report = run(some_pieces(5, work), step=step, store=store)

    assert [(label, error.sentence) for label, error in report.failed] == [
        ("piece 1", "piece 1 cannot be read"),
        ("piece 3", "piece 3 cannot be read"),
    ]
    assert (report.accepted, report.requested) == (3, 5)
    assert store.counts()["example"] == 3, "what a failing piece began is not kept"
    state, items = last_run(store)
    assert state == "partial"
    assert items[1] == ("piece 1", "failed", "piece 1 cannot be read")
    assert run(some_pieces(5, work), step=step, store=store).again == 3


def test_a_piece_that_cannot_begin_has_failed(store: Store) -> None:
    def begin() -> Prepared:
        raise Refused("no")

    report = run([Piece("a", begin)], step=a_step(store), store=store)

    assert [label for label, _ in report.failed] == ["a"]
    assert report.accepted == 0


def test_a_piece_whose_records_the_store_refuses_has_failed(store: Store) -> None:
    """What the store checks only when it commits is a failure of that piece alone."""
    document, step = a_document_in(store), a_step(store)

    def work(number: int) -> Iterator[Record]:
        example = an_example(document, question=f"{number}?")
        orphan = a_recipe().model_copy(update={"made_from": (a_document("never kept").ref,)})
        yield orphan if number == 2 else example

    report = run(some_pieces(150, work), step=step, store=store)

    ((label, error),) = report.failed
    assert label == "piece 2"
    assert "not stored" in error.sentence
    assert report.accepted == store.counts()["example"] == 149
    assert last_run(store)[0] == "partial"


def test_a_wrong_quote_fails_its_piece_only(store: Store) -> None:
    document = a_document_in(store)

    def work(number: int) -> Iterator[Record]:
        example = an_example(document, question=f"{number}?")
        (evidence,) = example.evidence
        moved = evidence.model_copy(update={"start": evidence.start + 1, "end": evidence.end + 1})
        yield example.model_copy(update={"evidence": (moved,)}) if number == 0 else example

    report = run(some_pieces(3, work), step=a_step(store), store=store)

    assert isinstance(report.failed[0][1], BadRecord)
    assert report.accepted == 2


@pytest.mark.parametrize(
    "error", [StorageError("the disk is full"), KeyboardInterrupt(), ValueError("a fault of ours")]
)
def test_what_concerns_all_pieces_ends_the_run(store: Store, error: BaseException) -> None:
    document, step = a_document_in(store), a_step(store)
    breaks = True

    def work(number: int) -> Iterator[Record]:
        if number == 3 and breaks:
            raise error
        yield an_example(document, question=f"{number}?")

    with pytest.raises(type(error)):
        run(some_pieces(6, work), step=step, store=store)

    assert last_run(store)[0] == "interrupted"
    assert store.counts()["example"] == 3, "what was done before is kept"
    breaks = False
    report = run(some_pieces(6, work), step=step, store=store)
    assert (report.again, report.accepted) == (3, 6)


def test_a_store_that_fails_is_told_as_itself(store: Store) -> None:
    document, step = a_document_in(store), a_step(store)

    def work(number: int) -> Iterator[Record]:
        if number == 1:
            store.close()
        yield an_example(document, question=f"{number}?")

    with pytest.raises(StorageError, match="the store is closed"):
        run(some_pieces(2, work), step=step, store=store)


def test_an_interruption_stays_one_when_the_store_cannot_be_told(store: Store) -> None:
    def work(_number: int) -> Iterator[Record]:
        store.close()
        raise KeyboardInterrupt
        yield a_recipe()

    with pytest.raises(KeyboardInterrupt):
        run(some_pieces(1, work), step=a_step(store), store=store)


def test_pieces_are_pulled_only_as_far_ahead_as_said(store: Store) -> None:
    document, step = a_document_in(store), a_step(store)
    begun, settled, ahead = 0, 0, list[int]()

    def work(number: int) -> Iterator[Record]:
        nonlocal begun
        begun += 1
        ahead.append(begun - settled)
        yield an_example(document, question=f"{number}?")

    def watch(_progress: Progress) -> None:
        nonlocal settled
        settled += 1

    report = run(some_pieces(400, work), step=step, store=store, watch=watch)

    assert report.accepted == settled == 400
    assert max(ahead) <= AHEAD


def test_progress_is_told_while_the_run_goes_on(store: Store) -> None:
    """Not only when there are so many pieces that the first must be waited for."""
    document, step, told = a_document_in(store), a_step(store), list[str]()
    told_before: list[int] = []

    def work(number: int) -> Iterator[Record]:
        told_before.append(len(told))
        store.put()  # waits until what was queued is committed
        yield an_example(document, question=f"{number}?")

    run(
        some_pieces(6, work), step=step, store=store,
        watch=lambda progress: told.append(progress.label),
    )  # fmt: skip

    assert told_before[-1] >= 4


def test_an_endless_stream_of_pieces_needs_no_end(store: Store) -> None:
    document, step = a_document_in(store), a_step(store)
    taken = 0

    def endless() -> Iterator[Piece]:
        nonlocal taken
        while True:
            taken += 1
            yield a_piece(taken, work)

    def work(number: int) -> Iterator[Record]:
        if number == 100:
            raise KeyboardInterrupt
        yield an_example(document, question=f"{number}?")

    with pytest.raises(KeyboardInterrupt):
        run(endless(), step=step, store=store)

    assert taken == 100


def test_what_a_piece_took_stands_beside_its_records(store: Store) -> None:
    document = a_document_in(store)

    run(some_pieces(2, three_each(document)), step=a_step(store), store=store)

    with store.database.read() as db:
        rows = db.execute(sa.select(makings)).all()
    assert len(rows) == 6
    assert all(row.step == "generate" and float(row.seconds) >= 0 for row in rows)


SALTS = count()

Plan = dict[int, tuple[int, list[str], bool]]
plans = st.dictionaries(
    st.integers(0, 30),
    st.tuples(
        st.integers(0, 3), st.lists(st.sampled_from(["short", "long"]), max_size=3), st.booleans()
    ),
    max_size=12,
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(plans)
def test_requested_is_accepted_and_rejected_and_failed(store: Store, plan: Plan) -> None:
    salt = next(SALTS)
    document, step = a_document_in(store), a_step(store, code=str(salt))

    def work(number: int) -> Iterable[Record]:
        accepted, reasons, fails = plan[number]
        for part in range(accepted):
            yield an_example(document, question=f"{salt} {number} {part}?")
        for part, reason in enumerate(reasons):
            yield turned_down(document, 100 * number + part, f"{salt} {reason}")
        if fails:
            raise Unreadable("it fails")

    def once() -> Report:
        return run((a_piece(number, work) for number in plan), step=step, store=store)

    first, again = once(), once()

    done = [one for one in plan.values() if not one[2]]
    for report in (first, again):
        assert report.pieces == len(plan)
        assert report.accepted == sum(accepted for accepted, _, _ in done)
        assert report.rejected == Counter(f"{salt} {r}" for _, reasons, _ in done for r in reasons)
        assert len(report.failed) == len(plan) - len(done)
        assert report.requested == report.accepted + report.rejected.total() + len(report.failed)
    assert again.again == len(done)
    assert again.made == first.made
