"""`lorewright rank`: put the answers of arms in an order, without knowing whose they are."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from lorewright.cli.face import Face, counted, face_command, in_words
from lorewright.cli.rating_lines import in_numbers, say_ratings
from lorewright.errors import UsageError

if TYPE_CHECKING:
    from lorewright.flows.blind_ranking import BlindRanking


def _said(context: click.Context, param: click.Parameter, value: str | None) -> str | None:
    return value if value is None else in_words(context, param, value)


@click.command()
@click.option("--rater", callback=_said, help="Who ranks; by default the setting `operator`.")
@click.option(
    "--set", "asked_set", metavar="NAME", help="The set of scenarios; that answered last if unsaid."
)
@click.option("--progress", is_flag=True, help="Only say how far everybody is.")
@click.option("--lock", is_flag=True, help="End the ranking: nobody says more after that.")
@click.option("--show", is_flag=True, help="Say which arm is ahead; refused before the lock.")
@face_command
def rank(face: Face, rater: str | None, asked_set: str | None, **modes: bool) -> None:
    """Read answers side by side under letters, and say which is best.

    For every client three questions are asked: which answer is most like a real coach's, whose
    advice you would follow, and which fits the persona of the advisor. Answer with letters, the
    best first, as in `b` or `b>a=c`; `tie` and `bad` are answers, too. What is said is kept at
    once. Which arm stands behind a letter nobody is told before the lock.

    \b
    Examples:
      lorewright rank --rater "Ada Byron"
      lorewright rank --progress
      lorewright rank --lock
      lorewright rank --show
    """
    from lorewright.flows.blind_ranking import ranking_of

    chosen = [mode for mode, is_asked in modes.items() if is_asked]
    if len(chosen) > 1:
        shown = " and ".join(f"--{mode}" for mode in chosen)
        raise UsageError(f"{shown} are two things", hint="ask for one at a time")
    mode = chosen[0] if chosen else ""
    with face.store() as store:
        board = ranking_of(face.workspace, store, face.settings, asked_set)
        _MODES[mode](face, board, rater or face.settings.operator)


def _at_the_terminal(face: Face, board: "BlindRanking", rater: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError(
            "nobody is at a terminal to be asked",
            hint="write a sheet with `lorewright ratings export FILE.csv --rater NAME`",
        )
    from lorewright.cli.rank_terminal import RankingSession

    session = RankingSession(board, rater)
    try:
        session.run()
    finally:
        face.say(session.summary)
    face.result("rank", rater=rater, ranked=session.ranked, left=session.left)


def _progress(face: Face, board: "BlindRanking", _rater: str) -> None:
    found = board.progress()
    for one in found:
        face.say(f"{one.rater}: {one.said:,} of {one.of:,}, {one.seconds / 60:.0f} min")
        if one.distracted:
            face.say(
                f"  preferred an answer to somebody else in {one.distracted:,} of "
                f"{one.attended + one.distracted:,} items that are there to see who reads"
            )
    locked = bool(board.locked())
    skipped = len(board.field.scenarios) - len(board.rankable)
    if skipped:
        face.say(f"{counted(skipped, 'scenario')} without two whole answers, left out")
    if not found:
        face.note("nobody has ranked anything; `lorewright rank` begins")
    face.result(
        "rank",
        session=board.session,
        arms=len(board.field.arms),
        raters=[one._asdict() for one in found],
        left_out=skipped,
        locked=locked,
    )


def _lock(face: Face, board: "BlindRanking", _rater: str) -> None:
    from lorewright.flows.ranking_results import lock
    from lorewright.flows.ranking_words import ratings_told

    made = lock(board)
    for one in made:
        say_ratings(face, one)
    face.result("rank", session=board.session, ratings=[ratings_told(one) for one in made])
    face.note("next: lorewright rank --show")


def _show(face: Face, board: "BlindRanking", _rater: str) -> None:
    from lorewright.flows.ranking_results import reveal
    from lorewright.flows.ranking_words import standing_told

    found = reveal(board)
    for one in found:
        face.say(one.question.text)
        for place, arm in enumerate(one.ranks, start=1):
            won = f"{arm.wins:,} won, {arm.losses:,} lost, {arm.ties:,} tied"
            face.say(f"  {place}. {arm.arm:<16} strength {in_numbers(arm)}; {won}")
        face.say(f"  alpha of the raters {in_numbers(one.agreement)}")
        face.say(f"  the same when asked again {in_numbers(one.self_agreement)}")
    face.result("rank", session=board.session, questions=[standing_told(one) for one in found])


_MODES: dict[str, Callable[[Face, "BlindRanking", str], None]] = {
    "": _at_the_terminal,
    "progress": _progress,
    "lock": _lock,
    "show": _show,
}
