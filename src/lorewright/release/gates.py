"""The gates that a proposal has to pass, in words and with their thresholds."""

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from lorewright.records import Recipe
from lorewright.release.facts import RejectedFacts


class Gate(NamedTuple):
    """One gate and what it did."""

    step: str
    reason: str
    says: str
    threshold: str | None
    """The setting and its value in the recipe; None for a gate that has none."""
    rejected: int
    """Proposals that it turned down."""


def gates_of(rejected: Sequence[RejectedFacts], recipes: Sequence[Recipe]) -> Iterator[Gate]:
    """Every gate of the steps in `recipes`, those that turned nothing down too.

    One that is off unless somebody sets it is left out when nobody did.

    A reason that the list does not know, such as one of a plug-in, is told by its key.
    """
    settings = {recipe.step: recipe.settings for recipe in recipes}
    counts = {(one.step, one.reason): one.count for one in rejected if not one.is_failure}
    for step, known in catalogue().items():
        if step not in settings:
            continue
        for reason, gate in known.items():
            setting = gate.get("setting")
            value = settings[step].get(setting) if setting else None
            threshold = None if value is None else f"{setting} = {value}"
            count = counts.pop((step, reason), 0)
            if gate.get("listed") == "when set" and value is None and not count:
                continue
            yield Gate(step, reason, gate["says"], threshold, count)
    for (step, reason), count in sorted(counts.items()):
        yield Gate(step, reason, reason.replace("_", " "), None, count)


@cache
def catalogue() -> dict[str, dict[str, dict[str, str]]]:
    """{step: {reason: {says, setting, listed}}}."""
    place = files("lorewright.release") / "gates.toml"
    return tomllib.loads(place.read_text(encoding="utf-8"))
