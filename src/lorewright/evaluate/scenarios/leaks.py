"""Scenarios that training gives away: in their words, or because they belong to the same thing.

An adapter that has read a scenario answers it from memory. So there must be no leak at all
between the scenarios of an evaluation and what its adapter was trained on.
"""

from collections.abc import Iterable, Sequence

from lorewright.evaluate.scenarios.families import SOURCE, TOPIC
from lorewright.measures import Held, Leak, leakage
from lorewright.records import Scenario

NAMED = "named:"
"""Before a name that a scenario and what was trained on may share: of a conversation, a file."""
SECTION = "section:"
"""Before the section of a document, as the family of a scenario about it is called."""


def section_group(document_id: str, start: int) -> str:
    """What a section is called, by its document and where it begins in its text."""
    return f"{SECTION}{document_id}#{start}"


def groups_of(scenario: Scenario) -> tuple[str, ...]:
    """What a scenario belongs to, by its lineage and by what it says of itself.

    Its section where it has one, else every document and every file that it was made from; and
    its id and its family as names, unless the family is a topic. A test set that was cut out of
    a training file keeps the ids of its conversations, and that gives it away whatever was done
    to the words.
    """
    names = {scenario.scenario_id}
    if scenario.family.startswith(SECTION):
        return (scenario.family, f"{NAMED}{scenario.scenario_id}")
    if not scenario.family.startswith(TOPIC):
        names.add(scenario.family.removeprefix(SOURCE))
    origins = (ref for ref in scenario.made_from if ref.kind in {"document", "source"})
    return (*sorted(f"{NAMED}{name}" for name in names), *map(str, origins))


def find_leaks(
    scenarios: Sequence[Scenario], trained: Iterable[Held], *, compare_likeness: bool = True
) -> tuple[Leak, ...]:
    """Every leak of every scenario; `held_out` of each is the scenario's id.

    Args:
        scenarios: of one set; what they say counts, not what raters are told of them.
        trained: the examples that were learnt from or watched; read once.
        compare_likeness: whether texts are compared by their characters as well.

    Raises:
        MissingExtra: when likeness is asked for and scikit-learn is not installed.
    """
    held = [Held(one.scenario_id, one.messages, groups_of(one)) for one in scenarios]
    return leakage(held, trained, compare_likeness=compare_likeness)
