"""Sets of scenarios: kept under a name, found again, and read in their order."""

from collections import Counter
from collections.abc import Iterator, Sequence

from lorewright.errors import Erased, Refused, UsageError
from lorewright.evaluate.proof import ProofRules
from lorewright.flows.datasets import NAME
from lorewright.flows.naming import find, parents, set_newest
from lorewright.lineage import Ref
from lorewright.records import (
    Collection,
    RejectedCount,
    Rejection,
    Scenario,
    ScenarioSet,
)
from lorewright.store import Store, alias, ancestors, set_alias, withdrawn_sources

CALLED = "@scenarios"
"""Behind the name of a set in its alias, where `@latest` stands behind that of a dataset: both
may have the same name."""


def check_name(name: str) -> str:
    """A name that a set may have.

    Raises:
        UsageError: when it is none that an alias can have.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f"a set of scenarios cannot be called {name[:100]!r}",
            hint="say another name with --name: up to 64 letters, digits, dots, dashes and "
            "underscores, a letter or a digit first",
        )
    return name


def keep_set(
    store: Store,
    name: str,
    kept: Sequence[Scenario],
    lost: Sequence[Rejection],
    *,
    origins: tuple[Ref, ...] = (),
) -> ScenarioSet:
    """Keep scenarios as the set `name`, with those that were turned down beside them.

    Args:
        store: with everything that they are made from.
        name: how the set is called from now on.
        kept: at least one, in the order in which they are asked.
        lost: all others that were asked for, each with its reason.
        origins: what else the set is made from.
    """
    store.put(*kept, *lost)
    members = _collected(store, [one.ref for one in kept])
    reasons = Counter(one.reason for one in lost)
    beside = (_collected(store, [one.ref for one in lost]),) if lost else ()
    made = ScenarioSet(
        name=check_name(name),
        members=members,
        requested=len(kept) + len(lost),
        accepted=len(kept),
        rejected_by_reason=tuple(
            RejectedCount(reason=reason, count=count) for reason, count in sorted(reasons.items())
        ),
        families=len({one.family for one in kept}),
        made_from=(members, *beside, *origins),
    )
    store.put(made)
    set_alias(store, f"{name}{CALLED}", made.ref)
    set_newest(store, made.ref)
    return made


def set_named(store: Store, name: str | None = None) -> ScenarioSet:
    """The set that `name` means: as it was called, kind:id, or the newest.

    Raises:
        NotYet: when there is no set yet.
        NotFound: when nothing is called so.
        UsageError: when something of another kind is.
    """
    known = alias(store, f"{name}{CALLED}") if name else None
    return store.get(known, ScenarioSet) if known else find(store, name, ScenarioSet)


def sets_of(store: Store) -> Iterator[ScenarioSet]:
    """Every set, the last that was kept first."""
    yield from store.get_many(store.newest(ScenarioSet.kind), ScenarioSet)


def scenarios_of(store: Store, found: ScenarioSet) -> list[Scenario]:
    """The scenarios of a set in their order, all of them.

    Raises:
        Erased: when some were erased: what is left is another set.
        Refused: when something of it rests on a withdrawn source.
    """
    names = list(_members(store, found.members))
    scenarios = list(store.get_many(names, Scenario))
    if len(scenarios) < found.accepted:
        raise Erased(
            f"{found.accepted - len(scenarios):,} of the {found.accepted:,} scenarios of "
            f"{found.name!r} were erased",
            where=found.ref.short,
            hint="make or import another set with `lorewright scenarios`",
        )
    stopped = withdrawn_sources(store)
    for source in sorted(stopped.keys() & ancestors(store, found.ref)) if stopped else ():
        raise Refused(
            f"the scenarios of {found.name!r} may not be used: their source {source.short} was "
            f"withdrawn ({stopped[source].why})",
            hint=f"take it back with `lorewright withdraw {source.short} --undo`, or use another",
        )
    return scenarios


def scenarios_by_id(store: Store, found: ScenarioSet) -> list[Scenario]:
    """The same, as tables and sheets order them.

    Raises:
        Erased: when some were erased: what is left is another set.
        Refused: when something of it rests on a withdrawn source.
    """
    return sorted(scenarios_of(store, found), key=lambda one: one.scenario_id)


def rejections_of(store: Store, found: ScenarioSet) -> list[Rejection]:
    """What was asked for and is not in a set, with the reasons; erased ones are left out."""
    names = [
        name
        for parent in found.made_from
        if parent != found.members and parent.kind == Collection.kind
        for name in _members(store, parent)
    ]
    return list(store.get_many(names, Rejection))


def too_few(count: int) -> str | None:
    """What so few scenarios cannot show; None when there are enough."""
    rules = ProofRules()
    if count < rules.fewest:
        return f"with fewer than {rules.fewest} scenarios nothing is proven, whatever they show"
    if count < rules.enough:
        return (
            f"fewer than {rules.enough} scenarios only show large effects; "
            "`lorewright scenarios generate` writes 100"
        )
    return None


def _collected(store: Store, names: list[Ref]) -> Ref:
    """A collection of all of them, which nests where there are many."""
    whole = Collection(member_kind=names[0].kind, count=len(names), made_from=parents(store, names))
    store.put(whole)
    return whole.ref


def _members(store: Store, collection: Ref) -> Iterator[Ref]:
    for parent in store.parents(collection):
        if parent.kind == Collection.kind:
            yield from _members(store, parent)
        else:
            yield parent
