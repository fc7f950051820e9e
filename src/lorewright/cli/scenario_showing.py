"""How sets of scenarios are shown: what is in them, what is not, and what training gives away."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lorewright.cli.face import Face, counted, sum_of

if TYPE_CHECKING:
    from lorewright.flows.scenario_leaks import Checked
    from lorewright.flows.scenario_works import Chosen
    from lorewright.records import Dataset, Rejection, Scenario, ScenarioSet

SHOWN = 12
"""Rows of one kind that people are shown; `--json` tells all."""
WIDTH = 100
"""Characters of a message that are shown in one line."""


def say_set(face: Face, found: "ScenarioSet", scenarios: Sequence["Scenario"]) -> None:
    """What a set is made up of, and whether it is large enough."""
    from lorewright.evaluate.scenarios import numbers_of
    from lorewright.flows.scenarios import too_few

    face.say(
        f"{found.name} {found.ref.short}: {counted(found.accepted, 'scenario')} in "
        f"{found.families:,} {'family' if found.families == 1 else 'families'}"
    )
    for axis, numbers in numbers_of(scenarios):
        rows = list(numbers.items())
        each = ", ".join(f"{key} {number:,}" for key, number in rows[:SHOWN])
        more = f" and {len(rows) - SHOWN:,} more" if len(rows) > SHOWN else ""
        face.say(f"  {axis.replace('_', ' ')}: {each}{more}")
    if warning := too_few(found.accepted):
        face.note(f"warning: {warning}")


def told_set(found: "ScenarioSet", scenarios: Sequence["Scenario"]) -> dict[str, Any]:
    """The same for other programs."""
    from lorewright.evaluate.scenarios import numbers_of
    from lorewright.flows.scenarios import too_few

    return {
        "set": found.ref,
        "name": found.name,
        "requested": found.requested,
        "accepted": found.accepted,
        "rejected": {one.reason: one.count for one in found.rejected_by_reason},
        "families": found.families,
        "numbers": dict(numbers_of(scenarios)),
        "warning": too_few(found.accepted),
    }


def say_lost(face: Face, requested: int, accepted: int, lost: Sequence["Rejection"]) -> None:
    """Everything that is not in a set, counted by its reason, with the first of each."""
    failed = sum(one.outcome == "failed" for one in lost)
    face.say(sum_of("scenario", accepted, requested - accepted - failed, failed))
    first: dict[str, str] = {}
    for one in lost:
        first.setdefault(one.reason, one.detail)
    for reason, number in Counter(one.reason for one in lost).most_common():
        face.say(f"  {number:>7,}  {reason.replace('_', ' ')}, as in {first[reason]}")


def told_lost(lost: Sequence["Rejection"]) -> list[dict[str, Any]]:
    """The same for other programs: all of them."""
    return [
        {"name": one.ref, "outcome": one.outcome, "reason": one.reason, "detail": one.detail}
        for one in lost
    ]


def say_chosen(face: Face, chosen: "Chosen", dataset: "Dataset | None") -> None:
    """What was kept of an order, and why the others were not."""
    accepted = len(chosen.scenarios)
    say_lost(face, accepted + len(chosen.lost), accepted, chosen.lost)
    if chosen.checked is not None and dataset is not None:
        face.say(
            f"compared with {counted(chosen.checked.examples, 'example')} of {dataset.name!r}: "
            f"{chosen.checked.leaking:,} leaked and are not kept"
        )
    else:
        face.note(
            "there is no dataset yet to compare them with: run `lorewright scenarios check` "
            "before an evaluation"
        )
    if chosen.set is None:
        face.say("nothing was kept, so there is no set")
        return
    say_set(face, chosen.set, chosen.scenarios)


def told_chosen(chosen: "Chosen", dataset: "Dataset | None") -> dict[str, Any]:
    """The same for other programs."""
    nothing: dict[str, Any] = {
        "set": None,
        "name": None,
        "requested": len(chosen.lost),
        "accepted": 0,
        "rejected": dict(Counter(one.reason for one in chosen.lost)),
        "families": 0,
        "numbers": {},
        "warning": None,
    }
    checked = chosen.checked
    return {
        **(told_set(chosen.set, chosen.scenarios) if chosen.set else nothing),
        "lost": told_lost(chosen.lost),
        "dataset": dataset.ref if dataset else None,
        "compared": checked.examples if checked else None,
        "leaking": checked.leaking if checked else None,
    }


def say_checked(face: Face, found: "ScenarioSet", dataset: "Dataset", checked: "Checked") -> None:
    """Every leak, or that there is none."""
    for leak in checked.leaks[:SHOWN]:
        face.say(f"leak: {leak.held_out}: {leak.rule} with {leak.trained[:20]}: {leak.detail}")
    if len(checked.leaks) > SHOWN:
        more = len(checked.leaks) - SHOWN
        face.say(f"  and {counted(more, 'more leak')}; --json lists them")
    compared = (
        f"{counted(checked.scenarios, 'scenario')} of {found.name!r} beside "
        f"{counted(checked.examples, 'example')} of {dataset.name!r}"
    )
    if checked.erased:
        face.note(
            f"warning: {counted(checked.erased, 'example')} of the dataset were erased and could "
            "not be compared"
        )
    if checked.leaks:
        face.say(f"{compared}: {counted(checked.leaking, 'scenario')} leaked, and none may")
    else:
        face.say(f"{compared}: no leak")


def lines_of_scenario(one: "Scenario") -> Iterator[str]:
    """A scenario whole: what raters are told, what the person says, what a good answer holds."""
    if one.situation:
        yield "situation:"
        yield from _wrapped(one.situation)
    for message in one.messages:
        yield "user:"
        yield from _wrapped(message)
    yield from (f"expected: {element}" for element in one.expected)


def _wrapped(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from textwrap.wrap(line, WIDTH, initial_indent="    ", subsequent_indent="    ")


def said_by(one: "Scenario") -> str:
    """A scenario in one line."""
    flat = " ".join(one.messages[0].split())
    short = flat if len(flat) <= WIDTH else f"{flat[: WIDTH - 1]}\N{HORIZONTAL ELLIPSIS}"
    return f"{one.scenario_id}  {one.family}  {short}"
