"""What differs between two adapters: what they were taught, how, on what, and how it went."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from lorewright.flows.registry import Entry
from lorewright.lineage import Ref
from lorewright.records import Decision, Split, Verb
from lorewright.store import Change, Store, difference


class Reworded(NamedTuple):
    """An example in whose place another with a reviewer's words stands."""

    split: Split
    old: Ref
    new: Ref


class Moved(NamedTuple):
    """An example that serves another purpose."""

    example: Ref
    old: Split
    new: Split


class Differing(NamedTuple):
    """One value that is not the same in both."""

    name: str
    old: str | None
    """None where the old one has no such value."""
    new: str | None


@dataclass(frozen=True, slots=True)
class AdapterDifference:
    """Everything that differs; what is equal is left out."""

    old: Entry
    new: Entry
    added: tuple[Change, ...]
    removed: tuple[Change, ...]
    reworded: tuple[Reworded, ...]
    moved: tuple[Moved, ...]
    recipe: tuple[Differing, ...]
    """Settings."""
    base: tuple[Differing, ...]
    metrics: tuple[Differing, ...]
    decisions: tuple[Differing, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        parts = (
            *(self.added, self.removed, self.reworded, self.moved),
            *(self.recipe, self.base, self.metrics, self.decisions),
        )
        return not any(parts)


def compare(store: Store, old: Entry, new: Entry) -> AdapterDifference:
    """Put two adapters side by side."""
    changes = list(difference(store, old.dataset, new.dataset))
    moved = tuple(_moved(changes))
    gone_elsewhere = {one.example for one in moved}
    removed = [one for one in changes if not one.added and one.example not in gone_elsewhere]
    added = [one for one in changes if one.added and one.example not in gone_elsewhere]
    reworded = tuple(_reworded(store, removed, added))
    replaced = {name for one in reworded for name in (one.old, one.new)}
    return AdapterDifference(
        old=old,
        new=new,
        added=tuple(one for one in added if one.example not in replaced),
        removed=tuple(one for one in removed if one.example not in replaced),
        reworded=reworded,
        moved=moved,
        recipe=differing(flat(old.settings), flat(new.settings)),
        base=differing(_base(old), _base(new)),
        metrics=differing(_metrics(old), _metrics(new)),
        decisions=differing(_decided(old), _decided(new)),
    )


def differing(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Differing, ...]:
    """The values that are not the same, by name."""
    return tuple(
        Differing(name, old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    )


def flat(settings: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Settings without tables in tables: `pocket.steps` and so on; what is not set is left out."""
    found: dict[str, str] = {}
    for name, value in settings.items():
        if isinstance(value, dict):
            table: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType] - JSON
            found |= flat(table, f"{before}{name}.")
        elif value is not None:
            found[f"{before}{name}"] = str(value)
    return found


def _moved(changes: list[Change]) -> Iterator[Moved]:
    taken_out = {one.example: one.split for one in changes if not one.added}
    for one in changes:
        if one.added and one.example in taken_out:
            yield Moved(one.example, taken_out[one.example], one.split)


def _reworded(store: Store, removed: list[Change], added: list[Change]) -> Iterator[Reworded]:
    """Where a reviewer's edit put one example in the place of another."""
    new = {str(one.example): one for one in added}
    splits = {one.example: one.split for one in removed}
    about = store.children(list(splits), kind=Decision.kind)
    edits: dict[Ref, Reworded] = {}
    for decision in store.get_many(about, Decision):
        if decision.verb is Verb.EDIT and decision.about in splits and decision.value in new:
            edits[decision.about] = Reworded(
                new[decision.value].split, decision.about, new[decision.value].example
            )
    yield from edits.values()


def _base(entry: Entry) -> dict[str, str]:
    base = entry.base
    if base is None:
        return {"name": "erased"}
    return {
        "name": base.name,
        "record": base.ref.short,
        "architecture": base.architecture,
        "parameters": f"{base.parameters:,}",
    }


def _metrics(entry: Entry) -> dict[str, str]:
    adapter = entry.adapter
    found = {
        "steps": f"{adapter.steps:,}",
        "loss_tokens": f"{adapter.loss_tokens:,}",
        "train_loss": str(adapter.train_loss),
        "verdict": entry.proof,
    }
    if adapter.held_out_loss is not None:
        found["held_out_loss"] = str(adapter.held_out_loss)
    for one in entry.verdict.comparisons if entry.verdict else ():
        found[f"{one.split}: {one.arm} - {one.against}"] = (
            f"{one.mean_difference:+} ({one.low:+} to {one.high:+})"
        )
    return found


def _decided(entry: Entry) -> dict[str, str]:
    history = entry.history
    places = {one.place: str(one.status) for one in history.deployments}
    return {
        "state": str(history.state),
        **({"versions": ", ".join(history.versions)} if history.versions else {}),
        **{f"at {place}": status for place, status in places.items()},
    }
