"""What was proposed and not taken, with the reason."""

from typing import ClassVar, Literal

from lorewright.records.grounded import Grounded


class Rejection(Grounded):
    """A proposal that a step turned down, or a piece of work that failed.

    Kept so that requested = accepted + rejected + failed can be counted from the records.
    """

    kind: ClassVar[str] = "rejection"

    step: str
    outcome: Literal["rejected", "failed"]
    reason: str
    """A short key, the same for all alike: `fragment`, `too_short`, `near_duplicate` ..."""
    detail: str
    """One sentence for a person."""
    question: str | None = None
    answer: str | None = None
