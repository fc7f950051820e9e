"""Where a document belongs: what its owner decided, else what a teacher or rules found."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lorewright.analyze import CATEGORY, Categories
from lorewright.errors import UsageError
from lorewright.flows.analyses import (
    catalogue_of,
    categorisation_of,
    taught_categorisation_of,
)
from lorewright.lineage import Ref
from lorewright.records import CategoryField, Decision, Document, Verb
from lorewright.settings import Settings
from lorewright.store import Store, decide, decisions_about


@dataclass(frozen=True, slots=True)
class Category:
    """One field of a document as it holds now."""

    field: str
    values: tuple[str, ...]
    origin: str | None
    """`decision`, `teacher` or `rule`; None without a value."""
    why: str
    """The reason of the decision, what was counted or read, or why there is no value."""
    decision: Ref | None = None
    rests_on: Ref | None = None
    """The record that says so; None without a value."""


def categorise_document(
    store: Store,
    settings: Settings,
    ref: Ref,
    choices: Iterable[tuple[str, str]],
    *,
    why: str,
    by: str,
) -> list[Decision]:
    """Decide fields of a document; of a field that takes many, all values named hold together.

    Nothing is decided unless everything that is asked for can be.

    Raises:
        UsageError: when it is no document, or a field or value is not in the catalogue.
    """
    _must_be_document(store, ref)
    decided = _values(catalogue_of(settings), choices)
    return [
        decide(store, ref, Verb.CATEGORISE, value=_value(field, values), why=why, by=by)
        for field, values in decided.items()
    ]


def undo_category(
    store: Store, settings: Settings, ref: Ref, field: str, *, why: str, by: str
) -> Decision:
    """Let the rules say again what a field of a document is.

    Raises:
        UsageError: when nobody decided it.
    """
    _must_be_document(store, ref)
    catalogue_of(settings).known(field)
    if field not in _standing(store, ref):
        raise UsageError(f"nobody decided {field} of {ref.short}, so there is nothing to undo")
    return decide(store, ref, Verb.CATEGORISE, value=_value(field, None), why=why, by=by)


def categories_of(store: Store, settings: Settings, document: Ref) -> list[Category]:
    """Every field of a document: the last decision of its owner, else what rules found."""
    standing = _standing(store, document)
    catalogue = catalogue_of(settings)
    said = list(_said(store, settings, document))
    found: list[Category] = []
    for field in catalogue.fields:
        if field in standing:
            decision, values = standing[field]
            ref = decision.ref
            found.append(Category(field, values, "decision", decision.why, ref, ref))
        else:
            found.append(_found(field, catalogue, said))
    return found


def category_of(store: Store, settings: Settings, document: Ref) -> Category:
    """The one category of a document, or why it has none."""
    return next(one for one in categories_of(store, settings, document) if one.field == CATEGORY)


class _Said(NamedTuple):
    """What one record says about a document."""

    origin: str
    record: Ref
    by_field: dict[str, CategoryField]


def _said(store: Store, settings: Settings, document: Ref) -> Iterator[_Said]:
    """What a teacher says, then what rules say."""
    for origin, record in (
        ("teacher", taught_categorisation_of(store, document)),
        ("rule", categorisation_of(store, settings, document)),
    ):
        if record is not None:
            yield _Said(origin, record.ref, {one.field: one for one in record.fields})


def _found(field: str, catalogue: Categories, said: list[_Said]) -> Category:
    """The first value that somebody gives, else the first reason why there is none."""
    known = catalogue.known(field)
    why = "not analyzed yet with this catalogue"
    for _, _, by_field in reversed(said):
        one = by_field.get(field)
        why = (one.reason if one else None) or why
    for origin, record, by_field in said:
        one = by_field.get(field)
        if one and one.values and set(one.values) <= set(known):  # the catalogue may be another
            cues = "; ".join(dict.fromkeys(one.cues))
            return Category(field, one.values, origin, cues, rests_on=record)
    return Category(field, (), None, why)


def _values(
    catalogue: Categories, choices: Iterable[tuple[str, str]]
) -> dict[str, tuple[str, ...]]:
    decided: dict[str, tuple[str, ...]] = {}
    for field, value in choices:
        chosen = catalogue.chosen(field, value)
        if field in decided and not catalogue.takes_many(field):
            raise UsageError(f"{field} takes one value, and {value!r} is the second")
        if chosen not in decided.get(field, ()):
            decided[field] = (*decided.get(field, ()), chosen)
    if not decided:
        raise UsageError(
            "nothing is decided", hint="name --category, --belonging or --tag FIELD=VALUE"
        )
    return decided


def _standing(store: Store, document: Ref) -> dict[str, tuple[Decision, tuple[str, ...]]]:
    """By field, the decision that holds; one that a later UNDO takes back does not count."""
    chain: list[Decision] = []
    for decision in decisions_about(store, document):
        if decision.verb is Verb.UNDO:
            del chain[-1:]
        else:
            chain.append(decision)
    found: dict[str, tuple[Decision, tuple[str, ...]]] = {}
    for decision in chain:
        if decision.verb is Verb.CATEGORISE and decision.value:
            said = json.loads(decision.value)
            found.pop(said["field"], None)
            if said["value"] is not None:
                found[said["field"]] = decision, tuple(said["value"])
    return found


def _value(field: str, values: tuple[str, ...] | None) -> str:
    return json.dumps({"field": field, "value": values}, ensure_ascii=False)


def _must_be_document(store: Store, ref: Ref) -> None:
    if ref.kind != Document.kind:
        raise UsageError(
            f"{ref.short} is not a document",
            hint="`lorewright list document` shows those there are",
        )
    store.get(ref, Document)
