"""Options of commands that start training: what it may take, and what to do without memory."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

import click

from lorewright.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])

LIMITS = ("max_cost", "max_minutes", "retry_oom", "on")
"""How the options of `job_options` are called."""


class _More(click.ParamType[Decimal]):
    """An amount of money, or of minutes, larger than nothing."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        """Read it without losing a digit."""
        try:
            found = Decimal(str(value))
        except ArithmeticError:
            self.fail(f"{value!r} is no number", param, ctx)
        if not found.is_finite() or found <= 0:
            self.fail("it must be more than nothing", param, ctx)
        return found


def job_options(command: F) -> F:
    """Give a command `--max-cost`, `--max-minutes`, `--retry-oom` and `--on`."""
    for option in (
        click.option(
            "--on", metavar="PLACE", help="Where it runs: `here`, or a place of the settings."
        ),
        click.option(
            "--retry-oom",
            is_flag=True,
            help="When memory runs out, try once more with the smallest change that may fit.",
        ),
        click.option(
            "--max-minutes", type=_More(), help="The most minutes of each training process."
        ),
        click.option("--max-cost", type=_More(), help="The most that all of it may cost, in USD."),
    ):
        command = option(command)
    return command


def with_limits(
    settings: Settings,
    *,
    max_cost: Decimal | None,
    max_minutes: Decimal | None,
    retry_oom: bool,
    on: str | None = None,
) -> Settings:
    """The settings with what the options say."""
    changes = {
        "max_cost_usd": max_cost,
        "max_minutes": max_minutes,
        "retry_out_of_memory": True if retry_oom else None,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    elsewhere = settings.elsewhere.model_copy(update={} if on is None else {"on": on})
    jobs = settings.jobs.model_copy(update=given)
    return settings.model_copy(update={"jobs": jobs, "elsewhere": elsewhere})
