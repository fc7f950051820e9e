"""What was decided about a record, and what holds now."""

from collections import defaultdict
from collections.abc import Callable, Iterable

import sqlalchemy as sa

from lorewright.errors import Refused
from lorewright.lineage import Ref
from lorewright.records import (
    UNKNOWN_LICENCE,
    Decision,
    Document,
    Example,
    Person,
    Record,
    Review,
    Source,
    Verb,
    review_of,
)
from lorewright.store.clock import now
from lorewright.store.record_store import Store
from lorewright.store.rows import living_key, named, put_records
from lorewright.store.tables import aliases, edges, records


def decide(  # noqa: PLR0913 - every part of a decision
    store: Store,
    about: Ref,
    verb: Verb,
    *,
    why: str,
    by: str,
    value: str | Record | None = None,
    check: Callable[[list[Decision]], None] = lambda _chain: None,
    claim: str | None = None,
) -> Decision:
    """Add a decision to the chain about one record, and keep it.

    Args:
        store: where.
        about: the record.
        verb: what is decided.
        why: the reason.
        by: the name of who decides.
        value: what the decision says beside its verb; a record is kept with it, both or none,
            and named by it.
        check: is shown the chain so far, and raises when it is not as the caller believes.
            Nobody can add to the chain between the look and the decision.
        claim: an alias that the record gets with the decision, both or none, and that no other
            has ever had.

    Raises:
        Refused: when another record has the alias already.
        NotFound: when there is no such record.
        Erased: when it was erased.
    """
    person = Person(name=by)
    new = [value] if isinstance(value, Record) else []

    def change(db: sa.Connection) -> Decision:
        # Only one process writes at a time, so nobody else can take the end of the chain.
        chain = _chain(db, about)
        check(chain)
        after = (chain[-1].ref,) if chain else ()
        decision = Decision(
            about=about,
            verb=verb,
            value=value.ref if isinstance(value, Record) else value,
            why=why,
            by=person.ref,
            at=now(),
            after=after[0] if after else None,
            made_from=(about, person.ref, *after),
        )
        if claim:
            _claim(db, claim, about)
        put_records(db, [person])
        put_records(db, [*new, decision])
        return decision

    return store.write(change)


def _claim(db: sa.Connection, name: str, about: Ref) -> None:
    key = living_key(db, about)
    holder = db.scalar(sa.select(aliases.c.record).where(aliases.c.name == name))
    if holder is None:
        db.execute(aliases.insert().values(name=name, record=key))
    elif holder != key:
        raise Refused(f"{name} is another record already")


def decisions_about(store: Store, about: Ref) -> list[Decision]:
    """The decisions about one record, in the order in which they follow each other."""
    with store.database.read() as db:
        return _chain(db, about)


def _chain(db: sa.Connection, about: Ref) -> list[Decision]:
    parent = records.alias("parent")
    bodies = db.scalars(
        sa.select(records.c.body)
        .join(edges, edges.c.child == records.c.key)
        .join(parent, parent.c.key == edges.c.parent)
        .where(
            named([about], parent),
            records.c.kind == Decision.kind,
            records.c.body.is_not(None),
        )
    )
    found = [Decision.from_body(body) for body in bodies]
    return _in_order(decision for decision in found if decision.about == about)


def _in_order(found: Iterable[Decision]) -> list[Decision]:
    by_previous = {decision.after: decision for decision in found}
    chain: list[Decision] = []
    following = by_previous.get(None)
    while following is not None:
        chain.append(following)
        following = by_previous.get(following.ref)
    return chain


def review(store: Store, example: Ref) -> Review:
    """Where one example stands with those who read it."""
    return review_of(decisions_about(store, example))


def reviews(store: Store) -> dict[Ref, Review]:
    """Where every example stands about which anything was ever decided."""
    about: defaultdict[Ref, list[Decision]] = defaultdict(list)
    for decision in store.get_many(store.names(Decision.kind), Decision):
        if decision.about.kind == Example.kind:
            about[decision.about].append(decision)
    return {example: review_of(_in_order(found)) for example, found in about.items()}


def chains(store: Store, subjects: Iterable[Ref]) -> dict[Ref, list[Decision]]:
    """The decisions about each of `subjects`, in their order; those without any are left out."""
    wanted = set(subjects)
    about: defaultdict[Ref, list[Decision]] = defaultdict(list)
    named_by = store.children(wanted, kind=Decision.kind)
    for decision in store.get_many(named_by, Decision):
        if decision.about in wanted:
            about[decision.about].append(decision)
    return {subject: _in_order(found) for subject, found in about.items()}


def decided_after(store: Store, ref: Ref) -> int:
    """How many decisions about examples were kept after `ref` was."""
    made, subject = records.alias("made"), records.alias("subject")
    query = (
        sa.select(sa.func.count(records.c.key.distinct()))
        .join(edges, sa.and_(edges.c.child == records.c.key, edges.c.position == 0))
        .join(subject, subject.c.key == edges.c.parent)
        .where(
            records.c.kind == Decision.kind,
            subject.c.kind == Example.kind,
            records.c.key > sa.select(made.c.key).where(named([ref], made)).scalar_subquery(),
        )
    )
    with store.database.read() as db:
        return db.scalar(query) or 0


def withdrawal(store: Store, about: Ref) -> Decision | None:
    """The decision that withdraws a record, unless a later one restores it."""
    verbs = (Verb.WITHDRAW, Verb.RESTORE)
    standing = [found for found in decisions_about(store, about) if found.verb in verbs]
    return standing[-1] if standing and standing[-1].verb is Verb.WITHDRAW else None


def withdrawn_sources(store: Store) -> dict[Ref, Decision]:
    """Every source whose use is stopped, with the decision that stops it."""
    decided = store.get_many(store.names(Decision.kind), Decision)
    about = {decision.about for decision in decided if decision.about.kind == Source.kind}
    living = [source.ref for source in store.get_many(sorted(about), Source)]
    return {source: decision for source in living if (decision := withdrawal(store, source))}


def licence_of(store: Store, source: Source) -> str:
    """The licence that holds now.

    The last correction wins, then what whoever brought the source said, then what its newest
    document says about itself, and else it is `unknown`.
    """
    corrected = [
        found.value
        for found in decisions_about(store, source.ref)
        if found.verb is Verb.LICENCE and found.value
    ]
    if corrected:
        return corrected[-1]
    if source.licence != UNKNOWN_LICENCE:
        return source.licence
    documents = store.get_many(store.children([source.ref], kind=Document.kind), Document)
    said = [document.licence for document in documents if document.licence]
    return said[-1] if said else UNKNOWN_LICENCE


def refuse_withdrawn(store: Store, refs: Iterable[Ref], *, doing: str) -> None:
    """Stop when something rests on a withdrawn source.

    Raises:
        Refused: naming the source and the reason of its withdrawal.
    """
    withdrawn = withdrawn_sources(store)
    if not withdrawn:
        return
    for ref in refs:
        for source in sorted(withdrawn.keys() & {ref, *ancestors(store, ref)}):
            raise Refused(
                f"{doing} {ref.short} is refused: its source {source.short} was withdrawn "
                f"({withdrawn[source].why})",
                hint="make a dataset without it: run `lorewright curate` again; or undo with "
                f"`lorewright withdraw {source.short} --undo --why REASON`",
            )


def ancestors(store: Store, ref: Ref) -> set[Ref]:
    """Everything that `ref` rests on, however far."""
    seen: set[Ref] = set()
    level = {ref}
    while level:
        level = set(store.parents(*level)) - seen
        seen |= level
    return seen
