"""What a proof rests on: ratings, preferences, and what was found wrong with the answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from lorewright.statistics import Exclusion, Rating, Vote

Origin = Literal["measured", "rehearsed", "synthetic"]
"""`measured`: people or judges read the answers. `rehearsed`: a judge without sense, for trying
things out. `synthetic`: numbers that somebody made up to test the evaluator. Only the first can
carry a claim about an adapter."""


class ProofFlaw(NamedTuple):
    """Why nothing may be claimed, found outside the ratings."""

    name: str
    """Such as `leaked`, `not-live`, `changed-after-lock`, `same-as-base`."""
    sentence: str
    """What is wrong, with how often."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that `prove` looks at."""

    scenarios: tuple[str, ...]
    """All that were asked, also those that nobody rated."""
    ratings: tuple[Rating, ...]
    votes: tuple[Vote, ...] = ()
    """1 where the tuned answer is preferred to that of the prompted base, -1 for the other; the
    two orders of a judge are one vote."""
    flaws: tuple[ProofFlaw, ...] = ()
    origin: Origin = "measured"
    failed: Mapping[str, int] | None = None
    """Judgements that were asked for and did not come, by reason."""
    excluded: tuple[Exclusion, ...] = ()
    """What was rated and is no part of this evidence."""
