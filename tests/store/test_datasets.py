"""Datasets are frozen from a stream and found again whole, in any workspace."""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import a_recipe, an_example, keep_document
from lorewright.errors import BadRecord
from lorewright.lineage import Ref, merkle_root
from lorewright.records import Blob, Dataset, Split
from lorewright.settings import Settings
from lorewright.store import (
    Change,
    HeldOut,
    Rejected,
    Store,
    Workspace,
    difference,
    examples,
    freeze,
    held_out_sections,
    members,
    rejections,
    split_of,
)

SPLITS = list(Split)
Member = tuple[Split, Ref] | Rejected


def some_names(count: int, *, seed: int = 0) -> list[Ref]:
    chance = random.Random(seed)
    return sorted(Ref("example", f"{chance.getrandbits(256):064x}") for _ in range(count))


def spread(names: Iterable[Ref]) -> Iterator[tuple[Split, Ref]]:
    """Every name in the split that its first digit chooses."""
    for name in names:
        yield SPLITS[int(name.id[0], 16) % 4], name


def frozen(store: Store, stream: Iterable[Member]) -> Dataset:
    recipe = a_recipe("curate")
    store.put(recipe)
    return freeze(store, "coach", stream, made_from=(recipe.ref,))


def blobs_of(dataset: Dataset) -> set[Blob]:
    return set(dataset.cited_blobs())


def test_twenty_thousand_members_are_found_again(store: Store) -> None:
    names = some_names(20_000)

    dataset = frozen(store, spread(names))
    store.put(dataset)

    assert dataset.accepted == dataset.requested == 20_000
    for split in Split:
        expected = [name for of, name in spread(names) if of is split]
        assert list(members(store, dataset, split)) == expected
        membership = dataset.membership(split)
        assert membership is not None
        assert membership.count == len(expected)
        contents = [store.blobs.get(page.blob) for page in membership.pages]
        assert [page.last for page in membership.pages] == [page[-32:].hex() for page in contents]
    for name in random.Random(1).sample(names, 50):
        assert split_of(store, dataset, name) is SPLITS[int(name.id[0], 16) % 4]
    assert split_of(store, dataset, Ref("example", "0" * 64)) is None
    assert split_of(store, dataset, Ref("example", "f" * 64)) is None


def test_the_same_members_have_the_same_root_anywhere(sqlite_store: Store, tmp_path: Path) -> None:
    other = Workspace(tmp_path / "other")
    other.make()
    names = some_names(9_000)

    here = frozen(sqlite_store, spread(names))
    with other.open(Settings()) as elsewhere:
        there = frozen(elsewhere, spread(names))

    assert here == there
    assert here.root == there.root
    assert frozen(sqlite_store, spread(names[1:])).root != here.root


def test_the_root_is_that_of_the_splits_and_their_pages(sqlite_store: Store) -> None:
    names = some_names(6_000)
    dataset = frozen(sqlite_store, ((Split.TRAIN, name) for name in names))

    train = dataset.membership(Split.TRAIN)
    assert train is not None
    assert len(train.pages) > 1
    pages = [sqlite_store.blobs.get(page.blob) for page in train.pages]
    roots = [merkle_root(page[at : at + 32] for at in range(0, len(page), 32)) for page in pages]
    assert train.root == merkle_root(roots).hex()
    leaves = [f"{split.split}:".encode() + bytes.fromhex(split.root) for split in dataset.splits]
    assert dataset.root == merkle_root(leaves).hex()
    assert b"".join(pages) == b"".join(bytes.fromhex(name.id) for name in names)


@pytest.mark.parametrize("seed", range(3))
def test_one_example_more_changes_at_most_two_pages(sqlite_store: Store, seed: int) -> None:
    names = some_names(9_000)
    (extra,) = some_names(1, seed=1000 + seed)

    old = frozen(sqlite_store, ((Split.TRAIN, name) for name in names))
    new = frozen(sqlite_store, ((Split.TRAIN, name) for name in sorted([*names, extra])))

    assert len(blobs_of(new) - blobs_of(old)) <= 2
    assert len(blobs_of(old) - blobs_of(new)) <= 2
    assert list(difference(sqlite_store, old, new)) == [Change(Split.TRAIN, extra, added=True)]
    assert list(difference(sqlite_store, new, old)) == [Change(Split.TRAIN, extra, added=False)]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_the_difference_is_that_of_the_sets(sqlite_store: Store, data: st.DataObject) -> None:
    names = some_names(40)
    places = st.sampled_from([*Split, None])
    old = {name: data.draw(places) for name in names}
    new = {name: data.draw(places) for name in names}

    found = set(
        difference(
            sqlite_store,
            frozen(sqlite_store, ((split, name) for name, split in old.items() if split)),
            frozen(sqlite_store, ((split, name) for name, split in new.items() if split)),
        )
    )

    expected: set[Change] = set()
    for name in names:
        was, now = old[name], new[name]
        if was is not now:
            expected |= {Change(was, name, added=False)} if was else set()
            expected |= {Change(now, name, added=True)} if now else set()
    assert found == expected


def test_nothing_differs_between_a_dataset_and_itself(sqlite_store: Store) -> None:
    dataset = frozen(sqlite_store, spread(some_names(500)))

    assert list(difference(sqlite_store, dataset, dataset)) == []


def test_what_was_turned_down_is_kept_with_its_reason(store: Store) -> None:
    names = some_names(5)
    turned_down = [Rejected(name, "near_duplicate", "as “another”\n") for name in names[:2]]
    turned_down += [Rejected(names[2], "too_short", "four words")]

    dataset = frozen(store, [*turned_down, (Split.TRAIN, names[3]), (Split.VALID, names[4])])
    store.put(dataset)

    assert list(rejections(store, dataset)) == turned_down
    counted = {one.reason: one.count for one in dataset.rejected_by_reason}
    assert counted == {"near_duplicate": 2, "too_short": 1}
    assert (dataset.requested, dataset.accepted) == (5, 2)


def test_an_empty_dataset_is_one(store: Store) -> None:
    dataset = frozen(store, [])
    store.put(dataset)

    assert dataset.requested == 0
    assert dataset.rejected is None
    assert [list(members(store, dataset, split)) for split in Split] == [[], [], [], []]
    assert list(rejections(store, dataset)) == list(held_out_sections(store, dataset)) == []


def test_the_sections_that_are_held_out_are_kept(store: Store) -> None:
    document = keep_document(store)
    recipe = a_recipe("curate")
    sections = [
        HeldOut(document.ref, 0, Split.VALID),
        HeldOut(document.ref, 100, Split.TRANSFER),
    ]
    store.put(recipe)

    dataset = freeze(store, "coach", [], made_from=(recipe.ref,), held_out=sections)
    store.put(dataset)

    assert list(held_out_sections(store, dataset)) == sections


def test_the_examples_of_a_split_are_read_in_the_order_of_their_names(store: Store) -> None:
    document = keep_document(store)
    kept = [an_example(document, question=f"{number}?") for number in range(700)]
    store.put(*kept)

    dataset = frozen(store, ((Split.TRAIN, name) for name in sorted(one.ref for one in kept)))

    assert list(examples(store, dataset, Split.TRAIN)) == sorted(kept, key=lambda one: one.ref)
    assert list(examples(store, dataset, Split.VALID)) == []


A, B, C = some_names(3)


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param([(Split.TRAIN, B), (Split.TRAIN, A)], id="falling"),
        pytest.param([(Split.TRAIN, A), (Split.TRAIN, A)], id="twice in one split"),
        pytest.param([(Split.TRAIN, A), (Split.TRANSFER, A)], id="taught and tested"),
        pytest.param([(Split.TRAIN, A), Rejected(A, "x", "x")], id="taken and turned down"),
        pytest.param([Rejected(B, "x", "x"), Rejected(A, "x", "x")], id="rejections falling"),
        pytest.param([(Split.TRAIN, Ref("chunk", A.id))], id="a chunk"),
    ],
)
def test_a_stream_out_of_order_is_refused(sqlite_store: Store, stream: list[Member]) -> None:
    with pytest.raises(BadRecord, match="no example that comes after"):
        frozen(sqlite_store, stream)
