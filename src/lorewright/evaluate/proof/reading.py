"""Which of the things that raters said a test may take; the others are counted by their reason."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lorewright.evaluate.judging import settle
from lorewright.evaluate.proof.arms import ProofArm
from lorewright.evaluate.rating_lines import (
    PREFERENCE,
    RatingLine,
    VoteLine,
    votes_of_person,
)
from lorewright.statistics import Exclusion, Rating, Vote


@dataclass(slots=True)
class LeftOut:
    """Lines that no test takes, by reason."""

    places: dict[str, list[str]] = field(default_factory=lambda: defaultdict[str, list[str]](list))

    def note(self, reason: str, place: str) -> None:
        """Count one."""
        self.places[reason].append(place)

    def exclusions(self) -> tuple[Exclusion, ...]:
        """All of them, by reason."""
        return tuple(
            Exclusion(reason, len(places), min(places))
            for reason, places in sorted(self.places.items())
        )


def usable_ratings(
    lines: Iterable[RatingLine], *, rater: str, families: Mapping[str, str], left_out: LeftOut
) -> Iterator[Rating]:
    """The ratings of one rater that a test may take.

    A repeated rating tests the rater and is no second rating; one without a value was given by
    somebody who could not tell; a scenario that is not in `families` belongs to no claim.

    Args:
        lines: what was said.
        rater: who said it.
        families: of the scenarios that the verdict rests on.
        left_out: counts the others.
    """
    for line in lines:
        place = f"scenario {line.scenario}, arm {line.arm}, rater {rater}, {line.dimension}"
        if line.scenario not in families:
            left_out.note("of a scenario that the verdict does not rest on", place)
        elif line.repeat:
            left_out.note("a repeat, which tests the rater", place)
        elif line.value is None:
            left_out.note("the rater could not tell", place)
        else:
            family = families[line.scenario]
            yield Rating(
                line.scenario,
                family if family != line.scenario else "",
                line.arm,
                rater,
                line.dimension,
                line.generation,
                line.turn,
                float(line.value),
            )


def usable_votes(
    lines: Iterable[VoteLine],
    *,
    rater: str,
    is_judge: bool,
    scenarios: Iterable[str],
    left_out: LeftOut,
) -> list[Vote]:
    """One vote for each scenario: the tuned answer beside that of the prompted base.

    A judge reads both orders; one that changed its mind prefers neither, and where one order is
    missing nothing tells the answer from its place. A person read one order, by lot.

    Args:
        lines: what was said, in any order.
        rater: who said it.
        is_judge: whether a language model did.
        scenarios: those that the verdict rests on.
        left_out: counts what is not taken.
    """
    wanted, ours = set(scenarios), {ProofArm.TUNED.value, ProofArm.PROMPTED.value}
    taken: list[VoteLine] = []
    for line in lines:
        if {line.first, line.second} != ours or line.question != PREFERENCE:
            continue  # other pairs and questions are ranked, and no hypothesis is about them
        place = f"scenario {line.scenario}, rater {rater}"
        if line.scenario not in wanted:
            left_out.note("a vote on a scenario that the verdict does not rest on", place)
        elif line.repeat:
            left_out.note("a repeated vote, which tests the rater", place)
        else:
            taken.append(line)
    if not is_judge:
        return [*votes_of_person(rater, taken, ProofArm.TUNED, ProofArm.PROMPTED)]
    settled = settle(rater, taken, ProofArm.TUNED, ProofArm.PROMPTED)
    for scenario in settled.one_order:
        place = f"scenario {scenario}, rater {rater}"
        left_out.note("a vote of which one order is missing", place)
    return [*settled.votes]
