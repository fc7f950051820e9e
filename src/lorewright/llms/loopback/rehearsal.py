"""What the server is told beforehand: how it answers, how fast, and what goes wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lorewright.errors import UsageError
from lorewright.llms.loopback.asked import Asked
from lorewright.llms.loopback.faults import FAULTS


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One setting of the stage; the same one gives the same answers to the same requests."""

    seed: int = 0
    latency_ms: float = 0.0
    """How long each answer takes."""
    faults: Mapping[str, float] = field(default_factory=dict[str, float])
    """The share of calls that each kind of fault befalls; drawn anew when a call is made again."""
    script: Sequence[str | None] = ()
    """The fault of the first call, the second and so on; None for none. After its end `faults`
    hold."""
    typical_tokens: int | None = None
    """The median length of an answer, drawn log-normal; None lets its shape decide."""
    spread: float = 0.6
    """The standard deviation of the logarithm of these lengths."""
    key: str | None = field(default=None, repr=False)
    """The only key that opens; None lets everybody in."""
    names: tuple[str, ...] = ()
    """The only language models there are; none means any name will do."""
    lacks: frozenset[str] = frozenset()
    """The means that the server refuses: `schema`, `tool`, `json`."""
    batch_polls: int = 1
    """How often one has to look before a batch has ended."""
    slow_s: float = 3600.0
    """How long a call takes that the fault `slow` befalls."""
    retry_after_s: float = 0.05
    """What a call that is limited is told to wait."""
    answers: Callable[[Asked], str | None] | None = None
    """Answers of a test's own; None from it has one made as usual."""

    def __post_init__(self) -> None:
        """Know every fault that is named.

        Raises:
            UsageError: when one is not known, or a share is none.
        """
        named = {*self.faults, *(fault for fault in self.script if fault)}
        if unknown := sorted(named - FAULTS.keys()):
            hint = f"there are {', '.join(FAULTS)}"
            raise UsageError(f"no fault is called {', '.join(unknown)}", hint=hint)
        if any(share < 0 for share in self.faults.values()) or sum(self.faults.values()) > 1:
            raise UsageError("the shares of faults are not between 0 and 1 together")
