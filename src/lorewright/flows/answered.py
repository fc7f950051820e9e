"""Scenarios with what the arms answered: found by name, put side by side, ready to be rated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lorewright.errors import NotYet, UsageError
from lorewright.evaluate.answers import read_answers
from lorewright.evaluate.judging.cases import Answered, answered
from lorewright.flows.scenarios import scenarios_by_id, set_named
from lorewright.lineage import Ref
from lorewright.records import Answers, Scenario, ScenarioSet
from lorewright.store import Store


@dataclass(frozen=True, slots=True)
class Field:
    """The arms that are compared, on the scenarios that all of them were asked."""

    asked: ScenarioSet
    scenarios: Sequence[Scenario]
    """By their ids."""
    records: Mapping[str, Answers]
    """By arm."""
    arms: Mapping[str, Answered]
    """What each arm answered."""

    @property
    def answers(self) -> tuple[Ref, ...]:
        """The names of the answers, in the order of the arms."""
        return tuple(self.records[arm].ref for arm in sorted(self.records))


def newest_set(store: Store, name: str | None) -> ScenarioSet:
    """The set of scenarios that `name` means, or the one that was answered last.

    Raises:
        NotYet: when nothing was answered.
        UsageError: when `name` is something else.
    """
    if name is not None:
        return set_named(store, name)
    last = next(iter(store.newest(Answers.kind)), None)
    if last is None:
        raise nothing_answered()
    return store.get(store.get(last, Answers).scenarios, ScenarioSet)


def newest_answers(store: Store, asked: Ref) -> dict[str, Answers]:
    """What each arm answered last to a set of scenarios, by arm."""
    made = store.children([asked], kind=Answers.kind)
    return {one.arm: one for one in store.get_many(made, Answers)}


def field_of(store: Store, answers: Sequence[Ref]) -> Field:
    """Lay the answers of several arms side by side.

    Raises:
        NotYet: when there are none.
        UsageError: when two are of one arm, or they answer different scenarios.
    """
    found = list(store.get_many(answers, Answers))
    if not found:
        raise nothing_answered()
    arms = [one.arm for one in found]
    if len(set(arms)) < len(arms):
        raise UsageError("two sets of answers are of one arm", hint="name one of them")
    if len({one.scenarios for one in found}) > 1:
        raise UsageError(
            "the arms were not asked the same scenarios",
            hint="let every arm answer the same set; only then can they be compared",
        )
    asked = store.get(found[0].scenarios, ScenarioSet)
    return Field(
        asked,
        scenarios_by_id(store, asked),
        {one.arm: one for one in found},
        {one.arm: answered(read_answers(store.blobs.get(one.lines))) for one in found},
    )


def newest_field(store: Store, name: str | None) -> Field:
    """The newest answers of every arm to the set that `name` means, or to the one answered last.

    Raises:
        NotYet: when nothing was answered.
        UsageError: when `name` is no set of scenarios.
    """
    asked = newest_set(store, name)
    return field_of(store, [one.ref for one in newest_answers(store, asked.ref).values()])


def nothing_answered() -> NotYet:
    """There is nothing that could be rated."""
    return NotYet(
        "there are no answers that could be rated",
        hint="let the arms answer scenarios with `lorewright evaluate`",
    )
