"""What commands that ask a language model have in common: options, progress, and the account."""

import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from lorewright.cli.face import Face, counted, failures, sum_of

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from lorewright.flows.teacher_works import Choice
    from lorewright.flows.teaching import Account, Allowed, Quote, Standing
    from lorewright.jobs.batching import UnderWay
    from lorewright.jobs.estimating import Estimate, Range
    from lorewright.settings import Settings
    from lorewright.store import Store

P = ParamSpec("P")
T = TypeVar("T")

LINE_EVERY_S = 10
WAITING_EVERY_S = 300
IN_BATCHES = "as long as the provider takes for its batches, at most a day for each"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options say."""

    model_name: str | None
    max_cost: Decimal | None
    estimate: bool
    batch: bool
    draw: int

    def settings(self, face: Face) -> "Settings":
        """The settings with the language model that is meant."""
        return self.applied(face.settings)

    def applied(self, settings: "Settings") -> "Settings":
        """`settings` as the options change them."""
        from lorewright.flows.teaching import asked_of, in_batches

        asked = asked_of(settings, self.model_name)
        return in_batches(asked) if self.batch else asked

    def allowed(self) -> "Allowed":
        """What the run may spend."""
        from lorewright.flows.teaching import Allowed

        return Allowed(self.max_cost)


class Money(click.ParamType[Decimal]):
    """An amount in US dollars: exact, and never less than nothing."""

    name = "USD"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        """Read it as it is written."""
        try:
            amount = Decimal(str(value).removeprefix("$"))
        except InvalidOperation:
            self.fail(f"{value!r} is no amount of money", param, ctx)
        if not amount.is_finite() or amount < 0:
            self.fail(f"{value!r} is no amount that can be spent", param, ctx)
        return amount


def teacher_options(command: Callable[P, T]) -> Callable[P, T]:
    """Give a command the options of everything that asks a language model."""
    options = (
        click.option("--model", "model_name", metavar="PLUG-IN:NAME", help="The language model."),
        click.option(
            "--max-cost", type=Money(), help="The most that this run may cost, in US dollars."
        ),
        click.option("--estimate", is_flag=True, help="Say what it would take; ask nothing."),
        click.option("--batch", is_flag=True, help="In batches: half the price, within a day."),
        click.option(
            "--again",
            "draw",
            type=click.IntRange(0),
            default=0,
            metavar="N",
            help="Ask the same again on purpose; each N draws answers of its own.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def taught(
    face: Face,
    store: "Store",
    settings: "Settings",
    asked: Asked,
    *,
    work: str,
    choice: "Choice",
    priority: str = "normal",
) -> "Account | Quote":
    """Do a work that asks a language model, or with `--estimate` only say what it would take."""
    from lorewright.flows.prompting import prompt_folder
    from lorewright.flows.teacher_works import plan_of
    from lorewright.flows.teaching import estimate_priced
    from lorewright.flows.teaching_runs import run_durably
    from lorewright.jobs.turns import Urgency

    plan = plan_of(work, prompt_folder(face.workspace))
    if asked.estimate:
        return estimate_priced(store, settings, lambda asker: plan(store, settings, asker, choice))
    with teaching_progress(face) as watch:
        return run_durably(
            store,
            settings,
            work,
            choice,
            plan,
            allowed=asked.allowed(),
            urgency=Urgency[priority.upper()],
            watch=watch,
        )


@contextmanager
def teaching_progress(face: Face) -> Generator[Callable[["Standing"], None]]:
    """A bar with money and time on a terminal, a line every ten seconds elsewhere."""
    if face.quiet:
        yield lambda _standing: None
    elif sys.stderr.isatty():
        with _bar() as watch:
            yield watch
    else:
        yield _Lines().watch


def show_quote(face: Face, quote: "Quote", command: str) -> None:
    """What works would take, by purpose and in all, and nothing else is done."""
    say_quote(face, quote)
    face.note("no call was made; after the first calls the estimate grows sharper")
    face.result(command, **told_quote(quote))


def say_quote(face: Face, quote: "Quote") -> None:
    """What works would take, for people."""
    rows = (
        [
            row.purpose,
            *map(_range, (row.calls, row.input_tokens, row.output_tokens)),
            _range(row.cost, 4),
        ]
        for row in quote.rows
    )
    _table(face, ["", "calls", "input tokens", "output tokens", "US dollars"], *rows)
    face.say(f"time: {IN_BATCHES if quote.in_batches else _span(quote.whole.seconds)}")
    as_of = f", newest price of {quote.prices_as_of}" if quote.prices_as_of else ""
    face.say(f"prices: {quote.prices}{as_of}")
    face.say(f"tokens: {quote.tokens}")
    if quote.limit is not None:
        face.say(f"limit: {money(quote.limit)}")


def told_quote(quote: "Quote") -> dict[str, Any]:
    """The same for other programs."""
    return {
        "estimate": [
            {**_told(row), **({"seconds": None} if quote.in_batches else {})} for row in quote.rows
        ],
        "teacher": quote.teacher,
        "prices": quote.prices,
        "prices_as_of": quote.prices_as_of,
        "tokens": quote.tokens,
        "limit": quote.limit,
        "batch": quote.in_batches,
    }


def show_account(face: Face, account: "Account", *, made: str, called: str) -> None:
    """What a run made, turned down and could not do, and what it cost.

    Args:
        face: how to speak.
        account: the run.
        made: the kind of record that the command is about.
        called: what people call one of them.
    """
    report = account.report
    count, rejected, failed = (
        report.counts[made], report.rejected.total(), len(report.failed),
    )  # fmt: skip
    again = f" ({report.again:,} done before)" if report.again else ""
    face.say(f"{counted(count, called)} from {counted(report.pieces, 'piece')} of work{again}")
    face.say(sum_of("result", report.accepted, rejected, failed))
    for reason, number in report.rejected.most_common():
        face.say(f"  {number:>7,}  rejected: {reason.replace('_', ' ')}")
    for one in failures(report):
        face.say(f"failed: {one['label']}: {one['sentence']}")
    calls = sum(one.calls for one in account.calls.values())
    each = account.cost_per(made)
    new = f"{counted(account.fresh[made], 'new ' + called)}"
    per = f", {money(each)} for each of {new}" if each is not None else ""
    face.say(f"{counted(calls, 'call')} paid now, {money(account.cost)}{per}")


def told_account(account: "Account", *, made: str, under: str) -> dict[str, Any]:
    """The same for other programs; the number of what was made stands `under` a key."""
    report = account.report
    rejected, failed = report.rejected, failures(report)
    return {
        "run": account.run,
        under: report.counts[made],
        "requested": report.accepted + rejected.total() + len(failed),
        "accepted": report.accepted,
        "rejected": dict(rejected.most_common()),
        "failed": failed,
        "pieces": report.pieces,
        "done_before": report.again,
        "made_now": account.fresh[made],
        "seconds": round(report.took_s, 3),
        "calls": {
            purpose: {
                "complete": one.complete,
                "unusable": one.unusable,
                "failed": one.failed,
                "cost_usd": str(one.cost_usd),
                "tokens": one.tokens._asdict(),
            }
            for purpose, one in account.calls.items()
        },
        "cost_usd": str(account.cost),
        "cost_per_accepted_usd": _text(account.cost_per(made)),
        "limit_usd": _text(account.limit),
        "ended": account.ended.sentence if account.ended else None,
    }


def end_account(face: Face, account: "Account", next_step: str) -> None:
    """End a command as its run ended.

    Raises:
        Incomplete: when the run was cut short, or a part of it failed.
    """
    from lorewright.errors import Incomplete

    failed = len(account.report.failed)
    if account.ended is None and not failed:
        face.note(f"next: {next_step}")
        return
    if face.as_json:
        raise click.exceptions.Exit(Incomplete.exit_code)
    if account.ended is not None:
        raise account.ended
    raise Incomplete(
        f"{failed:,} of {counted(account.report.pieces, 'piece')} of work failed; the others are "
        "done",
        hint="`lorewright calls --failed` shows what came back; the same command tries again",
    )


def money(amount: Decimal) -> str:
    """An amount for people: whole cents, or as many places as a small one needs."""
    if amount == 0 or amount >= 1:
        return f"${amount:,.2f}"
    return f"${amount:.4f}" if amount >= Decimal("0.01") else f"${amount:.6f}"


class _Lines:
    """A line now and then."""

    def __init__(self) -> None:
        self._said = time.monotonic()
        self._waits_for: UnderWay | None = None

    def watch(self, standing: "Standing") -> None:
        is_news = standing.waits_for not in {None, self._waits_for}
        self._waits_for = standing.waits_for
        every_s = WAITING_EVERY_S if standing.waits_for else LINE_EVERY_S
        if is_news or time.monotonic() - self._said > every_s:
            self._said = time.monotonic()
            total = standing.calls + round(standing.left.calls.likely)
            click.echo(
                f"{standing.doing}: {standing.calls:,} of about {total:,} answers, "
                f"{_spent(standing)}, {_left(standing)}",
                err=True,
            )


@contextmanager
def _bar() -> Generator[Callable[["Standing"], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[counts]}"),
    )  # fmt: skip
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("asking", total=None, counts="")
        yield lambda standing: _move(bar, task, standing)


def _move(bar: "Bar", task: "TaskID", standing: "Standing") -> None:
    total = standing.calls + round(standing.left.calls.likely)
    counts = f"{standing.calls:,}/{total:,} answers  {_spent(standing)}  {_left(standing)}"
    bar.update(
        task, completed=standing.calls, total=total, description=standing.doing, counts=counts
    )


def _spent(standing: "Standing") -> str:
    limit = f" of {money(standing.limit)}" if standing.limit is not None else ""
    return money(standing.spent) + limit


def _left(standing: "Standing") -> str:
    """How long it takes; of batches nobody knows, so since when they are under way."""
    found = standing.waits_for
    if found is not None:
        since = datetime.fromtimestamp(found.since, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
        what = "a batch" if found.batches == 1 else f"{found.batches:,} batches"
        return f"{what} of {counted(found.calls, 'call')} under way since {since}"
    if standing.in_batches:
        return "gathering a batch"
    return f"{_time(standing.left.seconds.likely)} left"


def _told(row: "Estimate") -> dict[str, Any]:
    return {
        "purpose": row.purpose,
        "calls": _rounded(row.calls),
        "input_tokens": _rounded(row.input_tokens),
        "output_tokens": _rounded(row.output_tokens),
        "cost_usd": [str(one) for one in row.cost_usd],
        "seconds": _rounded(row.seconds),
    }


def _rounded(span: Sequence[float]) -> list[int]:
    return [round(one) for one in span]


def _table(face: Face, *rows: Sequence[str]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = (f"{one:>{width}}" for one, width in zip(others, widths[1:], strict=True))
        face.say("  ".join([f"{first:<{widths[0]}}", *cells]))


def _range(span: "Range", places: int = 0) -> str:
    """The likely value, and from where to where it may be."""
    low, likely, high = (f"{one:,.{places}f}" for one in span)
    return likely if low == high else f"{likely} ({low}-{high})"


def _span(span: "Range") -> str:
    return f"{_time(span.likely)} ({_time(span.low)} to {_time(span.high)})"


def _time(seconds: float) -> str:
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    if whole < 90 * 60:
        return f"{round(whole / 60)} min"
    return f"{whole / 3600:.1f} h"


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
