"""Records are put, got back, and asked where they came from."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import (
    WORDS,
    a_blob,
    a_chunk,
    a_document,
    a_recipe,
    a_source,
    an_example,
    keep_document,
)
from lorewright.errors import BadRecord, BadRef, NotFound, StorageError
from lorewright.lineage import Ref
from lorewright.records import Chunk, Document, Example, Person, Recipe, Record, Source
from lorewright.store import Making, Store, memo_key, seconds
from lorewright.store.rows import named
from lorewright.store.tables import edges, makings, records

UNKNOWN = Ref("recipe", "0" * 64)


def count_of(store: Store, table: sa.Table) -> int:
    with store.database.read() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_what_is_put_can_be_got_back(store: Store) -> None:
    document = keep_document(store)
    chunk = a_chunk(document)

    assert store.put(chunk) == [chunk.ref]
    assert store.get(chunk.ref, Chunk) == chunk
    assert store.get_any(document.ref) == document
    assert store.document(document.ref).words == WORDS


def test_putting_twice_keeps_one(store: Store) -> None:
    store.put(a_recipe(), a_recipe())
    store.put(a_recipe())

    assert store.counts() == {"recipe": 1}
    assert count_of(store, edges) == 0


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20)))
def test_records_of_any_text_survive_the_database(store: Store, names: list[str]) -> None:
    recipes = [a_recipe("step", name=name) for name in names]

    refs = store.put(*recipes)

    assert list(store.get_many(refs, Recipe)) == recipes


def test_a_record_whose_parent_is_not_stored_is_refused(store: Store) -> None:
    document = a_document()
    store.put_blob(WORDS.encode())

    with pytest.raises(NotFound, match="which is not stored"):
        store.put(document)

    assert store.counts() == {}


def test_one_refused_write_does_not_harm_those_beside_it(store: Store) -> None:
    hold, futures = threading.Event(), list[Future[None]]()
    store.queue(lambda _db: hold.wait())
    # The writer is busy, so what follows is one batch.
    for number in range(20):
        orphan = Person(name="x").model_copy(update={"made_from": (UNKNOWN,)})
        futures.append(store.submit([orphan if number == 7 else a_recipe("step", number=number)]))
    hold.set()

    errors = [future.exception() for future in futures]

    assert isinstance(errors.pop(7), NotFound)
    assert errors == [None] * 19
    assert store.counts() == {"recipe": 19}


def test_a_change_that_fails_in_an_unknown_way_harms_no_other(store: Store) -> None:
    hold = threading.Event()
    store.queue(lambda _db: hold.wait())

    def fail(_db: sa.Connection) -> None:
        raise KeyError("a fault of ours")

    failing, fine = store.queue(fail), store.submit([a_recipe()])
    hold.set()

    assert isinstance(failing.exception(), KeyError)
    assert fine.result() is None


def test_a_quote_that_does_not_stand_there_is_refused(store: Store) -> None:
    document = keep_document(store)
    example = an_example(document)
    evidence = example.evidence[0]
    moved = evidence.model_copy(update={"start": evidence.start + 1, "end": evidence.end + 1})

    with pytest.raises(BadRecord, match="is not what stands at characters 10-50"):
        store.put(example.model_copy(update={"evidence": (moved,)}))


def test_a_quote_beyond_the_end_is_refused(store: Store) -> None:
    document = keep_document(store)
    example = an_example(document)
    beyond = example.evidence[0].model_copy(update={"start": 1000, "end": 1040})

    with pytest.raises(BadRecord, match="is not what stands"):
        store.put(example.model_copy(update={"evidence": (beyond,)}))


def test_a_chunk_that_ends_beyond_its_document_is_refused(store: Store) -> None:
    document = keep_document(store)

    with pytest.raises(BadRecord, match="beyond its document"):
        store.put(a_chunk(document, 0, document.length + 1))


def test_a_quote_must_be_of_a_document_that_the_record_rests_on(store: Store) -> None:
    document, other = keep_document(store), keep_document(store, "Another text, " * 9)
    chunk, other_chunk = a_chunk(document), a_chunk(other)
    example = an_example(document)
    store.put(chunk, other_chunk)

    by_chunk = example.model_copy(update={"made_from": (chunk.ref,)})
    assert store.put(by_chunk) == [by_chunk.ref]
    with pytest.raises(BadRecord, match="which it was not made from"):
        store.put(example.model_copy(update={"made_from": (other_chunk.ref,)}))


def test_a_chunk_and_its_example_can_be_put_together(store: Store) -> None:
    document = keep_document(store)
    chunk = a_chunk(document)
    example = an_example(document).model_copy(update={"made_from": (chunk.ref,)})

    assert store.put(example, chunk) == [example.ref, chunk.ref]


def test_a_record_that_cites_a_blob_never_kept_is_refused(store: Store) -> None:
    with pytest.raises(BadRecord, match="was never kept"):
        store.put(a_source())


def test_a_record_that_cites_a_blob_of_another_size_is_refused(store: Store) -> None:
    blob = store.put_blob(WORDS.encode())

    with pytest.raises(BadRecord, match="has another size"):
        store.put(a_source().model_copy(update={"content": {**blob.model_dump(), "size": 1}}))


def test_a_document_must_tell_the_truth_about_its_text(store: Store) -> None:
    content = "naïve".encode("latin-1")
    store.put_blob(content)
    store.put_blob(b"four")
    source = a_source("four")
    store.put(source)
    document = a_document("12345").model_copy(update={"made_from": (source.ref,)})

    for text, complaint in ((b"four", "5 characters, and it has 4"), (content, "not UTF-8")):
        with pytest.raises(BadRecord, match=complaint):
            store.put(document.model_copy(update={"text": a_blob(text)}))


def test_nothing_is_got_under_an_unknown_name(store: Store) -> None:
    with pytest.raises(NotFound, match=UNKNOWN):
        store.get(UNKNOWN, Recipe)
    with pytest.raises(BadRef, match="knows no nonsense"):
        store.get_any(Ref("nonsense", "0" * 64))


def test_a_record_is_not_read_as_another_kind(store: Store) -> None:
    (ref,) = store.put(a_recipe())

    with pytest.raises(BadRecord, match="a recipe stands where"):
        store.get(ref, Document)


def test_an_altered_record_is_not_read(store: Store) -> None:
    (ref,) = store.put(a_recipe("before"))

    def alter(db: sa.Connection) -> None:
        body = a_recipe("behind").body
        db.execute(records.update().where(named([ref])).values(body=body))

    store.write(alter)

    with pytest.raises(BadRecord, match="has been altered"):
        store.get(ref, Recipe)
    with pytest.raises(BadRecord, match="has been altered"):
        list(store.get_many([ref], Recipe))


def test_many_are_read_in_the_order_asked_for(store: Store) -> None:
    recipes = [a_recipe("step", number=number) for number in range(1200)]
    refs = store.put(*recipes)
    asked = [*refs[::-1], UNKNOWN, refs[3]]

    found = [recipe.ref for recipe in store.get_many(asked, Recipe)]

    assert found == [ref for ref in asked if ref != UNKNOWN]


def test_names_come_in_order_and_newest_from_the_last(store: Store) -> None:
    refs = [ref for number in range(40) for ref in store.put(a_recipe("step", number=number))]
    store.put(Person(name="Ada"))

    assert list(store.names("recipe")) == sorted(refs)
    assert list(store.newest("recipe")) == refs[::-1]
    assert list(store.names("recipe", living=False)) == sorted(refs)
    assert list(store.names("dataset")) == list(store.newest("dataset")) == []
    assert store.counts() == {"person": 1, "recipe": 40}


def test_more_names_than_one_page_are_read_once_each(sqlite_store: Store) -> None:
    store = sqlite_store
    refs = store.put(*(a_recipe("step", number=number) for number in range(10_050)))

    names = list(store.names("recipe"))

    assert names == sorted(refs)
    assert len(list(store.newest("recipe"))) == len(refs)
    assert all(before < after for before, after in pairwise(names))


def test_a_name_is_found_by_its_first_digits(store: Store) -> None:
    refs = store.put(*(a_recipe("step", number=number) for number in range(600)))

    assert all(store.resolve(ref) == ref for ref in refs[:5])
    assert all(store.resolve(ref.short) == ref for ref in refs[:5])


def test_digits_that_fit_several_records_are_refused(store: Store) -> None:
    refs = store.put(*(a_recipe("step", number=number) for number in range(600)))
    prefixes = [ref[:11] for ref in refs]  # four digits: 65,536 names for 600 records
    doubled = next(prefix for prefix in prefixes if prefixes.count(prefix) > 1)

    with pytest.raises(BadRef, match="fits several"):
        store.resolve(doubled)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("recipe", BadRef),
        ("recipe:123", BadRef),
        ("recipe:xyz1", BadRef),
        ("recipe:ABCD", BadRef),
        ("nonsense:1234", BadRef),
        ("recipe:" + "0" * 64, NotFound),
        ("recipe:" + "f" * 63, NotFound),
        ("recipe:" + "0" * 65, NotFound),
    ],
)
def test_what_names_nothing_is_refused(store: Store, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        store.resolve(name)


def test_the_whole_name_with_one_digit_more_is_another_name(store: Store) -> None:
    (ref,) = store.put(a_recipe())

    with pytest.raises(NotFound):
        store.resolve(f"{ref}0")


def test_the_graph_is_walked_both_ways(store: Store) -> None:
    document = keep_document(store)
    (source,) = document.made_from
    chunks = [a_chunk(document, 0, end, ordinal=end) for end in (9, 40, 60)]
    example = an_example(document).model_copy(
        update={"made_from": (chunks[2].ref, chunks[0].ref, document.ref)}
    )
    store.put(*chunks)
    store.put(example)

    assert store.parents(example.ref) == [chunks[2].ref, chunks[0].ref, document.ref]
    assert store.parents(source) == []
    assert store.children([document.ref]) == [*(chunk.ref for chunk in chunks), example.ref]
    assert store.children([document.ref], kind="example") == [example.ref]
    assert store.children([source, document.ref], kind="document") == [document.ref]
    assert store.children([]) == []
    assert set(store.descendants(source)) == {
        document.ref, example.ref, *(chunk.ref for chunk in chunks),
    }  # fmt: skip
    assert store.descendants(source)[0] == document.ref
    assert store.descendants(example.ref) == []


def test_a_wide_graph_is_walked_in_batches(store: Store) -> None:
    document = keep_document(store)
    chunks = [a_chunk(document, 0, 9, ordinal=number) for number in range(1, 1101)]
    store.put(*chunks)
    examples = [
        an_example(document, question=f"{chunk.ordinal}?").model_copy(
            update={"made_from": (chunk.ref,)}
        )
        for chunk in chunks
    ]
    store.put(*examples)

    assert len(store.descendants(document.ref)) == 2200
    assert store.children([chunk.ref for chunk in chunks]) == [one.ref for one in examples]


def test_what_a_piece_of_work_made_is_remembered_with_it(store: Store) -> None:
    key = memo_key("step", code="1", inputs=[UNKNOWN], recipe=a_recipe().ref)
    made: list[Record] = [a_recipe("b"), a_recipe("a")]

    assert store.memo(key) is None
    store.submit(made, memo=key, making=Making("step", seconds(1.23456))).result()

    assert store.memo(key) == [record.ref for record in made]
    with store.database.read() as db:
        assert set(db.scalars(sa.select(makings.c.seconds))) == {"1.235"}


def test_a_memo_of_nothing_is_not_the_same_as_none(store: Store) -> None:
    key = memo_key("step", code="1", inputs=[], recipe=a_recipe().ref)

    store.submit([], memo=key).result()

    assert store.memo(key) == []


def test_the_first_result_of_a_piece_of_work_stands(store: Store) -> None:
    key = memo_key("step", code="1", inputs=[], recipe=a_recipe().ref)
    store.submit([a_recipe("first")], memo=key).result()

    store.submit([a_recipe("second")], memo=key).result()

    assert store.memo(key) == [a_recipe("first").ref]


def test_no_memo_is_kept_of_work_whose_records_are_refused(store: Store) -> None:
    key = memo_key("step", code="1", inputs=[], recipe=a_recipe().ref)
    document = a_document()
    store.put_blob(WORDS.encode())

    with pytest.raises(NotFound):
        store.submit([a_recipe(), document], memo=key).result()

    assert store.memo(key) is None
    assert store.counts() == {}


def test_everything_about_a_piece_of_work_is_in_its_key() -> None:
    recipe, other = a_recipe().ref, a_recipe("other").ref
    one, two = a_source("one").ref, a_source("two").ref
    keys = {
        memo_key("step", code="1", inputs=[one, two], recipe=recipe),
        memo_key("step", code="1", inputs=[two, one], recipe=recipe),
        memo_key("step", code="1", inputs=[one], recipe=recipe),
        memo_key("step", code="1", inputs=[one, two], recipe=other),
        memo_key("step", code="2", inputs=[one, two], recipe=recipe),
        memo_key("other", code="1", inputs=[one, two], recipe=recipe),
    }

    assert len({key.digest for key in keys}) == 6


def test_many_threads_can_write_at_once(store: Store) -> None:
    document = keep_document(store)
    others = [keep_document(store, f"{WORDS}{number}\n") for number in range(6)]
    failures: list[BaseException] = []

    def write(thread: int) -> None:
        try:
            for number in range(40):
                text = others[number % 6]
                store.submit([an_example(text, question=f"{thread} {number}?")]).result()
                store.put(an_example(document, question=f"{number}?"))  # the same in every thread
        except BaseException as error:  # noqa: BLE001 - told to the test below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert store.counts()["example"] == 8 * 40 + 40


def test_a_stream_can_be_written_and_read_at_once(store: Store) -> None:
    refs = store.put(*(a_recipe("step", number=number) for number in range(50)))

    def again() -> Iterator[Recipe]:
        for recipe in store.get_many(refs, Recipe):
            copied = recipe.model_copy(update={"step": "again"})
            store.submit([copied])
            yield copied

    copies = [recipe.ref for recipe in again()]
    store.put()

    assert len(list(store.get_many(copies, Recipe))) == 50


def test_only_a_few_texts_are_kept_in_memory(sqlite_store: Store) -> None:
    documents = [keep_document(sqlite_store, f"{WORDS}{number}\n") for number in range(9)]

    for document in documents:
        assert sqlite_store.document(document.ref).words == document.words
    assert sqlite_store.document(documents[-1].ref) is sqlite_store.document(documents[-1].ref)
    assert sqlite_store.document(documents[0].ref) is not documents[0]


def test_a_closed_store_says_so(store: Store) -> None:
    queued = store.submit([a_recipe()])
    store.close()
    store.close()

    assert queued.result() is None
    with pytest.raises(StorageError, match="the store is closed"):
        store.put(a_recipe("late"))


def test_nobody_can_cancel_what_is_queued(store: Store) -> None:
    hold = threading.Event()
    store.queue(lambda _db: hold.wait())
    future = store.submit([a_recipe()])

    assert future.cancel() is False
    hold.set()
    assert future.result() is None
    assert isinstance(store.get(a_recipe().ref, Recipe), Recipe)


def test_finding_records_by_name_uses_the_index(sqlite_store: Store) -> None:
    refs = [an_example().ref, a_source().ref]
    query = sa.select(records.c.key).where(named(refs))
    engine = sqlite_store.database.reading
    compiled = query.compile(engine, compile_kwargs={"render_postcompile": True})
    values = tuple(compiled.params[name] for name in compiled.positiontup or ())

    with sqlite_store.database.read() as db:
        explained = db.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
        plan = [row[-1] for row in explained]

    assert any("kind=? AND id=?" in step for step in plan), plan
    assert not any("SCAN" in step for step in plan), plan
    assert {Example.kind, Source.kind} == {ref.kind for ref in refs}
