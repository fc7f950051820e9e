"""Issues and repairs while they gather: how many are kept, and where in the text they are."""

from collections.abc import Callable
from typing import NamedTuple

from lorewright.conversations.enriching.codes import CODES
from lorewright.conversations.enriching.lines import lines_of
from lorewright.records import Issue, Repair, Severity

MOST_ISSUES = 200
"""Kept of one conversation; of a hostile text there could be millions."""


class Finding(NamedTuple):
    """An issue before its line is looked up."""

    code: str
    field: str
    message: str
    severity: Severity
    line: int | None = None
    suggestion: str | None = None
    """What helps; None when it is what always helps with this code."""


class Findings:
    """What was found in one conversation so far."""

    def __init__(self) -> None:
        self.repairs: list[Repair] = []
        self._kept: list[Finding] = []
        self._more = 0
        self._more_stop = False

    def report(
        self,
        code: str,
        field: str,
        message: str,
        *,
        severity: Severity | None = None,
        line: int | None = None,
        suggestion: str | None = None,
    ) -> None:
        """Name one thing that is wrong; with `severity`, it is graver or milder than as a rule."""
        severity = severity or CODES[code].severity
        if len(self._kept) < MOST_ISSUES:
            self._kept.append(Finding(code, field, message, severity, line, suggestion))
        else:
            self._more += 1
            self._more_stop |= severity is Severity.BLOCKER

    @property
    def stops(self) -> bool:
        """Whether anything found is a blocker."""
        return self._more_stop or any(one.severity is Severity.BLOCKER for one in self._kept)

    def issues(self, raw: str, place: Callable[[str], str]) -> tuple[Issue, ...]:
        """Everything found, with the line of `raw` on which its field stands.

        Args:
            raw: the text as it came.
            place: turns a field as it is checked into its path in `raw`.
        """
        kept = self._with_rest()
        fields = [place(one.field) for one in kept]
        lines = lines_of(raw, fields) if any(one.line is None for one in kept) else {}
        return tuple(
            Issue(
                code=one.code,
                severity=one.severity,
                field=field,
                message=one.message,
                suggestion=one.suggestion or CODES[one.code].suggestion,
                line=one.line or lines.get(field),
            )
            for one, field in zip(kept, fields, strict=True)
        )

    def _with_rest(self) -> list[Finding]:
        if not self._more:
            return self._kept
        severity = Severity.BLOCKER if self._more_stop else Severity.WARNING
        said = f"{self._more:,} further issues are not listed"
        return [*self._kept, Finding("MORE_ISSUES", "raw", said, severity)]
