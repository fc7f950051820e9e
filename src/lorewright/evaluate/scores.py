"""What was measured: how likely each arm finds each reference answer."""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from lorewright.errors import BadRecord, BadRef
from lorewright.lineage import Ref
from lorewright.records import Split


class Arm(StrEnum):
    """What answered."""

    BASE = "base"
    TUNED = "tuned"
    CONTROL = "control"
    """Trained like the tuned arm, on the same answers dealt out to other questions."""


class Score(NamedTuple):
    """How likely one arm finds the reference answer of one example."""

    example: Ref
    split: Split
    arm: Arm
    tokens: int
    """Of the reference answer."""
    log_likelihood: float
    """Of the reference answer after its question, in nats, summed over its tokens."""

    @property
    def nats_per_token(self) -> float:
        """The log-likelihood per token, so that long answers do not count for more."""
        return self.log_likelihood / self.tokens


class Item(NamedTuple):
    """One example under all three arms, in nats per token."""

    example: Ref
    base: float
    tuned: float
    control: float

    def ahead_of(self, against: Arm) -> float:
        """How far the tuned arm is ahead of `against`."""
        return self.tuned - (self.base if against is Arm.BASE else self.control)


TESTED = (Split.RECALL, Split.TRANSFER)
"""The sets that a finding is stated for, in the order in which they are reported."""


def items_by_split(scores: Iterable[Score]) -> dict[Split, list[Item]]:
    """Pair the scores of each example; every tested split has an entry, maybe an empty one.

    Raises:
        BadRecord: when an example is missing under an arm, scored twice, stands in two
            splits, has another answer under another arm, or when a score is no number.
    """
    arms_of: defaultdict[Ref, dict[Arm, Score]] = defaultdict(dict)
    for score in scores:
        _refuse_unusable(score)
        if score.arm in arms_of[score.example]:
            raise BadRecord(
                f"an example was scored twice under the {score.arm} arm", where=score.example.short
            )
        arms_of[score.example][score.arm] = score
    items: dict[Split, list[Item]] = {split: [] for split in TESTED}
    for example in sorted(arms_of):
        arms = arms_of[example]
        _refuse_unpaired(example, arms)
        values = {arm.value: arms[arm].nats_per_token for arm in Arm}
        items[arms[Arm.BASE].split].append(Item(example, **values))
    return items


def write_scores(scores: Iterable[Score]) -> bytes:
    """One JSON object per line, sorted by split, example and arm.

    A log-likelihood is written with the fewest digits that read back as the same number.
    """
    lines = [
        json.dumps(score._asdict(), sort_keys=True, separators=(",", ":"))
        for score in sorted(scores)
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def read_scores(raw: bytes) -> Iterator[Score]:
    """Read back what `write_scores` wrote, so that a verdict can be computed again.

    Raises:
        BadRecord: when a line is not a score.
    """
    for number, line in enumerate(raw.decode().splitlines(), start=1):
        try:
            stored = json.loads(line)
            yield Score(
                Ref.parse(stored["example"]),
                Split(stored["split"]),
                Arm(stored["arm"]),
                int(stored["tokens"]),
                float(stored["log_likelihood"]),
            )
        except (BadRef, ValueError, KeyError, TypeError) as error:
            raise BadRecord(f"line {number} of the scores is not a score") from error


def _refuse_unusable(score: Score) -> None:
    if score.split not in TESTED:
        raise BadRecord(
            f"an example of the {score.split} split was scored; only "
            f"{' and '.join(TESTED)} are evaluated",
            where=score.example.short,
        )
    if score.tokens < 1:
        raise BadRecord("a reference answer has no tokens", where=score.example.short)
    if not math.isfinite(score.log_likelihood):
        raise BadRecord(
            f"the log-likelihood under the {score.arm} arm is {score.log_likelihood}",
            where=score.example.short,
            hint="look at the loss of the training run; weights may have left the range of numbers",
        )


def _refuse_unpaired(example: Ref, arms: dict[Arm, Score]) -> None:
    missing = [arm for arm in Arm if arm not in arms]
    if missing:
        raise BadRecord(
            f"an example was not scored under the {' and '.join(missing)} arm",
            where=example.short,
            hint="score every held-out example under base, tuned and control",
        )
    if len({score.split for score in arms.values()}) > 1:
        raise BadRecord("an example stands in two splits", where=example.short)
    if len({score.tokens for score in arms.values()}) > 1:
        raise BadRecord(
            "the reference answer of an example has another length under another arm",
            where=example.short,
        )
