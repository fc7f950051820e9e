"""What is found before a training, and what it will take, for people and for programs."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from textwrap import wrap
from typing import Any, ParamSpec, TypeVar

import click

from lorewright.cli.face import Face, counted
from lorewright.train.estimate import Estimate
from lorewright.train.preflight import Finding, Preflight, in_bytes, in_time

P = ParamSpec("P")
T = TypeVar("T")

WIDTH = 96
_INDENT = " " * 10


class _Price(click.ParamType[Decimal]):
    """USD for an hour, exact; nothing at all is a price too."""

    name = "USD"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        """Read it as it is written."""
        try:
            price = Decimal(str(value))
        except ArithmeticError:
            self.fail(f"{value!r} is no number", param, ctx)
        if not price.is_finite() or price < 0:
            self.fail(f"{value!r} is no price", param, ctx)
        return price


def preflight_options(command: Callable[P, T]) -> Callable[P, T]:
    """Give a command the options of looking before training."""
    options = (
        click.option("--check", is_flag=True, help="Only look for what would go wrong."),
        click.option("--estimate", is_flag=True, help="Only say what training would take."),
        click.option(
            "--force", multiple=True, metavar="NAME", help="Train in spite of this finding."
        ),
        click.option(
            "--calibrate/--no-calibrate",
            default=None,
            help="For an estimate: time some steps first; by itself only with a small base.",
        ),
        click.option(
            "--price-per-hour",
            type=_Price(),
            help="Of one training process, for an estimate of the cost.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def show_findings(face: Face, found: Preflight) -> None:
    """A table of what was found, blockers first, each with what to do."""
    warnings = sum(not one.is_blocker for one in found.findings)
    blockers = len(found.findings) - warnings
    if not found.findings:
        face.say("nothing stands in the way")
    else:
        forced = f", of which {len(found.forced):,} forced" if found.forced else ""
        face.say(f"{counted(blockers, 'blocker')}{forced}, {counted(warnings, 'warning')}")
    for one in found.findings:
        for line in _lines(one, is_forced=one.name in found.forced):
            face.say(line)
    for reason in found.not_looked_at:
        _say(face, "not seen", reason)


def show_estimate(face: Face, expected: Estimate, price: str) -> None:
    """Tokens, steps, memory by part, time, cost and disk.

    Args:
        face: where.
        expected: what is known.
        price: of an hour of a process, and who says so.
    """
    tokens, memory, use = expected.tokens, expected.memory, expected.use
    about = "" if tokens.is_counted else "about "
    face.say(f"device    {expected.device.name}, base in {use.precision.value}")
    face.say(
        f"tokens    {about}{tokens.train.tokens:,} per epoch, {tokens.train.loss_tokens:,} of them "
        f"with loss; {tokens.valid.tokens:,} watched; the longest example has "
        f"{tokens.train.longest:,}"
    )
    face.say(f"steps     {expected.steps:,}")
    parts = ", ".join(f"{name} {in_bytes(size)}" for name, size in memory._asdict().items())
    _say(face, "memory", f"{use.on_one_device} x {in_bytes(memory.total)}: {parts}")
    low, likely, high = expected.whole_seconds
    how = "by formula" if expected.pace is None else "from steps that were timed"
    face.say(f"time      {in_time(low)} to {in_time(high)}, likely {in_time(likely)} ({how})")
    if expected.cost is not None:
        cheap, usual, dear = expected.cost
        face.say(f"cost      {cheap} to {dear}, likely {usual} USD, {price}")
    face.say(f"disk      {in_bytes(expected.disk)}")
    if expected.pace is not None and expected.pace.peak:
        face.say(
            f"measured  {expected.pace.step_s:.2f} s per step; {in_bytes(expected.pace.peak)} of "
            f"memory, where the formula says {in_bytes(memory.total)}"
        )


def as_told(found: Preflight) -> dict[str, Any]:
    """The findings for other programs."""
    return {
        "blockers": [one.name for one in found.blockers],
        "forced": list(found.forced),
        "findings": [
            {
                "name": one.name,
                "severity": one.severity.value,
                "sentence": one.sentence,
                "count": one.count,
                "where": list(one.where),
                "hint": one.hint,
            }
            for one in found.findings
        ],
        "not_looked_at": list(found.not_looked_at),
    }


def _lines(one: Finding, *, is_forced: bool) -> Iterator[str]:
    state = "forced" if is_forced else one.severity.value
    yield ""
    yield from wrap(f"{state:<9} {one.name}: {one.sentence}", WIDTH, subsequent_indent=_INDENT)
    for place in one.where:
        yield f"{_INDENT}- {place}"
    if one.count > len(one.where) > 0:
        yield f"{_INDENT}- and {one.count - len(one.where):,} more"
    yield from wrap(
        f"-> {one.hint}", WIDTH, initial_indent=_INDENT, subsequent_indent=f"{_INDENT}   "
    )


def _say(face: Face, label: str, text: str) -> None:
    for line in wrap(f"{label:<9} {text}", WIDTH, subsequent_indent=_INDENT):
        face.say(line)
