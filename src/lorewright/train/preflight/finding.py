"""What a check before training may find, and what one found."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar, Protocol

from lorewright.records import Split
from lorewright.train.lines import Line
from lorewright.train.preflight.reading import Read

MOST_SHOWN = 5
"""So many places of a finding are named; all are counted."""


class Severity(StrEnum):
    """Whether a finding stops the training."""

    BLOCKER = "blocker"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding: its name for good, what it means and what to do."""

    name: str
    meaning: str
    """One or two sentences."""
    remedy: str
    severity: Severity = Severity.BLOCKER
    and_also: str = ""
    """When the severity is another one."""
    impossible: str = ""
    """Why it cannot be forced, for what would make the training impossible; empty when it can."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is off, where, and what to do."""

    rule: Rule
    severity: Severity
    sentence: str
    where: tuple[str, ...]
    """Examples, files or settings; the first few of them."""
    count: int
    hint: str

    @property
    def name(self) -> str:
        """Of the rule; `--force` takes it."""
        return self.rule.name

    @property
    def is_blocker(self) -> bool:
        """Whether nothing is trained because of it."""
        return self.severity is Severity.BLOCKER


@dataclass(slots=True)
class Places:
    """Counts places and remembers the first few."""

    count: int = 0
    first: list[str] = field(default_factory=list[str])

    def add(self, place: str) -> None:
        """Count one more."""
        self.count += 1
        if len(self.first) < MOST_SHOWN:
            self.first.append(place)

    def finding(
        self,
        rule: Rule,
        sentence: str,
        *,
        hint: str | None = None,
        severity: Severity | None = None,
    ) -> Finding:
        """What was found at these places."""
        found = of_the_job(rule, sentence, *self.first, hint=hint, severity=severity)
        return replace(found, count=self.count)


def of_the_job(
    rule: Rule,
    sentence: str,
    *places: str,
    hint: str | None = None,
    severity: Severity | None = None,
) -> Finding:
    """A finding about the job as a whole rather than about some examples."""
    return Finding(
        rule,
        severity or rule.severity,
        sentence,
        places[:MOST_SHOWN],
        max(1, len(places)),
        hint or rule.remedy,
    )


class Check(Protocol):
    """One idea of what may be off. It sees every example as it passes, and tells at the end."""

    rules: ClassVar[tuple[Rule, ...]]

    def see(self, line: Line, split: Split) -> None:
        """Look at an example; those that are held out come first."""
        ...

    def see_tokens(self, read: Read, split: Split) -> None:
        """Look at an example as tokens; those of the valid and train splits."""
        ...

    def findings(self) -> list[Finding]:
        """What was found."""
        ...


class Looking:
    """A check that looks at nothing while examples pass; others say what they look at."""

    def see(self, line: Line, split: Split) -> None:
        """Nothing to see."""

    def see_tokens(self, read: Read, split: Split) -> None:
        """Nothing to see."""
