"""The arms of a proof."""

from enum import StrEnum


class ProofArm(StrEnum):
    """What answered the scenarios."""

    BASE = "base"
    """The base without a word about the advisor."""
    PROMPTED = "prompted-base"
    """The base with the advisor's system prompt and examples: the honest rival."""
    CONTROL = "neutral-control"
    """An adapter trained alike on the same advice without what makes the advisor."""
    TUNED = "tuned"
    """The adapter that something is claimed of."""
    REFERENCE = "reference"
    """Another system that one wants to come close to."""
