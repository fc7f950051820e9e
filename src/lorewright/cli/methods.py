"""The options of `lorewright train` that say how, and the lists of what may be said."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, ParamSpec, TypeVar

import click

from lorewright.cli.face import Face, counted
from lorewright.train import MethodRecipe, Preset, Recipes
from lorewright.train.preflight import Preflight

P = ParamSpec("P")
T = TypeVar("T")

GB = 1_000_000_000


class Rate(click.ParamType[Decimal]):
    """A learning rate: exact, and more than nothing."""

    name = "RATE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        """Read it as it is written."""
        try:
            rate = Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value!r} is no number", param, ctx)
        if not rate.is_finite() or rate <= 0:
            self.fail(f"{value!r} is no rate to learn at", param, ctx)
        return rate


def method_options(command: Callable[P, T]) -> Callable[P, T]:
    """Give a command the options that choose a method and its numbers."""
    options = (
        click.option("--method", help="How the base is trained; --methods lists the ways."),
        click.option("--preset", help="Choices that go together: conservative, balanced ..."),
        click.option("--rank", type=click.IntRange(1), help="Rank of the adapter."),
        click.option("--learning-rate", type=Rate(), help="The highest rate, such as 2e-4."),
        click.option("--methods", is_flag=True, help="List methods and presets; train nothing."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def show_methods(face: Face, known: Recipes) -> None:
    """List every method with where its result can be served, and every preset."""
    for method in known.methods.values():
        face.say(f"{method.name}: {method.sentence}")
        face.say(f"    {method.serving.note if method.refused is None else method.refused}")
    face.say()
    for preset in known.presets.values():
        face.say(f"preset {preset.name}: {preset.sentence}")
        face.say(f"    {_numbers(preset)}")
    face.result(
        "train",
        methods=[_told(method) for method in known.methods.values()],
        presets=[preset.model_dump(mode="json") for preset in known.presets.values()],
    )


def show_choices(face: Face, found: Preflight) -> None:
    """Say with which numbers would be trained, and how the device would be used."""
    plan, choice = found.plan, found.choice
    steps = f"{plan.steps:,} steps" if plan.steps else counted(plan.epochs, "epoch")
    width = "" if plan.method.kind == "full" else f", rank {plan.rank}, alpha {plan.alpha}"
    face.say(
        f"method {plan.method.name}{width}, rate {plan.learning_rate:f}, "
        f"{plan.batch} examples per step, {steps}"
    )
    if choice is None:
        face.say("the base lies on a hub; how much memory it takes is known once it is here")
    for reason in choice.reasons if choice else ():
        face.say(f"  {reason}")


def choices_told(found: Preflight) -> dict[str, Any]:
    """The same for other programs; memory as it is estimated, or counted for the choice."""
    plan, choice = found.plan, found.choice
    memory = found.estimate.memory.total if found.estimate else choice and choice.need.total
    return {
        "method": plan.method.name,
        "plan": plan.model_dump(mode="json", exclude={"method"}),
        "device": choice.device.kind if choice else None,
        "memory_gb": None if memory is None else round(memory / GB, 2),
        "fits": choice.fits if choice else None,
        "reasons": list(choice.reasons) if choice else [],
    }


def _numbers(preset: Preset) -> str:
    told = preset.model_dump(exclude={"name", "sentence"}, exclude_none=True)
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items())


def _told(method: MethodRecipe) -> dict[str, Any]:
    return {
        "name": method.name,
        "sentence": method.sentence,
        "source": method.source,
        "refused": method.refused,
        **method.serving.model_dump(),
    }
