"""How much a training process takes into memory, and what to change when that is too much.

Nothing here is part of what a job is: it changes the order in which numbers are added, so the
result by no more than rounding. A job may go on from its checkpoints with less memory.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from pydantic import Field

from lorewright.records import Value

GIGABYTE = 1_000_000_000
_SAYS_SO = re.compile(
    r"out of memory|can.?t allocate memory|cannot allocate memory|bad_alloc|not enough memory"
    r"|failed to allocate|failed to map segment",
    re.IGNORECASE,
)


class Memory(Value):
    """How much is held in memory at once."""

    pass_tokens: int | None = Field(default=None, ge=1)
    """The most tokens that go through the network at once; None takes what suits the device."""
    gradient_checkpointing: bool = False
    """Whether what the layers made is made again on the way back instead of being kept."""
    most_gb: Decimal | None = None
    """Beyond it the process ends with an error of its own; None lets the system decide."""

    def smaller(self, lengths: Sequence[int]) -> "Memory | None":
        """The smallest change that may let a step of samples of these lengths fit.

        Half of what went through at once, as long as one sample alone still does; then
        gradient checkpointing. None when only other examples or another base could help.
        """
        longest = max(lengths, default=1)
        whole = longest * len(lengths)
        at_once = whole if self.pass_tokens is None else min(self.pass_tokens, whole)
        if at_once > longest:
            return self.model_copy(update={"pass_tokens": max(longest, at_once // 2)})
        if not self.gradient_checkpointing:
            return self.model_copy(update={"gradient_checkpointing": True})
        return None

    def in_words(self) -> str:
        """What it comes to."""
        at_once = "" if self.pass_tokens is None else f"{self.pass_tokens:,} tokens at once"
        return ", ".join(
            filter(None, (at_once, "gradient checkpointing" * self.gradient_checkpointing))
        )


def keep_within(memory: Memory) -> None:
    """Hold this process to its limit, where the system can."""
    if memory.most_gb is None:
        return
    import resource

    most = int(memory.most_gb * GIGABYTE)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a library's error says that there was no memory left."""
    return isinstance(error, MemoryError) or bool(_SAYS_SO.search(str(error)))
