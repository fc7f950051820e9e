"""What a chain of decisions comes to; undoing is its exact inverse."""

from hypothesis import given
from hypothesis import strategies as st

from builders import an_example
from lorewright.lineage import Ref
from lorewright.records import Decision, Person, Review, Standing, Verb, review_of

ABOUT = an_example().ref
BY = Person(name="Ada").ref
DECISIVE = (Verb.ACCEPT, Verb.REJECT, Verb.EDIT)


def chain_of(verbs: list[Verb]) -> list[Decision]:
    chain: list[Decision] = []
    for number, verb in enumerate(verbs):
        after = chain[-1].ref if chain else None
        chain.append(
            Decision(
                about=ABOUT,
                verb=verb,
                value=Ref("example", f"{number:064x}") if verb is Verb.EDIT else None,
                why=f"reason {number}",
                by=BY,
                at="2030-01-02T03:04:05Z",
                after=after,
                made_from=(ABOUT, BY, *((after,) if after else ())),
            )
        )
    return chain


decisive = st.sampled_from(DECISIVE)
verbs = st.lists(st.sampled_from((*DECISIVE, Verb.UNDO)), max_size=12)


def test_nothing_decided_is_unreviewed() -> None:
    assert review_of([]) == Review(Standing.UNREVIEWED, None)


@given(verbs, decisive)
def test_the_last_decision_holds(before: list[Verb], verb: Verb) -> None:
    chain = chain_of([*before, verb])

    found = review_of(chain)

    assert found.decision == chain[-1]
    assert found.standing is not Standing.UNREVIEWED


@given(verbs, decisive)
def test_undoing_is_as_if_the_decision_had_not_been_made(before: list[Verb], verb: Verb) -> None:
    chain = chain_of([*before, verb, Verb.UNDO])

    assert review_of(chain) == review_of(chain[:-2])


@given(verbs, decisive)
def test_undoing_what_was_undone_brings_the_decision_back(before: list[Verb], verb: Verb) -> None:
    chain = chain_of([*before, verb, Verb.UNDO, Verb.UNDO])

    assert review_of(chain) == review_of(chain[:-2])


@given(verbs)
def test_what_holds_is_a_decision_of_the_chain_that_decides(all_of_them: list[Verb]) -> None:
    chain = chain_of(all_of_them)

    found = review_of(chain)

    assert found.decision is None or found.decision in chain
    assert (found.decision is None) == (found.standing is Standing.UNREVIEWED)
    assert found.decision is None or found.decision.verb in DECISIVE
    assert (found.edited is not None) == (found.standing is Standing.EDITED)


def test_a_decision_about_something_else_changes_nothing() -> None:
    chain = chain_of([Verb.ACCEPT, Verb.LICENCE])

    assert review_of(chain).decision == chain[0]
