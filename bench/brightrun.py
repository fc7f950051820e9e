"""Write a training file in the format brightrun-lora-v4 from records: time and peak memory."""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from enriching import ENTRIES, conversation
from lorewright.flows.conversation_export import Order, export_conversations
from lorewright.flows.enriching import enrich_conversations
from lorewright.settings import Settings
from lorewright.store import Workspace
from measuring import in_a_process, peak_mib
from page import Section

MEGABYTES = 1_000
"""Of the JSON file; the workspace that it is written from has a fifth of them."""
FORMATS = ("brightrun-v4", "brightrun-v4-jsonl")
TURNS = 6
"""Messages of a conversation: what real ones have most often."""
AT_ONCE = 500
"""Conversations that are kept at a time."""
MOST_MIB = 300
"""A file of any size is written within this."""


def measure(megabytes: int = MEGABYTES) -> Section:
    """Fill a workspace, then write it in each format in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder:
        place = Path(folder) / "workspace"
        filled = in_a_process(lambda: _fill(place, megabytes))
        rows = [_row(place, name, filled["conversations"]) for name in FORMATS]
    return Section(
        title="Training files from records",
        about=f"`export` of {filled['conversations']:,} made-up conversations of {TURNS} messages, "
        "stored once with their history and expanded on writing, in wall time; then the same with "
        "`--check`, which reads the file back and compares it with the records. Memory is the "
        "peak of the resident set in a process that does nothing else.",
        columns=[
            "format",
            "file",
            "pairs",
            "export",
            "peak memory",
            "export and check",
            "peak memory",
            "differences",
        ],
        rows=rows,
    )


def _row(place: Path, name: str, conversations: int) -> list[str]:
    plain = in_a_process(lambda: _export(place, name, check=False))
    checked = in_a_process(lambda: _export(place, name, check=True))
    if plain["written"] != conversations or checked["differences"]:
        raise RuntimeError(f"{name}: {plain} {checked}")
    if plain["mib"] > MOST_MIB:
        raise RuntimeError(f"{name} took {plain['mib']:.0f} MiB, and {MOST_MIB} are allowed")
    return [
        name,
        f"{plain['bytes'] / 1e6:,.0f} MB",
        f"{plain['pairs']:,}",
        f"{plain['seconds']:.1f} s",
        f"{plain['mib']:.0f} MiB",
        f"{checked['seconds']:.1f} s",
        f"{checked['mib']:.0f} MiB",
        f"{checked['differences']}",
    ]


def _fill(place: Path, megabytes: int) -> dict[str, Any]:
    """Keep and enrich conversations until the file that they make has the size."""
    workspace, settings = Workspace(place), Settings()
    workspace.make()
    with workspace.open(settings) as store:
        store.put(*ENTRIES)
        store.put(*(conversation(number, TURNS) for number in range(AT_ONCE)))
        enrich_conversations(store, settings)
        sample = export_conversations(workspace, store, settings, Order("brightrun-v4", "sample"))
        each = sample.path.stat().st_size / AT_ONCE
        count = max(round(megabytes * 1e6 / each), AT_ONCE)
        for first in range(AT_ONCE, count, AT_ONCE):
            until = min(first + AT_ONCE, count)
            store.put(*(conversation(number, TURNS) for number in range(first, until)))
        enrich_conversations(store, settings)
    return {"conversations": count}


def _export(place: Path, name: str, *, check: bool) -> dict[str, Any]:
    workspace, settings = Workspace(place), Settings()
    begun = time.perf_counter()
    with workspace.open(settings) as store:
        made = export_conversations(workspace, store, settings, Order(name, check=check))
    return {
        "seconds": time.perf_counter() - begun,
        "mib": peak_mib(),
        "bytes": made.path.stat().st_size,
        "written": made.written,
        "pairs": made.pairs,
        "differences": None if made.differences is None else len(made.differences),
    }


if __name__ == "__main__":
    print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES).as_markdown())
