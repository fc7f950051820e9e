"""The end of a blind ranking: the lock, and what lies behind the letters."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lorewright.errors import NotYet, Refused
from lorewright.evaluate.ranking import QUESTIONS, Question, votes_of
from lorewright.evaluate.rating_lines import BOTH_BAD, TIE, VoteLine, duel_of, write_lines
from lorewright.flows.blind_ranking import STEP, BlindRanking, Said
from lorewright.flows.current import step_of
from lorewright.flows.rated import votes_in
from lorewright.records import Person, Ratings, RejectedCount
from lorewright.statistics import (
    Agreement,
    Rank,
    Same,
    agreeing_within,
    krippendorff,
    ranking,
)

UNSAID = "not ranked before the lock"


class Standing(NamedTuple):
    """What one question came to."""

    question: Question
    ranks: tuple[Rank, ...]
    """The arms, the strongest first."""
    ties: int
    both_bad: int
    agreement: Agreement
    """Of the raters, over the votes between two arms."""
    self_agreement: Same
    """How often a rater said the same about the same two answers when they came again."""


def lock(board: BlindRanking) -> list[Ratings]:
    """End a ranking: keep what every rater said, and let nobody say more.

    Items that a rater did not get to are counted as failed.

    Raises:
        NotYet: when nobody has ranked anything.
        Refused: when it is locked already.
    """
    if board.locked():
        raise Refused("this ranking is locked already", hint="`lorewright rank --show` tells it")
    said = board.said()
    if not said:
        raise NotYet("nobody has ranked anything", hint="begin with `lorewright rank`")
    step = step_of(board.store, STEP, session=board.session)
    # What is there to see who reads is about no arm, so it was asked for as no vote.
    said = {
        rater: [one for one in found.values() if one.item.decoy is None]
        for rater, found in said.items()
    }
    asked = {rater: sum(one.decoy is None for one in board.items(rater)) for rater in said}
    people = [Person(name=rater) for rater in sorted(said)]
    made = [
        Ratings(
            rater=person.name,
            by="person",
            origin="measured",
            requested=asked[person.name] * len(QUESTIONS),
            accepted=len(said[person.name]) * len(QUESTIONS),
            failed=_unsaid(asked[person.name] - len(said[person.name])),
            ratings=board.store.put_blob(b""),
            votes=board.store.put_blob(write_lines(_votes(said[person.name]))),
            made_from=(*board.field.answers, person.ref, step.recipe),
        )
        for person in people
    ]
    board.store.put(*people, *made)
    return made


def reveal(board: BlindRanking) -> list[Standing]:
    """What lies behind the letters: one standing for each question.

    Raises:
        Refused: before the lock.
        MissingExtra: when the extra `prove` is not installed.
    """
    locked = board.locked()
    if not locked:
        raise Refused(
            "this ranking is not locked, and whoever still ranks must not know the arms",
            hint="end it with `lorewright rank --lock`",
        )
    votes = [(one.rater, line) for one in locked for line in votes_in(board.store, one)]
    return [_standing(question, votes) for question in QUESTIONS]


def _standing(question: Question, votes: Sequence[tuple[str, VoteLine]]) -> Standing:
    ours = [(rater, line) for rater, line in votes if line.question == question.key]
    once = [(rater, line) for rater, line in ours if line.repeat == 0]
    sheet: dict[str, dict[str, float]] = defaultdict(dict)
    for rater, line in once:
        sheet[_unit(line)][rater] = _side(line)
    again: dict[tuple[str, str], list[VoteLine]] = defaultdict(list)
    for rater, line in ours:
        again[rater, _unit(line)].append(line)
    return Standing(
        question,
        ranking([duel_of(line) for _, line in once]),
        sum(line.preferred == TIE for _, line in once),
        sum(line.preferred == BOTH_BAD for _, line in once),
        krippendorff(sheet, distance="nominal"),
        agreeing_within(
            (lines[0].scenario, [line.preferred for line in lines])
            for lines in again.values()
            if len(lines) > 1
        ),
    )


def _votes(said: Iterable[Said]) -> Iterable[VoteLine]:
    for one in said:
        for key, choice in one.choices.items():
            yield from votes_of(
                choice,
                one.item.letters,
                scenario=one.item.scenario,
                question=key,
                repeat=one.item.repeat,
            )


def _unsaid(items: int) -> tuple[RejectedCount, ...]:
    return (RejectedCount(reason=UNSAID, count=items * len(QUESTIONS)),) if items else ()


def _unit(line: VoteLine) -> str:
    """Two arms on one scenario, whichever was shown first."""
    return "|".join((line.scenario, *sorted((line.first, line.second))))


def _side(line: VoteLine) -> float:
    """1 for the arm that comes first by name, -1 for the other, 0 for neither."""
    if line.preferred in {TIE, BOTH_BAD}:
        return 0.0
    return 1.0 if line.preferred == min(line.first, line.second) else -1.0
