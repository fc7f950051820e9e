"""Finding a dataset, an adapter or a verdict by its name or by being the newest."""

from typing import TypeVar

from lorewright.errors import BadRef, NotFound, NotYet, UsageError
from lorewright.flows.adapter_versions import version_named
from lorewright.lineage import Ref
from lorewright.records import MOST_PARENTS, Adapter, Collection, Record
from lorewright.store import Store, alias, set_alias

R = TypeVar("R", bound=Record)

COMMANDS = {
    "dataset": "curate",
    "adapter": "train",
    "verdict": "evaluate",
    "release": "release",
    "scenario_set": "scenarios",
    "evaluation_lock": "evaluate --lock",
    "proof": "evaluate",
}
"""The command that makes a record of each kind."""

NEWEST = "@newest"
"""Behind a kind, where `@latest` stands behind a name: a dataset may be called `adapter`."""


def find(store: Store, name: str | None, shape: type[R]) -> R:
    """The record that `name` means: kind:id, an alias such as `coach@latest`, or the newest.

    A version such as `coach@3` or `coach@approved` means an adapter.

    Raises:
        NotYet: when none was made yet.
        NotFound: when nothing is called `name`.
        UsageError: when something of another kind is.
    """
    ref = newest(store, shape) if name is None else _named(store, name, shape.kind)
    if ref is None:
        raise NotYet(
            f"there is no {shape.kind} in this workspace",
            hint=f"make one with `lorewright {COMMANDS[shape.kind]}`",
        )
    if ref.kind != shape.kind:
        raise UsageError(
            f"{ref.short} is not of the kind {shape.kind}",
            hint=f"`lorewright list {shape.kind}` shows those there are",
        )
    return store.get(ref, shape)


def newest(store: Store, shape: type[Record]) -> Ref | None:
    """The newest record of its kind, as `set_newest` said; None before the first."""
    return alias(store, f"{shape.kind}{NEWEST}")


def set_newest(store: Store, ref: Ref) -> None:
    """Let the commands that are told no name work on `ref` from now on."""
    set_alias(store, f"{ref.kind}{NEWEST}", ref)


def _named(store: Store, name: str, kind: str) -> Ref:
    known = version_named(store, name) if kind == Adapter.kind else None
    known = known or alias(store, name if "@" in name else f"{name}@latest")
    try:
        return known or store.resolve(name)
    except BadRef as error:
        if ":" in name:
            raise
        raise NotFound(
            f"there is no {kind} called {name!r}",
            hint=f"`lorewright list {kind}` shows those there are",
        ) from error


def parents(store: Store, refs: list[Ref], *more: Ref, most: int = MOST_PARENTS) -> tuple[Ref, ...]:
    """`refs` and `more` as parents of one record; many `refs` are gathered in collections.

    The collections are kept; they nest until `most` parents are enough.
    """
    level = [(ref, 1) for ref in refs]
    kind = refs[0].kind
    while len(level) > most - len(more):
        gathered: list[tuple[Ref, int]] = []
        for at in range(0, len(level), MOST_PARENTS):
            members = level[at : at + MOST_PARENTS]
            one = Collection(
                member_kind=kind,
                count=sum(count for _, count in members),
                made_from=tuple(ref for ref, _ in members),
            )
            store.put(one)
            gathered.append((one.ref, one.count))
        level = gathered
    return (*(ref for ref, _ in level), *more)
