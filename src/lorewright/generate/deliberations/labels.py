"""Turns for which somebody said how much each persona should have to say."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lorewright.errors import BadSettings
from lorewright.generate.deliberations.library import PanelIssue
from lorewright.generate.deliberations.shapes import Panel
from lorewright.generate.deliberations.weighting import Situation
from lorewright.records.deliberation import Share, Text

LabelSource = Literal["people", "simulation"]
MOST_TOLD = 10
"""The most lines of a file that an error names."""


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """A situation with the weights that somebody thinks best."""

    conversation: str
    situation: Situation
    weights: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Labels:
    """Labelled turns, and who labelled them."""

    turns: tuple[LabelledTurn, ...]
    source: LabelSource
    told: str
    """Where they come from, in a sentence."""

    @property
    def conversations(self) -> tuple[str, ...]:
        """Each once, in the order in which they come."""
        return tuple(dict.fromkeys(one.conversation for one in self.turns))


class _Line(BaseModel):
    """One line of a file of labels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation: Text
    panel: Text
    state: Text
    user_input: Text
    weights: dict[str, Share] = Field(min_length=1)
    by: Text
    """Who labelled it."""


def read_labels(file: Path, panels: Mapping[str, Panel]) -> Labels:
    """Labels by people: one JSON object on each line, the turns of a conversation in order.

    The weights before a turn are those that the label of the turn before has.

    Raises:
        BadSettings: naming the first faulty lines with their fields.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"the labels cannot be read: {error}", where=str(file)) from error
    issues, turns = list[PanelIssue](), list[LabelledTurn]()
    before: dict[str, Mapping[str, Decimal]] = {}
    people: set[str] = set()
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = _Line.model_validate(_object(text))
        except ValidationError as error:
            issues += _issues(error, str(file), number)
            continue
        if fault := _fault(line, panels):
            issues.append(PanelIssue(str(file), fault[0], fault[1], number))
            continue
        situation = Situation(
            panels[line.panel], line.state, line.user_input, before.get(line.conversation)
        )
        before[line.conversation] = line.weights
        people.add(line.by)
        turns.append(LabelledTurn(line.conversation, situation, line.weights))
    if issues:
        told = "; ".join(map(str, issues[:MOST_TOLD]))
        more = f"; and {len(issues) - MOST_TOLD} more" if len(issues) > MOST_TOLD else ""
        raise BadSettings(
            f"{len(issues)} lines of the labels cannot be used: {told}{more}",
            where=str(file),
            hint="each line names conversation, panel, state, user_input, weights and by",
        )
    return Labels(tuple(turns), "people", f"{len(people)} people labelled them, in {file.name}")


def _object(text: str) -> Any:
    """Numbers with a fraction keep their digits."""
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError:
        return None


def _issues(error: ValidationError, file: str, line: int) -> Iterable[PanelIssue]:
    for one in error.errors():
        field = ".".join(str(part) for part in one["loc"])
        yield PanelIssue(file, field, one["msg"], line)


def _fault(line: _Line, panels: Mapping[str, Panel]) -> tuple[str, str] | None:
    panel = panels.get(line.panel)
    if panel is None:
        return "panel", f"there is no panel called {line.panel!r}"
    if line.state not in {one.key for one in panel.purpose.states}:
        return "state", f"{line.panel} has no state called {line.state!r}"
    personas = {one.id for one in panel.personas}
    if line.weights.keys() != personas:
        return "weights", "they do not name every persona of the panel once"
    return None
