"""Scenarios as a file that other tools read, and that can be read back."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from lorewright.errors import UsageError
from lorewright.evaluate.scenarios.rows import ENDINGS, GUARD
from lorewright.records import Scenario

COLUMNS = (
    "scenario_id",
    "family",
    "purpose",
    "persona",
    "emotional_arc",
    "topic",
    "situation",
    "messages",
    "emotion",
    "secondary_emotion",
    "intensity",
    "expected",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", GUARD)
"""What a spreadsheet may take for the beginning of a formula, and the guard itself."""


def written(scenarios: Iterable[Scenario], ending: str) -> str:
    """The text of a file with that ending; `rows_in` reads the same scenarios back.

    Raises:
        UsageError: when files with this ending are not written.
    """
    if ending == ".jsonl":
        return "".join(f"{_json(told(one))}\n" for one in scenarios)
    if ending == ".json":
        return json.dumps([told(one) for one in scenarios], ensure_ascii=False, indent=2) + "\n"
    if ending == ".csv":
        return _table(scenarios)
    raise UsageError(
        f"scenarios are not written as {ending or 'a file without an ending'}",
        hint=f"end the name of the file with {', '.join(ENDINGS)}",
    )


def told(scenario: Scenario) -> dict[str, Any]:
    """The content of a scenario as JSON holds it."""
    found = scenario.model_dump(mode="json", exclude={"made_from"})
    if scenario.emotional_state is not None:
        found["emotional_state"]["intensity"] = float(scenario.emotional_state.intensity)
    return found


def _table(scenarios: Iterable[Scenario]) -> str:
    out = io.StringIO(newline="")
    rows = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    rows.writeheader()
    for one in scenarios:
        values = told(one)
        state: dict[str, Any] = values.pop("emotional_state") or {}
        values |= {
            "messages": _json(values["messages"]),
            "expected": _json(values["expected"]),
            "emotion": state.get("primary"),
            "secondary_emotion": state.get("secondary"),
            "intensity": state.get("intensity"),
        }
        rows.writerow({name: _cell(values[name]) for name in COLUMNS})
    return out.getvalue()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"{GUARD}{text}" if text.startswith(FORMULA) else text


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
