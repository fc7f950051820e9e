"""Deciding about examples: accept, reject, edit, take back; each one a decision of its own."""

from collections.abc import Callable
from typing import NamedTuple

from lorewright.errors import NotFound, UsageError
from lorewright.lineage import Ref
from lorewright.records import (
    MOST_PARENTS,
    Decision,
    Example,
    Person,
    Review,
    Source,
    Standing,
    Turn,
    Verb,
    review_of,
)
from lorewright.store import (
    Store,
    ancestors,
    decide,
    decisions_about,
    refuse_withdrawn,
    withdrawal,
)

STANDING = {
    Verb.ACCEPT: Standing.ACCEPTED,
    Verb.REJECT: Standing.REJECTED,
    Verb.EDIT: Standing.EDITED,
}
"""Where a decision leaves an example."""

READ = "read, and found good"
"""Why an example is accepted, unless the reviewer says more."""

Check = Callable[[list[Decision]], None]
"""Raises when the decisions so far are not what somebody believes them to be."""


class Judgement(NamedTuple):
    """What a reviewer says about one example."""

    verb: Verb
    by: str
    why: str
    question: str | None = None
    """The new words of an edit; None leaves them."""
    answer: str | None = None


class Judged(NamedTuple):
    """What became of a judgement."""

    about: Ref
    """The example as it was proposed, also when it was named by its new words."""
    review: Review
    """What holds now."""
    decision: Decision | None
    """None when the same had been decided before, which is not decided twice."""


def judge(
    store: Store, name: Ref, judgement: Judgement, *, check: Check = lambda _chain: None
) -> Judged:
    """Decide about an example, at once and for good; only another decision takes it back.

    Raises:
        UsageError: when it is no example, or there is nothing to decide.
        Refused: when its source was withdrawn.
        Erased: when it was erased.
    """
    about = proposed(store, name)
    _refuse_withdrawn(store, about)
    review = review_of(decisions_about(store, about))
    if says_the_same(store, about, review, judgement):
        return Judged(about, review, None)

    def look(found: list[Decision]) -> None:
        check(found)
        _can_undo(about, found, judgement)

    decision = decide(
        store,
        about,
        judgement.verb,
        why=judgement.why,
        by=judgement.by,
        value=_in_new_words(store, about, review, judgement),
        check=look,
    )
    return Judged(about, review_of(decisions_about(store, about)), decision)


def _refuse_withdrawn(store: Store, about: Ref) -> None:
    # Looks at the sources of this example alone; a sheet may have ten thousand rows.
    sources = (ref for ref in ancestors(store, about) if ref.kind == Source.kind)
    if any(withdrawal(store, source) for source in sources):
        refuse_withdrawn(store, [about], doing="reviewing")


def proposed(store: Store, name: Ref) -> Ref:
    """The example that decisions are about: the one that was proposed, not its new words.

    Raises:
        UsageError: when `name` is no example.
    """
    if name.kind != Example.kind:
        raise UsageError(
            f"{name.short} is not an example",
            hint="`lorewright list example` shows those there are",
        )
    example = store.get(name, Example)
    kinds = [ref.kind for ref in example.made_from[:2]]
    return example.made_from[0] if kinds == [Example.kind, Person.kind] else name


def says_the_same(store: Store, about: Ref, review: Review, judgement: Judgement) -> bool:
    """Whether what holds of an example is what `judgement` says, by the same person."""
    decision = review.decision
    if decision is None or STANDING.get(judgement.verb) is not review.standing:
        return False
    if store.get(decision.by, Person).name != judgement.by:
        return False
    if judgement.verb is Verb.REJECT:
        return decision.why == judgement.why
    return judgement.verb is Verb.ACCEPT or _has(
        in_its_words(store, about, review), judgement.question, judgement.answer
    )


def in_its_words(store: Store, about: Ref, review: Review) -> Example:
    """An example as it would be learnt now."""
    return store.get(review.edited or about, Example)


def _has(example: Example, question: str | None, answer: str | None) -> bool:
    return question in {None, example.question} and answer in {None, example.answer}


def _can_undo(about: Ref, chain: list[Decision], judgement: Judgement) -> None:
    if judgement.verb is Verb.UNDO and not chain:
        raise UsageError(f"nothing was decided about {about.short}, so there is nothing to undo")


def _in_new_words(store: Store, about: Ref, review: Review, judgement: Judgement) -> Example | None:
    if judgement.verb is not Verb.EDIT:
        return None
    now = in_its_words(store, about, review)
    if _has(now, judgement.question, judgement.answer):
        raise UsageError(
            f"{about.short} has these words already",
            hint="say another question or another answer, or accept it as it is",
        )
    original = store.get(about, Example)
    person = Person(name=judgement.by)
    origins = (original.ref, person.ref, *original.made_from)
    store.put(person)
    return original.model_copy(
        update={
            "turns": _turns(now, judgement.question, judgement.answer),
            "made_from": origins if len(origins) <= MOST_PARENTS else origins[:2],
        }
    )


def _turns(example: Example, question: str | None, answer: str | None) -> tuple[Turn, ...]:
    """The conversation with another last question and another last answer."""
    turns = list(example.turns)
    if question is not None:
        at = max((at for at, turn in enumerate(turns) if turn.role == "user"), default=None)
        if at is None:
            raise UsageError("an example without a question cannot be given another one")
        turns[at] = Turn(role="user", text=question)
    if answer is not None:
        turns[-1] = Turn(role="assistant", text=answer)
    return tuple(turns)


def resolve_all(store: Store, names: list[str]) -> list[Ref]:
    """Every name as a record, before anything is decided about any of them.

    Raises:
        NotFound: naming the first that is none.
    """
    try:
        return [store.resolve(name) for name in names]
    except NotFound as error:
        error.hint = "nothing was decided; `lorewright list example` shows what there is"
        raise
