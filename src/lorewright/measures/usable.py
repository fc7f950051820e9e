"""How many pairs of a set can be trained on, and whether its scores say anything."""

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lorewright.similarity import exact_digest

LEAST_USABLE = 0.99


class UsablePairs(NamedTuple):
    """Pairs by what becomes of them; the parts add up to all."""

    pairs: int
    missing: int
    """Without an answer."""
    not_text: int
    empty: int
    repeated: int
    """The answer is, word for word, that of an earlier pair."""

    @property
    def usable(self) -> int:
        """Those that are left."""
        return self.pairs - self.missing - self.not_text - self.empty - self.repeated

    @property
    def rate(self) -> float | None:
        """The share that is left; None without any pair."""
        return self.usable / self.pairs if self.pairs else None

    @property
    def is_enough(self) -> bool:
        """Whether the set may be trained on."""
        return (self.rate or 0.0) >= LEAST_USABLE


class Informativeness(NamedTuple):
    """Whether the scores of a set tell its members apart."""

    scored: int
    unscored: int
    different: int
    sd: float | None
    """The sample standard deviation; None with fewer than two scores."""

    @property
    def is_informative(self) -> bool:
        """Whether there is more than one value."""
        return self.different > 1


def usable_pairs(answers: Iterable[object]) -> UsablePairs:
    """Count the pairs whose answer is a text, is not empty, and was not there before.

    Args:
        answers: the answer of each pair as it was read, None where there is none.
    """
    pairs = missing = not_text = empty = repeated = 0
    seen: set[bytes] = set()
    for answer in answers:
        pairs += 1
        if answer is None:
            missing += 1
        elif not isinstance(answer, str):
            not_text += 1
        elif not answer.strip():
            empty += 1
        else:
            digest = exact_digest(answer)
            repeated += digest in seen
            seen.add(digest)
    return UsablePairs(pairs, missing, not_text, empty, repeated)


def informativeness(scores: Sequence[float | None]) -> Informativeness:
    """See whether scores vary; a set where all have the same was never judged.

    Args:
        scores: one for each member, None where there is none; what is not finite is none.
    """
    known = [score for score in scores if score is not None and math.isfinite(score)]
    return Informativeness(
        scored=len(known),
        unscored=len(scores) - len(known),
        different=len(set(known)),
        sd=statistics.stdev(known) if len(known) > 1 else None,
    )
