"""Deliberations as files and for other programs, and panels that an operator may edit."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lorewright.conversations.brightrun.writing import TrainingJson
from lorewright.conversations.brightrun.writing_totals import About
from lorewright.errors import BadRecord, BadSettings, Refused, StorageError, UsageError
from lorewright.flows.deliberations import FOLDER, Bench, DeliberationChoice, Outcome
from lorewright.generate.deliberations import (
    ExportTerms,
    Panel,
    PanelLibrary,
    compare,
    complete_of,
    measure,
    panel_text,
    policy_card,
    v3_document,
    v3_issues,
)
from lorewright.records import Deliberation
from lorewright.store import Store, Workspace


def write_v3(file: Path, outcome: Outcome, *, author: str) -> int:
    """Write deliberations in the exchange format; how many training pairs the file has.

    Raises:
        UsageError: when there are none.
        BadRecord: when the file would break its schema, which it never should.
        StorageError: when it cannot be written.
    """
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    terms = ExportTerms(today, author, outcome.reviewed, outcome.tier)
    document = v3_document(outcome.deliberations, terms)
    if issues := v3_issues(document):
        raise BadRecord(f"the file breaks its schema: {issues[0]}", where=str(file))
    text = json.dumps(document, ensure_ascii=False, indent=1)
    try:
        file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageError.from_system(error, doing="the file cannot be written") from error
    pairs: int = document["dataset_metadata"]["total_training_pairs"]
    return pairs


def write_training_file(file: Path, outcome: Outcome) -> int:
    """Write deliberations as brightrun-lora-v4; how many training pairs the file has.

    Each answer has a block `deliberation` with what was argued before it.

    Raises:
        UsageError: when there are none.
        StorageError: when it cannot be written.
    """
    if not outcome.deliberations:
        raise UsageError("there are no deliberations to write")
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    writer = TrainingJson(About(file.stem, created_date=today, last_updated=today))
    body = b"".join(part for one in outcome.deliberations for part in writer.add(complete_of(one)))
    try:
        file.write_bytes(writer.head() + body + writer.tail())
    except OSError as error:
        raise StorageError.from_system(error, doing="the file cannot be written") from error
    return writer.totals.pairs


def write_policy_card(
    file: Path, choice: DeliberationChoice, panels: PanelLibrary, store: Store
) -> None:
    """Compare the three ways of weighting, and write what was found.

    Raises:
        BadSettings: when the weights are not learnt, or there are too few labels.
    """
    labels = Bench(store, choice, panels).labels
    if labels is None:
        raise BadSettings("only learned weights have a card", hint="add --weighting learned")
    try:
        file.write_text(policy_card(compare(labels, seed=choice.seed)), encoding="utf-8")
    except OSError as error:
        raise StorageError.from_system(error, doing="the card cannot be written") from error


def place_of_panel(workspace: Workspace, key: str, out: Path | None) -> Path:
    """Where a proposed panel is written: a file that is named, or the workspace.

    Raises:
        Refused: when there is a file already.
    """
    file = out or workspace.folder / FOLDER / f"{key}.toml"
    if file.exists():
        raise _taken(file)
    return file


def keep_panel(file: Path, panel: Panel) -> None:
    """Write a panel into a file that the operator may edit.

    Raises:
        Refused: when there is a file already.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(panel_text(panel))
    except FileExistsError as error:
        raise _taken(file) from error
    except OSError as error:
        raise StorageError.from_system(error, doing="the panel cannot be written") from error


def _taken(file: Path) -> Refused:
    return Refused(
        "there is a file already, and it may hold a panel that somebody edited",
        where=str(file),
        hint="name another, or move the file",
    )


def told_deliberation(one: Deliberation) -> dict[str, Any]:
    """A deliberation for other programs: where it went, who had a say, and who saw what."""
    first, last = one.training_pairs[0], one.training_pairs[-1]
    return {
        "name": str(one.ref),
        "conversation_id": one.conversation_id,
        "goal": one.goal,
        "start": str(first.purpose_state_at_turn_start.current_score),
        "end": str(last.purpose_state_at_turn_end.achieved_score),
        "target": str(one.purpose_framework.overall_target_state.state_score),
        "ended": one.ended.value,
        "turns": [*_told_turns(one)],
        "measures": measure(one)._asdict(),
    }


def _told_turns(one: Deliberation) -> Iterator[dict[str, Any]]:
    for turn in one.training_pairs:
        yield {
            "turn": turn.turn_number,
            "state": turn.purpose_state_at_turn_start.current_state,
            "score": str(turn.purpose_state_at_turn_end.achieved_score),
            "active": {
                each.persona_id: str(each.weight) for each in turn.personas_weighted_for_this_state
            },
            "suppressed": {
                each.persona_id: str(each.weight) for each in turn.personas_suppressed_this_turn
            },
            "blind_spots": [spot.model_dump(mode="json") for spot in turn.blind_spots],
        }
