"""Named sets of conversations whose version rises when they change, and what changed."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from lorewright.flows.naming import parents
from lorewright.lineage import Ref
from lorewright.records import Collection, Enrichment, Recipe
from lorewright.store import Store, alias, set_alias

STEP = "training-file"
AT_ONCE = 64
"""Conversations in memory at a time."""
SHOWN = 5
"""Ids that are told with each kind of change."""


class Changes(NamedTuple):
    """Ids of conversations that are otherwise than in the version before."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    """Told otherwise: enriched anew, or imported again."""

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each."""
        return {name: len(ids) for name, ids in self._asdict().items()}


class TrainingFile(NamedTuple):
    """One version of a named set of conversations."""

    name: str
    version: int
    members: Ref
    """The collection of its enrichments."""
    created_date: str
    last_updated: str
    changes: dict[str, int]
    shown: dict[str, list[str]]
    """The first ids of each kind of change."""
    before: Ref | None
    """The version before, a recipe."""


def version_of(store: Store, name: str, enrichments: Mapping[Ref, str]) -> TrainingFile:
    """The version that these enrichments are under a name: the last one, or the one after it.

    Nothing is decided before `keep_version`; the set itself is kept at once.

    Args:
        store: where.
        name: of the training file.
        enrichments: each with the id of its conversation.
    """
    members = gathered(store, list(enrichments), Enrichment.kind)
    last = alias(store, f"{STEP}/{name}")
    known = _read(store, last) if last else None
    if known and known.members == members:
        return known
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    old = set(_members(store, known.members)) if known else set[Ref]()
    changes = _changes(store, old, enrichments)
    return TrainingFile(
        name,
        known.version + 1 if known else 1,
        members,
        known.created_date if known else today,
        today,
        changes.counts,
        {kind: list(ids[:SHOWN]) for kind, ids in changes._asdict().items()},
        last,
    )


def keep_version(store: Store, file: TrainingFile) -> None:
    """Let this be the last version of its name; the one that is so already stays."""
    recipe = Recipe(
        step=STEP,
        settings={
            **file._asdict(),
            "members": str(file.members),
            "before": str(file.before) if file.before else None,
        },
    )
    store.put(recipe)
    set_alias(store, f"{STEP}/{file.name}", recipe.ref)


def gathered(store: Store, refs: list[Ref], kind: str) -> Ref:
    """One record that rests on all of `refs`, the same for the same ones."""
    collection = Collection(
        member_kind=kind, count=len(refs), made_from=parents(store, sorted(refs))
    )
    store.put(collection)
    return collection.ref


def _read(store: Store, ref: Ref) -> TrainingFile:
    told = store.get(ref, Recipe).settings
    content = {**told, "members": Ref.parse(str(told["members"]))}
    before = told["before"]
    content["before"] = Ref.parse(before) if isinstance(before, str) else None
    return TrainingFile(**content)  # pyright: ignore[reportArgumentType] - as it was kept


def _members(store: Store, collection: Ref) -> Iterator[Ref]:
    for ref in store.parents(collection):
        if ref.kind == Collection.kind:
            yield from _members(store, ref)
        else:
            yield ref


def _changes(store: Store, old: set[Ref], new: Mapping[Ref, str]) -> Changes:
    gone = _ids(store, sorted(old - new.keys()))
    come = {new[ref] for ref in new.keys() - old}
    return Changes(
        tuple(sorted(come - gone)), tuple(sorted(gone - come)), tuple(sorted(come & gone))
    )


def _ids(store: Store, enrichments: list[Ref]) -> set[str]:
    """The ids of their conversations; what was erased goes by its name."""
    found = set[str]()
    for at in range(0, len(enrichments), AT_ONCE):
        batch = enrichments[at : at + AT_ONCE]
        about = {
            ref: Ref.parse(json.loads(body)["content"]["conversation"])
            for ref, body in store.bodies(batch)
        }
        ids = {
            ref: str(json.loads(body)["content"]["conversation_id"])
            for ref, body in store.bodies(list(about.values()))
        }
        found |= {ids.get(about.get(ref, ref), ref.short) for ref in batch}
    return found
