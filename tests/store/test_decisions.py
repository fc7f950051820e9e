"""Decisions are chained; the last one holds, and undoing is another decision."""

import threading

import pytest
from pydantic import ValidationError

from builders import a_document, a_recipe, a_source, an_example, keep_document
from lorewright.errors import Erased, NotFound, Refused
from lorewright.lineage import Ref
from lorewright.records import (
    UNKNOWN_LICENCE,
    Collection,
    Decision,
    Example,
    Review,
    Standing,
    Verb,
)
from lorewright.store import (
    Store,
    Workspace,
    alias,
    ancestors,
    chains,
    decide,
    decided_after,
    decisions_about,
    erase,
    licence_of,
    refuse_withdrawn,
    review,
    reviews,
    verify,
    withdrawal,
    withdrawn_sources,
)


def source_of(store: Store, words: str = "Some words.", **more: str) -> Ref:
    (source,) = keep_document(store, words, **more).made_from
    return source


def test_decisions_follow_each_other(store: Store) -> None:
    source, other = source_of(store), source_of(store, "Others.")
    made = [
        decide(store, source, Verb.WITHDRAW, why="contract ended", by="Ada"),
        decide(store, source, Verb.RESTORE, why="contract renewed", by="Grace"),
        decide(store, source, Verb.WITHDRAW, why="contract ended", by="Ada"),
    ]
    decide(store, other, Verb.LICENCE, why="as printed", by="Ada", value="CC0")

    assert decisions_about(store, source) == made
    assert [decision.after for decision in made] == [None, made[0].ref, made[1].ref]
    assert decisions_about(store, a_recipe().ref) == []


def test_a_decision_about_a_decision_is_not_part_of_its_chain(store: Store) -> None:
    source = source_of(store)
    first = decide(store, source, Verb.WITHDRAW, why="x", by="Ada")

    about_it = decide(store, first.ref, Verb.LICENCE, why="who said so?", by="Grace")

    assert decisions_about(store, source) == [first]
    assert decisions_about(store, first.ref) == [about_it]


def test_a_withdrawal_holds_until_it_is_undone(store: Store) -> None:
    source = source_of(store)
    assert withdrawal(store, source) is None

    withdrawn = decide(store, source, Verb.WITHDRAW, why="contract ended", by="Ada")
    decide(store, source, Verb.LICENCE, why="as printed", by="Ada", value="CC0")
    assert withdrawal(store, source) == withdrawn
    assert withdrawn_sources(store) == {source: withdrawn}

    decide(store, source, Verb.RESTORE, why="a mistake", by="Ada")
    assert withdrawal(store, source) is None
    assert withdrawn_sources(store) == {}


def test_nothing_can_be_decided_about_what_is_not_there(store: Store) -> None:
    with pytest.raises(NotFound):
        decide(store, a_source().ref, Verb.WITHDRAW, why="x", by="Ada")

    assert store.counts() == {}


def test_many_who_decide_at_once_make_one_chain(store: Store) -> None:
    source = source_of(store)

    def say(who: str) -> None:
        decide(store, source, Verb.LICENCE, why="x", by=who, value=who)

    threads = [threading.Thread(target=say, args=(f"person {number}",)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(decisions_about(store, source)) == 12


def test_the_licence_that_holds(store: Store) -> None:
    words = "Some words."
    silent = a_source(words, licence=UNKNOWN_LICENCE)
    told = a_source(words, licence="CC0")
    document = a_document(words, source=silent)
    store.put_blob(words.encode())
    store.put(silent, told, document)

    assert licence_of(store, silent) == UNKNOWN_LICENCE
    store.put(document.model_copy(update={"licence": "CC-BY-4.0"}))
    assert licence_of(store, silent) == "CC-BY-4.0"
    assert licence_of(store, told) == "CC0"
    decide(store, told.ref, Verb.LICENCE, why="they wrote", by="Ada", value="CC-BY-SA-4.0")
    decide(store, told.ref, Verb.LICENCE, why="they wrote again", by="Ada", value="MIT")
    assert licence_of(store, told) == "MIT"


def test_what_rests_on_a_withdrawn_source_is_refused(store: Store) -> None:
    document, other = keep_document(store), keep_document(store, "Another text, " * 9)
    (source,) = document.made_from
    example, free = an_example(document), an_example(other)
    both = Collection(member_kind="example", count=2, made_from=(example.ref, free.ref))
    store.put(example, free)
    store.put(both)
    refuse_withdrawn(store, [both.ref], doing="training on")

    decide(store, source, Verb.WITHDRAW, why="contract ended", by="Ada")

    refuse_withdrawn(store, [free.ref, other.ref], doing="training on")
    for ref in (source, document.ref, example.ref, both.ref):
        with pytest.raises(Refused, match=r"training on .* was withdrawn \(contract ended\)"):
            refuse_withdrawn(store, [free.ref, ref], doing="training on")


def test_everything_that_something_rests_on(store: Store) -> None:
    document = keep_document(store)
    example = an_example(document)
    store.put(example)

    assert ancestors(store, example.ref) == {document.ref, *document.made_from}
    assert ancestors(store, document.made_from[0]) == set()


def test_an_erased_source_is_no_longer_withdrawn(store: Store, workspace: Workspace) -> None:
    source = source_of(store)
    decide(store, source, Verb.WITHDRAW, why="contract ended", by="Ada")

    erase(store, source, workspace.folder, why="asked to")

    assert withdrawn_sources(store) == {}
    assert withdrawal(store, source) is not None


def test_what_was_decided_about_examples(store: Store) -> None:
    document = keep_document(store)
    accepted, rejected, unread = (an_example(document, question=one) for one in ("1?", "2?", "3?"))
    store.put(accepted, rejected, unread)
    good = decide(store, accepted.ref, Verb.ACCEPT, why="good", by="Ada")
    decide(store, rejected.ref, Verb.ACCEPT, why="good", by="Ada")
    bad = decide(store, rejected.ref, Verb.REJECT, why="half of it", by="Grace")
    decide(store, document.made_from[0], Verb.LICENCE, why="as printed", by="Ada", value="CC0")

    assert reviews(store) == {
        accepted.ref: Review(Standing.ACCEPTED, good),
        rejected.ref: Review(Standing.REJECTED, bad),
    }
    assert review(store, unread.ref) == Review()
    assert decided_after(store, unread.ref) == 3
    assert decided_after(store, bad.ref) == 0


def test_new_words_are_kept_with_the_decision_or_not_at_all(store: Store) -> None:
    document = keep_document(store)
    old, new = an_example(document), an_example(document, question="How often?")
    store.put(old)

    def refuse(_chain: list[Decision]) -> None:
        raise Refused("somebody was faster")

    with pytest.raises(Refused):
        decide(store, old.ref, Verb.EDIT, why="shorter", by="Ada", value=new, check=refuse)
    assert store.counts()["example"] == 1

    decision = decide(store, old.ref, Verb.EDIT, why="shorter", by="Ada", value=new)

    assert decision.value == new.ref
    assert store.get(new.ref, Example) == new
    assert review(store, old.ref).edited == new.ref


def test_an_edit_that_names_no_example_is_refused(store: Store) -> None:
    document = keep_document(store)
    old = an_example(document)
    store.put(old)

    with pytest.raises(ValidationError, match="names the example"):
        decide(store, old.ref, Verb.EDIT, why="shorter", by="Ada", value="How often?")


def test_erasing_a_source_destroys_what_was_said_of_its_examples(
    store: Store, workspace: Workspace
) -> None:
    document, other = keep_document(store), keep_document(store, "Another text, " * 9)
    example, free = an_example(document), an_example(other)
    store.put(example, free)
    new = example.model_copy(update={"made_from": (example.ref, document.ref)})
    said = [
        decide(store, example.ref, Verb.REJECT, why="it says: check the oil", by="Ada"),
        decide(store, example.ref, Verb.EDIT, why="shorter", by="Ada", value=new),
    ]
    kept = decide(store, free.ref, Verb.ACCEPT, why="good", by="Ada")

    erased = erase(store, document.made_from[0], workspace.folder, why="asked to").erased

    assert {example.ref, new.ref, *(one.ref for one in said)} <= set(erased)
    assert decisions_about(store, example.ref) == []
    assert reviews(store) == {free.ref: Review(Standing.ACCEPTED, kept)}
    with pytest.raises(Erased):
        decide(store, example.ref, Verb.ACCEPT, why="good", by="Ada")
    assert verify(store, workspace.folder).is_intact


def test_a_claimed_name_comes_with_its_decision_and_stays_with_one_record(store: Store) -> None:
    first, second = source_of(store), source_of(store, "Others.")

    for _ in range(2):
        decide(store, first, Verb.LICENCE, value="CC0", why="x", by="Ada", claim="only one")
    with pytest.raises(Refused, match="only one is another record already"):
        decide(store, second, Verb.LICENCE, value="CC0", why="x", by="Ada", claim="only one")

    assert alias(store, "only one") == first
    assert decisions_about(store, second) == []


def test_chains_are_told_apart_and_keep_their_order(store: Store) -> None:
    first, second, silent = (source_of(store, f"Words {number}.") for number in range(3))
    made = [
        decide(store, about, Verb.LICENCE, value=value, why="x", by="Ada")
        for value in ("CC0", "MIT")
        for about in (first, second)
    ]

    assert chains(store, [first, silent]) == {first: [made[0], made[2]]}
    assert chains(store, [first, second]) == {first: made[::2], second: made[1::2]}
