"""A dataset with its card, its bibliography and what a program needs to load it."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from lorewright import release
from lorewright.curate.exporters.json_text import on_one_line
from lorewright.errors import Refused
from lorewright.flows.exporting import contents_of
from lorewright.flows.folder_writing import HandedOut
from lorewright.flows.survey import Survey
from lorewright.lineage import Ref
from lorewright.records import Dataset, Split
from lorewright.release import DataFacts, FileFact
from lorewright.store import Store, Workspace, refuse_withdrawn

CARD = "README.md"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
DATA_VERSION = "1.0.0"
"""Of a dataset that is handed out by itself: its root says exactly which one it is."""


class Published(NamedTuple):
    """A dataset that was written with its card."""

    folder: Path
    files: tuple[FileFact, ...]
    facts: DataFacts


def publish_dataset(
    workspace: Workspace,
    store: Store,
    data: Dataset,
    *,
    out: Path | None = None,
    allow_unknown_licence: bool = False,
) -> Published:
    """Write a dataset as a folder that a hub or a colleague can take.

    Raises:
        Refused: when it rests on a withdrawn source, or on one whose licence nobody said.
        UsageError: when the folder holds something else.
    """
    refuse_withdrawn(store, [data.ref], doing="handing out")
    place = out or workspace.exports / f"{data.name}-{data.root[:8]}-card"
    with HandedOut(
        workspace, store, place, purpose="export", rests_on=data.ref, mark=CARD
    ) as folder:
        facts, splits = write_members(store, data, folder, with_data=True)
        if not allow_unknown_licence:
            refuse_unknown_licence(facts)
        paths = {split: file.path for split, file in splits.items()}
        folder.write(CARD, release.data_card(facts, files=paths).encode())
        write_sources(folder, facts, title=data.name)
        metadata = release.croissant(facts, splits, version=DATA_VERSION)
        folder.write("croissant.json", metadata.encode())
    return Published(place, tuple(sorted(folder.files.values())), facts)


def write_members(
    store: Store, data: Dataset, folder: HandedOut, *, with_data: bool
) -> tuple[DataFacts, dict[Split, FileFact]]:
    """Write the lineage of every member, its words if they are wanted, and count them."""
    survey = Survey(store, data)
    paths: dict[Split, str] = {}
    with folder.open("lineage.jsonl") as lineage:
        for split, count in ((one.split, one.count) for one in data.splits):
            with ExitStack() as stack:
                path = f"data/{split.value}.jsonl"
                # A split without members makes no file that a program could load.
                is_wanted = with_data and count > 0
                words = stack.enter_context(folder.open(path)) if is_wanted else None
                for ref, content in contents_of(store, data, split):
                    survey.take(ref, split, content)
                    lineage.write(f"{release.line_of(ref, split, content)}\n".encode())
                    if words:
                        words.write(f"{_line(ref, split, content)}\n".encode())
            if is_wanted:
                paths[split] = path
    return survey.facts(), {split: folder.files[path] for split, path in paths.items()}


def write_sources(folder: HandedOut, facts: DataFacts, *, title: str) -> None:
    """Write the bibliography and the licences."""
    folder.write("bibliography.bib", release.bibtex(facts.sources).encode())
    folder.write("bibliography.json", release.csl_json(facts.sources).encode())
    folder.write("NOTICE", release.notice(title, facts.sources).encode())


def refuse_unknown_licence(facts: DataFacts) -> None:
    """Stop before words leave the house under a licence that nobody knows.

    Raises:
        Refused: naming the sources.
    """
    unknown = facts.without_licence
    if unknown:
        first = unknown[0].ref.short
        raise Refused(
            "handing out the words is refused: nobody said under which licence these stand: "
            + ", ".join(one.file_name for one in unknown),
            hint=f"say it with `lorewright licence {first} LICENCE --why REASON`, or take it "
            "upon you with --allow-unknown-licence",
        )


def _line(ref: Ref, split: Split, content: Mapping[str, Any]) -> str:
    """One example: the chat for trainers, question and answer as columns, and the evidence."""
    turns = content["turns"]
    asked = next((one["text"] for one in reversed(turns) if one["role"] == "user"), "")
    told = {
        "messages": [{"role": one["role"], "content": one["text"]} for one in turns],
        "example": ref,
        "split": split.value,
        "level": content["level"],
        "task_form": content["task_form"],
        "question": asked,
        "answer": turns[-1]["text"],
        "evidence": [
            {"document": one["document"], "start": one["start"], "end": one["end"]}
            for one in content["evidence"]
        ],
    }
    return on_one_line(_ENCODER.encode(told))
