"""How the registry of adapters is shown: rows, differences and decisions."""

from typing import Any

from lorewright.cli.face import Face
from lorewright.flows.adapter_diff import AdapterDifference, Differing
from lorewright.flows.registry import Entry
from lorewright.lineage import Ref
from lorewright.records import Decision, Person, Verb, history_of
from lorewright.store import Store

EXAMPLES_SHOWN = 20
HEADS = (
    *("adapter", "called", "state", "base", "dataset", "method"),
    *("steps", "held-out", "cost", "when", "verdict"),
)


def row_of(entry: Entry) -> dict[str, Any]:
    """Everything in one row, for other programs and for `show`."""
    adapter, history, made = entry.adapter, entry.history, entry.made
    return {
        "adapter": adapter.ref,
        "role": adapter.role,
        "versions": list(history.versions),
        "state": history.state,
        "base": entry.base.name if entry.base else "erased",
        "dataset": entry.dataset.name,
        "dataset_record": entry.dataset.ref,
        "method": entry.method,
        "steps": adapter.steps,
        "train_loss": adapter.train_loss,
        "held_out_loss": adapter.held_out_loss,
        "verdict": entry.verdict.ref if entry.verdict else None,
        "proof": entry.proof,
        "rated": entry.rated.headline if entry.rated else None,
        "cost_usd": made.cost_usd if made and made.cost_usd else None,
        "seconds": made.seconds if made else None,
        "at": made.at if made else None,
        "deployments": [
            {"place": one.place, "status": one.status, "since": one.decision.at}
            for one in history.deployments
        ],
        "barred": entry.barred,
    }


def print_table(face: Face, found: list[Entry]) -> None:
    """One line for each adapter, however long: what is piped must not be cut to a window."""
    rows = [HEADS, *(_cells(entry) for entry in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        face.say(line.rstrip())


def _cells(entry: Entry) -> tuple[str, ...]:
    row = row_of(entry)
    return (
        row["adapter"].short,
        ", ".join(row["versions"]) or "-",
        row["state"] + (" (barred)" if entry.barred else ""),
        row["base"],
        row["dataset"],
        row["method"],
        f"{row['steps']:,}",
        str(row["held_out_loss"] or "-"),
        f"{row['cost_usd']} USD" if row["cost_usd"] else "-",
        (row["at"] or "-")[:16],
        row["proof"],
    )


def print_difference(face: Face, found: AdapterDifference) -> None:
    """What differs, the data first."""
    if found.is_empty:
        face.say("nothing differs")
    counts = {
        "added": len(found.added),
        "taken out": len(found.removed),
        "reworded": len(found.reworded),
        "moved to another split": len(found.moved),
    }
    if any(counts.values()):
        face.say("data: " + ", ".join(f"{number:,} {what}" for what, number in counts.items()))
    lines = [
        *(f"  + {one.split:<9} {one.example.short}" for one in found.added),
        *(f"  - {one.split:<9} {one.example.short}" for one in found.removed),
        *(f"  ~ {one.split:<9} {one.old.short} is now {one.new.short}" for one in found.reworded),
        *(f"  > {one.old} to {one.new}: {one.example.short}" for one in found.moved),
    ]
    for line in lines[:EXAMPLES_SHOWN]:
        face.say(line)
    if len(lines) > EXAMPLES_SHOWN:
        face.say(f"  and {len(lines) - EXAMPLES_SHOWN:,} more, which --json lists")
    for title in ("recipe", "base", "metrics", "decisions"):
        _print_values(face, title, getattr(found, title))


def _print_values(face: Face, title: str, values: tuple[Differing, ...]) -> None:
    if values:
        face.say(f"{title}:")
    for one in values:
        face.say(f"  {one.name.replace('_', ' ')}: {one.old or 'none'} -> {one.new or 'none'}")


def called_of(entry: Entry) -> str:
    """What people call an adapter."""
    versions = entry.history.versions
    return f"{versions[-1]} ({entry.adapter.ref.short})" if versions else entry.adapter.ref.short


def decided(decision: Decision) -> str:
    """What was decided."""
    if decision.verb is Verb.DEPLOY:
        (told,) = history_of([decision]).deployments
        return f"deploy: {told.status} at {told.place}"
    return f"{decision.verb} {decision.value}" if decision.value else str(decision.verb)


def decision_row(decision: Decision, by: str) -> dict[str, Any]:
    """A decision, for other programs."""
    return {
        "decision": decision.ref,
        "verb": decision.verb,
        "value": decision.value,
        "why": decision.why,
        "by": by,
        "at": decision.at,
    }


def people_of(store: Store, entry: Entry) -> dict[Ref, str]:
    """Who decided, by name."""
    return {one.by: store.get(one.by, Person).name for one in entry.chain}


def said(name: str, value: Any) -> str:
    """A value of a row, for people."""
    if name == "deployments":
        return ", ".join(f"{one['status']} at {one['place']} since {one['since']}" for one in value)
    return ", ".join(value) if name == "versions" else str(value)
