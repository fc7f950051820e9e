"""Options of `lorewright experiments` that say what else than the plan is varied."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ParamSpec, TypeVar

import click

from lorewright.errors import UsageError
from lorewright.flows.experiment_orders import Wish
from lorewright.train.experiments import ALIASES, Scalar, Scalars

P = ParamSpec("P")
T = TypeVar("T")


def axis_options(command: Callable[P, T]) -> Callable[P, T]:
    """Give a command `--base`, `--set` and `--dataset`."""
    options = (
        click.option(
            "--base", multiple=True, help="The base of all trainings; several are compared."
        ),
        click.option(
            "--set",
            "values",
            multiple=True,
            metavar="KEY=VALUE,...",
            help="Vary a training setting over these values, whatever the plan says of it.",
        ),
        click.option(
            "--dataset", "datasets", multiple=True, help="Train on it; the newest by default."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def wish_of(name: str, said: Mapping[str, Any]) -> Wish:
    """What the options say.

    Raises:
        UsageError: when a value is none.
    """
    values: dict[str, Scalars] = {}
    for told in said["values"]:
        key, equals, listed = str(told).partition("=")
        key = ALIASES.get(key.strip(), key.strip())
        found = tuple(_scalar(one.strip()) for one in listed.split(",") if one.strip())
        if not equals or not key or not found:
            raise UsageError(
                f"--set {told} says nothing", hint="such as --set size=50,150, or --set base=pocket"
            )
        values[key] = found
    if said["base"]:
        if "base" in values:
            raise UsageError("--base and --set base= say the same", hint="leave one of them out")
        values["base"] = tuple(said["base"])
    return Wish(name, tuple(said["datasets"]), values)


def _scalar(word: str) -> Scalar:
    """A whole number, a number with a fraction, yes or no, or a word."""
    if word.lower() in {"true", "false"}:
        return word.lower() == "true"
    try:
        number = Decimal(word)
    except ArithmeticError:
        return word
    if not number.is_finite():
        return word
    return int(number) if word.isdecimal() else number
