"""What raters said, as it is kept, read into what the tests take.

Nothing is dropped in silence: a line that cannot be used is counted under its reason.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lorewright.errors import BadRecord
from lorewright.evaluate.proof.arms import ProofArm
from lorewright.statistics import Exclusion, Rating, Vote, both_orders
from lorewright.statistics.votes import Preference, sign_of

TIE, BOTH_BAD = "tie", "both-bad"


class Ballot(NamedTuple):
    """One vote as it was cast."""

    scenario: str
    first: str
    """The arm that was shown first."""
    second: str
    preferred: str
    """An arm, `tie` or `both-bad`."""
    repeat: int


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


def read_ratings(
    raw: bytes, *, rater: str, families: Mapping[str, str], left_out: LeftOut
) -> Iterator[Rating]:
    """The ratings of one rater that a test may take.

    A repeated rating tests the rater and is no second rating; one without a value was given by
    somebody who could not tell; a scenario that is not in `families` belongs to no claim.

    Args:
        raw: JSON lines, as `records.Ratings` describes them.
        rater: who gave them.
        families: of the scenarios that the verdict rests on.
        left_out: counts the others.

    Raises:
        BadRecord: when a line is no rating.
    """
    for number, line in _lines(raw, "ratings"):
        match line:
            case {
                "scenario": str() as scenario,
                "arm": str() as arm,
                "dimension": str() as dimension,
                "generation": int() as generation,
                "turn": int() as turn,
                "repeat": int() as repeat,
                "value": int() | float() | None as value,
            }:
                place = f"scenario {scenario}, arm {arm}, rater {rater}, {dimension}"
                if scenario not in families:
                    left_out.note("of a scenario that the verdict does not rest on", place)
                elif repeat:
                    left_out.note("a repeat, which tests the rater", place)
                elif value is None:
                    left_out.note("the rater could not tell", place)
                else:
                    family = families[scenario]
                    own = family if family != scenario else ""
                    yield Rating(
                        scenario, own, arm, rater, dimension, generation, turn, float(value)
                    )
            case _:
                raise BadRecord(f"line {number:,} of the ratings of {rater} is no rating")


def read_ballots(raw: bytes, *, rater: str) -> Iterator[Ballot]:
    """The votes of one rater, as they were cast.

    Raises:
        BadRecord: when a line is no vote.
    """
    for number, line in _lines(raw, "votes"):
        match line:
            case {
                "scenario": str() as scenario,
                "first": str() as first,
                "second": str() as second,
                "preferred": str() as preferred,
                "repeat": int() as repeat,
            } if preferred in {first, second, TIE, BOTH_BAD}:
                yield Ballot(scenario, first, second, preferred, repeat)
            case _:
                raise BadRecord(f"line {number:,} of the votes of {rater} is no vote")


def votes_of(
    ballots: Iterable[Ballot], *, rater: str, scenarios: Iterable[str], left_out: LeftOut
) -> list[Vote]:
    """One vote for each scenario: the tuned answer beside that of the prompted base.

    A judge that read both orders and changed its mind does not prefer either. Where several
    generations were compared the sign of the sum counts.
    """
    wanted, orders = (
        set(scenarios),
        defaultdict[str, dict[bool, list[Preference]]](lambda: {True: [], False: []}),
    )
    for ballot in ballots:
        if {ballot.first, ballot.second} != {ProofArm.TUNED, ProofArm.PROMPTED}:
            continue  # other pairs are ranked, and no hypothesis is about them
        place = f"scenario {ballot.scenario}, rater {rater}"
        if ballot.scenario not in wanted:
            left_out.note("a vote on a scenario that the verdict does not rest on", place)
        elif ballot.repeat:
            left_out.note("a repeated vote, which tests the rater", place)
        else:
            orders[ballot.scenario][ballot.first == ProofArm.TUNED].append(_preference(ballot))
    return [Vote(scenario, rater, _resolved(found)) for scenario, found in sorted(orders.items())]


def _preference(ballot: Ballot) -> Preference:
    if ballot.preferred in {TIE, BOTH_BAD}:
        return 0
    return 1 if ballot.preferred == ProofArm.TUNED else -1


def _resolved(found: Mapping[bool, list[Preference]]) -> Preference:
    first, second = sign_of(sum(found[True])), sign_of(sum(found[False]))
    if found[True] and found[False]:
        return both_orders(first, second)
    return first if found[True] else second


def _lines(raw: bytes, what: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(raw.splitlines(), start=1):
        try:
            yield number, json.loads(line)
        except ValueError as error:
            raise BadRecord(f"line {number:,} of the {what} is no JSON") from error
