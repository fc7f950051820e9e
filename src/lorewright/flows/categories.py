"""Where a document belongs: what its owner decided, and else what rules found."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from lorewright.analyze import Categories
from lorewright.errors import UsageError
from lorewright.flows.analyses import catalogue_of, categorisation_of
from lorewright.lineage import Ref
from lorewright.records import Decision, Document, Verb
from lorewright.settings import Settings
from lorewright.store import Store, decide, decisions_about


@dataclass(frozen=True, slots=True)
class Category:
    """One field of a document as it holds now."""

    field: str
    values: tuple[str, ...]
    origin: str | None
    """`decision` or `rule`; None without a value."""
    why: str
    """The reason of the decision, what the rule counted, or why there is no value."""
    decision: Ref | None = None


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
    rules = categorisation_of(store, settings, document)
    by_rule = {one.field: one for one in rules.fields} if rules else {}
    found: list[Category] = []
    for field in catalogue_of(settings).fields:
        if field in standing:
            decision, values = standing[field]
            found.append(Category(field, values, "decision", decision.why, decision.ref))
        elif field in by_rule:
            rule = by_rule[field]
            why = rule.reason or "; ".join(rule.cues)
            found.append(Category(field, rule.values, "rule" if rule.values else None, why))
        else:
            found.append(Category(field, (), None, "not analyzed yet with this catalogue"))
    return found


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
