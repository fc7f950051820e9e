"""What the server was asked and what it answered, so that a test can prove what was paid."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lorewright.llms.wire import Usage


@dataclass(slots=True)
class Counts:
    """Calls since the server began."""

    paths: Counter[str] = field(default_factory=Counter[str])
    """Requests by path."""
    asked: Counter[str] = field(default_factory=Counter[str])
    """Calls of a language model by the digest of their body, failed ones included."""
    answered: Counter[str] = field(default_factory=Counter[str])
    """Those of them that were answered with 200, and so are paid for."""
    faults: Counter[str] = field(default_factory=Counter[str])
    """Calls by the fault that befell them."""
    tokens: Counter[str] = field(default_factory=Counter[str])
    """`input` and `output` of all answers."""
    now: int = 0
    """Calls under way."""
    peak: int = 0
    """The most calls that ever were under way at once."""

    @property
    def paid_again(self) -> int:
        """Answers beyond the first to the very same request."""
        return sum(self.answered.values()) - len(self.answered)

    def begin(self, digest: str) -> int:
        """Note that a call begins; how often the same one has come is given back."""
        self.asked[digest] += 1
        self.now += 1
        self.peak = max(self.peak, self.now)
        return self.asked[digest]

    def paid(self, digest: str, usage: Usage) -> None:
        """Note an answer that a provider would ask money for."""
        self.answered[digest] += 1
        self.tokens["input"] += usage.input
        self.tokens["output"] += usage.output

    def told(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {
            "paths": dict(self.paths),
            "calls": sum(self.asked.values()),
            "answers": sum(self.answered.values()),
            "paid_again": self.paid_again,
            "faults": dict(self.faults),
            "tokens": dict(self.tokens),
            "peak": self.peak,
            "asked": dict(self.asked),
            "answered": dict(self.answered),
        }
