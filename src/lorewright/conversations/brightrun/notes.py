"""What is said about a conversation while it is read: issues and repairs, with their places."""

from dataclasses import dataclass, field
from typing import Any

from lorewright.conversations.brightrun.json_text import (
    is_list,
    is_object,
    json_text,
    original_text,
)
from lorewright.conversations.enriching import Findings, shown
from lorewright.records import Repair, Severity


@dataclass(slots=True)
class Notes:
    """Tells the findings of the stages what the reading of one conversation brought."""

    findings: Findings = field(default_factory=Findings)
    _said: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def warn(self, code: str, place: str, message: str, suggestion: str) -> None:
        """Something is off, and the conversation can be used all the same."""
        self._add(code, Severity.WARNING, place, message, suggestion)

    def warn_once(self, code: str, about: str, place: str, message: str, suggestion: str) -> bool:
        """The same, for what repeats: only the first of all with this `about` is told.

        Returns:
            Whether it was told now.
        """
        is_new = (code, about) not in self._said
        if is_new:
            self._said.add((code, about))
            self.warn(code, place, message, suggestion)
        return is_new

    def block(self, code: str, place: str, message: str, suggestion: str) -> None:
        """The conversation cannot be used."""
        self._add(code, Severity.BLOCKER, place, message, suggestion)

    def mend(self, code: str, place: str, original: Any, repaired: Any) -> None:
        """A value was replaced by another."""
        self.findings.repairs.append(
            Repair(
                code=code,
                field=place,
                original=original_text(original),
                repaired=json_text(repaired),
            )
        )

    def _add(self, code: str, severity: Severity, place: str, message: str, hint: str) -> None:
        self.findings.report(code, place, message, severity=severity, suggestion=hint)


class Fields:
    """The members of one JSON object, each with its type checked when it is asked for."""

    def __init__(self, value: dict[str, Any], place: str, notes: Notes) -> None:
        self.value = value
        self.place = place
        self._notes = notes

    def at(self, name: str) -> str:
        """The place of a member."""
        return f"{self.place}.{name}" if self.place else name

    def text(self, name: str) -> str | None:
        """A text; None when there is none, or something else, which is told."""
        value = self.value.get(name)
        if value is None or isinstance(value, str):
            return value
        self.wrong(name, "text")
        return None

    def object(self, name: str) -> "Fields":
        """An object; an empty one when there is none, or something else, which is told."""
        value = self.value.get(name)
        if value is not None and not is_object(value):
            self.wrong(name, "an object")
        return Fields(value if is_object(value) else {}, self.at(name), self._notes)

    def list(self, name: str) -> list[Any]:
        """A list; an empty one when there is none, or something else, which is told."""
        value = self.value.get(name)
        if value is not None and not is_list(value):
            self.wrong(name, "a list")
        return value if is_list(value) else []

    def unknown(self, known: frozenset[str]) -> None:
        """Tell of members that the format does not know; of each name once."""
        for name in [one for one in self.value if one not in known]:
            self._notes.warn_once(
                "UNKNOWN_KEY",
                name,
                self.at(shown(name)),
                f"the format has no {shown(name)!r} here",
                "check its spelling; the raw text keeps it, and nothing else does",
            )

    def wrong(self, name: str, wanted: str) -> None:
        """Tell that a member is of another type."""
        place = self.at(name)
        hint = "correct it in the file and import it again; it was left out"
        if self._notes.warn_once("WRONG_TYPE", place, place, f"{name} should be {wanted}", hint):
            self._notes.mend("WRONG_TYPE", place, self.value.get(name), None)
