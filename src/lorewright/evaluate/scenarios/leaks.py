"""Scenarios that training gives away: in their words, or because they belong to the same thing.

An adapter that has read a scenario answers it from memory. So there must be no leak at all
between the scenarios of an evaluation and what its adapter was trained on.
"""

from collections.abc import Iterable, Mapping, Sequence

from lorewright.evaluate.scenarios.families import SOURCE, TOPIC
from lorewright.lineage import Ref
from lorewright.measures import Held, Leak, leakage
from lorewright.records import Scenario

NAMED = "named:"
"""Before a name that a scenario and what was trained on may share: of a conversation, a file."""
SECTION, DOCUMENT, FILE = "section:", "document:", "source:"
"""Before what lineage says that both belong to."""


def named_groups(scenario: Scenario) -> tuple[str, ...]:
    """What a scenario says that it was taken from: its id and its family, unless that is a topic.

    A test set cut out of a training file keeps the ids of its conversations; that is how it is
    found out, whatever was done to the words.
    """
    names = {scenario.scenario_id}
    if not scenario.family.startswith(TOPIC):
        names.add(scenario.family.removeprefix(SOURCE))
    return tuple(f"{NAMED}{name}" for name in sorted(names))


def find_leaks(
    scenarios: Sequence[Scenario],
    trained: Iterable[Held],
    *,
    groups: Mapping[Ref, tuple[str, ...]],
    compare_likeness: bool = True,
) -> tuple[Leak, ...]:
    """Every leak of every scenario; `held_out` of each is the scenario's id.

    Args:
        scenarios: of one set; what they say counts, not what raters are told of them.
        trained: the examples that were learnt from or watched; read once.
        groups: what lineage says that each scenario belongs to.
        compare_likeness: whether texts are compared by their characters as well.

    Raises:
        MissingExtra: when likeness is asked for and scikit-learn is not installed.
    """
    held = [
        Held(one.scenario_id, one.messages, (*named_groups(one), *groups.get(one.ref, ())))
        for one in scenarios
    ]
    return leakage(held, trained, compare_likeness=compare_likeness)
