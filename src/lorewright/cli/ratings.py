"""`lorewright ratings`: what judges and people say about answers, blind."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lorewright.cli.face import Face, counted, face_command, in_words
from lorewright.cli.rating_lines import say_agreement, say_ratings, told_agreement
from lorewright.cli.teaching import (
    Asked,
    end_account,
    say_quote,
    show_account,
    taught,
    teacher_options,
    told_account,
    told_quote,
)
from lorewright.errors import Incomplete, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lorewright.flows.judging import JudgingChoice
    from lorewright.flows.rating_sheets import Imported
    from lorewright.flows.teaching import Account
    from lorewright.records import Ratings
    from lorewright.settings import Settings
    from lorewright.store import Store

NEXT = "lorewright ratings agreement"
PROFILES = ("advisor", "criteria", "deliberation")

_A_FILE = click.Path(path_type=Path, dir_okay=False)
_SET = click.option(
    "--set", "asked_set", metavar="NAME", help="The set of scenarios; that answered last if unsaid."
)
_PROFILE = click.option(
    "--profile",
    "dimensions",
    type=click.Choice(PROFILES),
    help="The dimensions; by default those of the settings.",
)


def _said(context: click.Context, param: click.Parameter, value: str | None) -> str | None:
    return value if value is None else in_words(context, param, value)


class _Pair(click.ParamType[tuple[str, str]]):
    """Two arms, as `tuned:prompted-base`."""

    name = "ARM:ARM"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Take them apart."""
        ours, between, theirs = str(value).partition(":")
        if not (ours and between and theirs):
            self.fail(f"{value!r} is no pair of arms, as in tuned:prompted-base", param, ctx)
        return ours, theirs


@click.group()
def ratings() -> None:
    """Have answers of several arms rated by judges and by people, without saying whose they are.

    \b
    Examples:
      lorewright ratings judge --estimate
      lorewright ratings export ada.csv --rater "Ada Byron"
      lorewright ratings agreement
    """


@ratings.command()
@_SET
@_PROFILE
@click.option(
    "--pair", "pairs", type=_Pair(), multiple=True, help="Arms to choose between; may be repeated."
)
@click.option(
    "--retry",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Ask once more for what did not come; what came is not paid twice.",
)
@teacher_options
@face_command
def judge(face: Face, asked_set: str | None, **asked: Any) -> None:
    """Ask every judge of the panel to rate every answer, and to choose between arms.

    A judge sees the client's situation and one answer, and gives each dimension a reason and a
    value from 1 to 5. Between two arms it chooses in both orders, and a choice that changes
    with the order is a tie. Who judges stands in the table `[evaluation.judges]` of the
    settings; --model names one judge for this once, such as rehearsal:ann, which is offline and
    proves nothing.

    \b
    Examples:
      lorewright ratings judge --estimate
      lorewright ratings judge --max-cost 5
      lorewright ratings judge --model rehearsal:ann --profile criteria
      lorewright ratings judge --pair tuned:neutral-control --max-cost 5
    """
    from lorewright.flows.answered import newest_field
    from lorewright.flows.judging_panel import choice_for
    from lorewright.flows.teaching import refuse_without_limit

    dimensions, pairs, retry = asked.pop("dimensions"), asked.pop("pairs"), asked.pop("retry")
    options = Asked(**asked)
    seats = [options.applied(one) for one in _seats(face, options)]
    if not options.estimate:
        for one in seats:
            refuse_without_limit(one, options.allowed())
    with face.store() as store:
        field = newest_field(store, asked_set)
        choice = choice_for(
            field,
            face.settings,
            dimensions=dimensions,
            pairs=pairs or None,
            draw=options.draw,
            retry=retry,
        )
        if options.estimate:
            _estimate(face, store, seats, options, choice)
        else:
            _judge(face, store, seats, options, choice)


def _seats(face: Face, options: Asked) -> "Sequence[Settings]":
    from lorewright.flows.judging_panel import panel, seat

    if options.model_name:
        return [seat(face.settings, options.model_name)]
    return panel(face.settings)


def _estimate(
    face: Face,
    store: "Store",
    seats: "Sequence[Settings]",
    options: Asked,
    choice: "JudgingChoice",
) -> None:
    from lorewright.flows.teacher_works import RATINGS, told
    from lorewright.flows.teaching import Quote

    quotes: list[Quote] = []
    for settings in seats:
        quote = taught(face, store, settings, options, work=RATINGS, choice=told(choice))
        if isinstance(quote, Quote):
            face.say(f"{quote.teacher}:")
            say_quote(face, quote)
            quotes.append(quote)
    face.note("no call was made")
    face.result("ratings", judges=[told_quote(one) for one in quotes])


def _judge(
    face: Face,
    store: "Store",
    seats: "Sequence[Settings]",
    options: Asked,
    choice: "JudgingChoice",
) -> None:
    from lorewright.flows.judging_panel import judged_by
    from lorewright.flows.prompting import prompt_folder
    from lorewright.flows.ranking_words import ratings_told
    from lorewright.flows.teacher_works import RATINGS, told
    from lorewright.flows.teaching import Quote

    accounts: list[Account] = []
    results: list[dict[str, Any]] = []
    left = options.max_cost
    for settings in seats:
        # The limit holds for the whole panel.
        allowed = replace(options, max_cost=left)
        account = taught(face, store, settings, allowed, work=RATINGS, choice=told(choice))
        if isinstance(account, Quote):
            continue
        left = None if left is None else left - account.cost
        made = judged_by(store, settings, choice, prompt_folder(face.workspace))
        face.say(f"{settings.teacher.model}:")
        show_account(face, account, made="ratings", called="record")
        if made is not None:
            say_ratings(face, made)
        results.append(
            {
                "judge": settings.teacher.model,
                "ratings": ratings_told(made) if made else None,
                **told_account(account, made="ratings", under="records"),
            }
        )
        accounts.append(account)
    face.result("ratings", profile=choice.profile, pairs=choice.pairs, judges=results)
    ended = next((one for one in accounts if not one.is_whole), accounts[-1])
    end_account(face, ended, NEXT)


@ratings.command()
@click.argument("path", metavar="FILE.csv", type=_A_FILE)
@click.option("--rater", callback=_said, required=True, help="Who fills it in.")
@_SET
@_PROFILE
@face_command
def export(
    face: Face, path: Path, rater: str, asked_set: str | None, dimensions: str | None
) -> None:
    """Write a sheet for somebody without an account: one row for each answer, under letters.

    Every rater gets a sheet of their own: another order, other letters. Some clients come
    twice, to see how far a rater agrees with themselves. Beside the sheet lies a page that says
    how to fill it in.

    \b
    Example:
      lorewright ratings export ada.csv --rater "Ada Byron"
    """
    from lorewright.flows.answered import newest_field
    from lorewright.flows.rating_sheets import write_sheet

    with face.store() as store:
        written = write_sheet(
            face.workspace,
            store,
            face.settings,
            newest_field(store, asked_set),
            rater=rater,
            path=path,
            dimensions=dimensions,
        )
    face.say(f"{counted(written.rows, 'answer')} to rate in {written.path}")
    if written.unanswered:
        face.say(f"{counted(written.unanswered, 'answer')} did not come, and have no row")
    face.result(
        "ratings",
        sheet=str(written.path),
        guide=str(written.guide),
        rater=written.rater,
        rows=written.rows,
        unanswered=written.unanswered,
    )
    face.note(f"next: send both files to {rater}, then lorewright ratings import {path}")


@ratings.command(name="import")
@click.argument("path", metavar="FILE.csv", type=_A_FILE)
@click.option("--rater", callback=_said, help="Who filled it in, where the sheet does not say.")
@_SET
@face_command
def import_sheet(face: Face, path: Path, rater: str | None, asked_set: str | None) -> None:
    """Read a sheet that was filled in; every row is used, or named with the reason why not.

    \b
    Example:
      lorewright ratings import ada.csv
    """
    from lorewright.flows.answered import newest_field
    from lorewright.flows.ranking_words import ratings_told
    from lorewright.flows.rating_sheets import read_sheet

    with face.store() as store:
        field = newest_field(store, asked_set)
        found = read_sheet(face.workspace, store, field, path, rater=rater)
    say_ratings(face, found.ratings)
    if not found.is_new:
        face.say("this sheet was read before, and says the same")
    reading = found.reading
    if reading.attended or reading.distracted:
        face.say(f"attention: {reading.attended:,} passed, {reading.distracted:,} failed")
    for trouble in sorted(reading.troubles):
        face.say(f"line {trouble.line}: {trouble.reason}: {trouble.sentence}")
    face.result(
        "ratings",
        sheet=str(path),
        ratings=ratings_told(found.ratings),
        is_new=found.is_new,
        attended=reading.attended,
        distracted=reading.distracted,
        troubles=[trouble._asdict() for trouble in reading.troubles],
    )
    _end_import(face, found)


def _end_import(face: Face, found: "Imported") -> None:
    amiss = len(found.reading.troubles)
    if not amiss:
        face.note(f"next: {NEXT}")
        return
    if face.as_json:
        raise click.exceptions.Exit(Incomplete.exit_code)
    raise Incomplete(
        f"{counted(amiss, 'row')} of this sheet could not be used; the others are kept",
        hint="mend the lines named above and read the sheet again; what is said last counts",
    )


@ratings.command(name="list")
@_SET
@face_command
def list_ratings(face: Face, asked_set: str | None) -> None:
    """List who rated the newest answers, how much of it came, and which judges are partial.

    A judge is partial when its family of language models also wrote what the adapter was
    trained on.

    \b
    Example:
      lorewright ratings list
    """
    from lorewright.flows.answered import newest_answers, newest_set
    from lorewright.flows.judging_families import partial_judges, training_authors
    from lorewright.flows.ranking_words import ratings_told
    from lorewright.flows.rated import ratings_of

    with face.store() as store:
        asked = newest_set(store, asked_set)
        answers = newest_answers(store, asked.ref)
        found = ratings_of(store, asked.ref)
        authors = sorted(training_authors(store, answers.values()))
        partial = partial_judges(found, authors)
    for one in found:
        say_ratings(face, one)
        if one.rater in partial:
            family = partial[one.rater] or "the very same language model"
            face.say(f"  partial: {family} wrote training data, too")
    if not found:
        face.note("nobody has rated these answers; `lorewright ratings judge` has them rated")
    face.result(
        "ratings",
        set=asked.ref,
        arms=sorted(answers),
        raters=[ratings_told(one, is_partial=one.rater in partial) for one in found],
        training_authors=authors,
    )


@ratings.command()
@_SET
@face_command
def agreement(face: Face, asked_set: str | None) -> None:
    """Say how far raters agree with each other and with themselves, and whether orders sway them.

    \b
    Example:
      lorewright ratings agreement
    """
    from lorewright.flows.answered import newest_set
    from lorewright.flows.rated import ratings_of
    from lorewright.flows.rating_agreement import agreement_of

    with face.store() as store:
        found: list[Ratings] = ratings_of(store, newest_set(store, asked_set).ref)
        if not found:
            raise UsageError(
                "nobody has rated these answers",
                hint="have them rated with `lorewright ratings judge`, or write a sheet with "
                "`lorewright ratings export`",
            )
        report = agreement_of(store, face.settings, found)
    say_agreement(face, report)
    face.result("ratings", **told_agreement(report))
