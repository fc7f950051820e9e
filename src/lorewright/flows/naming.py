"""Finding a dataset, an adapter or a verdict by its name or by being the newest."""

from typing import TypeVar

from lorewright.errors import NotYet
from lorewright.lineage import Ref
from lorewright.records import MOST_PARENTS, Collection, Record
from lorewright.store import Store, alias

R = TypeVar("R", bound=Record)

COMMANDS = {"dataset": "curate", "adapter": "train", "verdict": "evaluate"}
"""The command that makes a record of each kind."""


def find(store: Store, name: str | None, shape: type[R]) -> R:
    """The record that `name` means: kind:id, an alias such as `coach@latest`, or the newest.

    Raises:
        NotYet: when none was made yet.
    """
    if name is not None:
        known = alias(store, name if "@" in name else f"{name}@latest")
        return store.get(known or store.resolve(name), shape)
    newest = alias(store, f"{shape.kind}@latest")
    if newest is None:
        raise NotYet(
            f"there is no {shape.kind} in this workspace",
            hint=f"make one with `lorewright {COMMANDS[shape.kind]}`",
        )
    return store.get(newest, shape)


def parents(store: Store, refs: list[Ref], *more: Ref) -> tuple[Ref, ...]:
    """`refs` and `more` as parents of one record; many `refs` are gathered in collections.

    The collections are kept; they nest until 64 parents are enough.
    """
    level = [(ref, 1) for ref in refs]
    kind = refs[0].kind
    while len(level) > MOST_PARENTS - len(more):
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
