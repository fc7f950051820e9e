"""Answers and ratings of a proof side by side, one scenario at a time, however many there are.

Blobs of answers, ratings and votes are sorted by scenario. So they are merged as they are read,
and no more than one scenario and the few that are shown are in memory.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby
from statistics import fmean
from typing import NamedTuple

from lorewright.errors import BadRecord
from lorewright.evaluate.answers import AnswerLine
from lorewright.evaluate.proof import ProofArm, ProofRules
from lorewright.evaluate.ranking import question
from lorewright.evaluate.rating_lines import RatingLine, VoteLine
from lorewright.pictures import ArmShown, ChoiceShown, PairShown, ReasonShown, ReplyShown
from lorewright.records import Scenario
from lorewright.statistics import Rating, aggregate

ARMS = tuple(ProofArm)

Line = AnswerLine | RatingLine | VoteLine


class Stored(NamedTuple):
    """Where the lines of a proof come from; each stream is sorted by scenario.

    A rater may stand there more than once, as somebody who filled in a sheet and ranked as well.
    """

    answers: Sequence[tuple[str, Iterable[AnswerLine]]]
    """With the arm."""
    ratings: Sequence[tuple[str, Iterable[RatingLine]]] = ()
    """With the rater."""
    votes: Sequence[tuple[str, Iterable[VoteLine]]] = ()
    """With the rater."""


class _Row(NamedTuple):
    scenario: str
    label: str
    line: Line


def side_by_side(
    scenarios: Mapping[str, Scenario], stored: Stored, rules: ProofRules
) -> Iterator[PairShown]:
    """Every scenario in the order of its name, also one that nothing was answered to.

    Lines about something that is no scenario of the evaluation are shown under their own name.

    Raises:
        BadRecord: when a line is none, or a stream is not sorted by scenario.
    """
    streams = [
        *(_rows(arm, "answers", lines) for arm, lines in stored.answers),
        *(_rows(who, "ratings", lines) for who, lines in stored.ratings),
        *(_rows(who, "votes", lines) for who, lines in stored.votes),
    ]
    found = groupby(merge(*streams, key=lambda row: row.scenario), key=lambda row: row.scenario)
    waiting = iter(sorted(scenarios))
    asked = next(waiting, None)
    for name, rows in found:
        while asked is not None and asked < name:
            yield _pair(asked, scenarios, stored, rules, [])
            asked = next(waiting, None)
        if asked == name:
            asked = next(waiting, None)
        yield _pair(name, scenarios, stored, rules, list(rows))
    while asked is not None:
        yield _pair(asked, scenarios, stored, rules, [])
        asked = next(waiting, None)


def as_line(pair: PairShown) -> str:
    """A scenario as the line of a JSON file."""
    answers = {
        one.arm: {
            "mean": one.mean,
            "dimensions": dict(one.dimensions),
            "replies": [
                {
                    "turn": reply.turn,
                    "generation": reply.generation,
                    "text": reply.text,
                    "failure": reply.failure,
                }
                for reply in one.replies
            ],
            "reasons": [
                {"rater": it.rater, "dimension": it.dimension, "value": it.value, "why": it.reason}
                for it in one.reasons
            ],
        }
        for one in pair.arms
    }
    told = {
        "scenario": pair.scenario,
        "family": pair.family,
        "situation": pair.situation,
        "says": pair.says,
        "difference": pair.difference,
        "answers": answers,
        "preferences": [
            {
                "rater": one.rater,
                "question": one.question,
                "first": one.first,
                "second": one.second,
                "preferred": one.preferred,
                "why": one.reason,
            }
            for one in pair.choices
        ],
    }
    return json.dumps(told, ensure_ascii=False)


def _rows(label: str, what: str, lines: Iterable[Line]) -> Iterator[_Row]:
    before = ""
    try:
        for number, line in enumerate(lines, start=1):
            _refuse_unsorted(before, line, number)
            before = line.scenario
            yield _Row(line.scenario, label, line)
    except BadRecord as error:
        error.where = f"{what} of {label}"
        raise


def _refuse_unsorted(before: str, line: Line, number: int) -> None:
    if line.scenario < before:
        raise BadRecord(
            f"line {number:,}: {line.scenario} stands behind {before}, so the lines are not "
            "sorted by scenario"
        )


def _pair(
    name: str,
    scenarios: Mapping[str, Scenario],
    stored: Stored,
    rules: ProofRules,
    rows: list[_Row],
) -> PairShown:
    scenario = scenarios.get(name)
    ratings = [(row.label, row.line) for row in rows if isinstance(row.line, RatingLine)]
    means = _means(name, ratings, rules)
    replies: dict[str, list[ReplyShown]] = defaultdict(list)
    for row in rows:
        if isinstance(row.line, AnswerLine):
            one = row.line
            replies[row.label].append(ReplyShown(one.turn, one.generation, one.text, one.failure))
    ours, theirs = means.get(ProofArm.TUNED), means.get(ProofArm.PROMPTED)
    return PairShown(
        scenario=name,
        family=scenario.family if scenario else "",
        situation=scenario.situation if scenario else "no scenario of this evaluation",
        says=scenario.messages if scenario else (),
        arms=tuple(
            _arm(arm, tuple(replies[arm]), means.get(arm), ratings, rules)
            for arm in in_order((arm for arm, _ in stored.answers), means)
            if scenario is not None or arm in replies or arm in means
        ),
        choices=tuple(
            ChoiceShown(
                row.label,
                line.first,
                line.second,
                line.preferred,
                line.reason,
                question(line.question).text,
            )
            for row in rows
            for line in [row.line]
            if isinstance(line, VoteLine) and not line.repeat
        ),
        difference=None if ours is None or theirs is None else ours - theirs,
    )


def in_order(*named: Iterable[str]) -> tuple[str, ...]:
    """The arms that are named: those of a proof in their order, any other behind."""
    found = {name for names in named for name in names}
    return (
        *(arm.value for arm in ARMS if arm in found),
        *sorted(found - {arm.value for arm in ARMS}),
    )


def _arm(
    arm: str,
    replies: tuple[ReplyShown, ...],
    mean: float | None,
    ratings: list[tuple[str, RatingLine]],
    rules: ProofRules,
) -> ArmShown:
    ours = [(who, line) for who, line in ratings if line.arm == arm and not line.repeat]
    low, high = float(rules.lowest), float(rules.highest)
    values: dict[str, list[float]] = defaultdict(list)
    for _, line in ours:
        if line.value is not None and low <= line.value <= high:
            values[line.dimension].append(line.value)
    return ArmShown(
        arm=arm,
        replies=replies,
        mean=mean,
        dimensions=tuple((name, fmean(found)) for name, found in values.items()),
        reasons=tuple(
            ReasonShown(who, line.dimension, line.value, line.reason)
            for who, line in ours
            if line.reason
        ),
    )


def _means(name: str, ratings: list[tuple[str, RatingLine]], rules: ProofRules) -> dict[str, float]:
    """The mean of each arm by the rule of every test: what is not usable there is not here."""
    usable = [
        Rating(
            name,
            line.family,
            line.arm,
            who,
            line.dimension,
            line.generation,
            line.turn,
            line.value,
        )
        for who, line in ratings
        if line.value is not None and not line.repeat
    ]
    if not usable:
        return {}
    scale = (float(rules.lowest), float(rules.highest))
    averages = aggregate(usable, scale=scale, dimensions=rules.dimensions)
    return {arm: found[name] for arm, found in averages.arms.items()}
