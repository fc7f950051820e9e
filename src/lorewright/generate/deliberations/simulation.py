"""Labels by a simulator, for as long as no people have labelled any: never more than a stand-in.

Each simulated conversation walks through the states of a panel. In every turn there is a hidden
need: one or two personas that the question is really about, with a strength each. The question
is put together from words of their fields, of which some are keywords and some are not; one in
three questions also drops a keyword of somebody who is not needed, as people do.

The hidden policy sees the needs and not the words:

    weight = 0.35 * table of this state + 0.20 * table of the next state + 0.60 * need ** 0.7

It then takes a fifth from whoever was heaviest in the turn before, adds 0.15 times the
likelihood of a blocker where the question is urgent, and a little noise. So it is neither
the table, which knows no question, nor the keyword rule, which adds a fixed amount to the table
of this state, is misled by words in passing, and lowers the others by what it adds.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from random import Random

from lorewright.generate.deliberations.labels import LabelledTurn, Labels
from lorewright.generate.deliberations.shapes import Panel, Persona
from lorewright.generate.deliberations.weighting import Situation

NOISE = 0.04
MISLEADING = 1 / 3
URGENT = 0.25
URGENT_WORDS = ("by friday", "this week", "the deadline is close", "it has to be decided today")
FRAMES = (
    "I keep coming back to {0} and I do not know what to make of {1}.",
    "How should I think about {0}, given {1}?",
    "Before I go on, what would you do about {0} and {1}?",
    "My partner worries about {0}; I worry more about {1}.",
)
PASSING = " Somebody also mentioned {0}, which I only say in passing."


def simulated_labels(panels: Sequence[Panel], *, conversations: int, seed: int) -> Labels:
    """Labelled turns of simulated conversations, the panels in turn.

    Args:
        panels: that are asked.
        conversations: how many.
        seed: decides everything that is left to chance.
    """
    turns = [
        turn
        for number in range(conversations)
        for turn in _conversation(panels[number % len(panels)], number, seed)
    ]
    told = f"a simulator labelled them, seed {seed}; no person did"
    return Labels(tuple(turns), "simulation", told)


def _conversation(panel: Panel, number: int, seed: int) -> Iterator[LabelledTurn]:
    chance = Random(f"{seed} {number} {panel.key}")  # noqa: S311 - a simulation, no secret
    previous: Mapping[str, Decimal] | None = None
    for state in panel.purpose.states:
        needs = _needs(panel, chance)
        urgent = chance.random() < URGENT
        question = _question(panel, needs, chance, urgent=urgent)
        situation = Situation(panel, state.key, question, previous)
        weights = _hidden(situation, needs, chance, urgent=urgent)
        yield LabelledTurn(f"simulated-{number}", situation, weights)
        previous = weights


def _needs(panel: Panel, chance: Random) -> dict[str, float]:
    needed = chance.sample([one.id for one in panel.personas], k=chance.choice((1, 2, 2)))
    return {name: chance.uniform(0.4, 1.0) for name in needed}


def _question(panel: Panel, needs: Mapping[str, float], chance: Random, *, urgent: bool) -> str:
    said = [chance.choice(_vocabulary(panel.persona(name))) for name in needs for _ in range(2)]
    question = chance.choice(FRAMES).format(*said[:2])
    if len(said) > 2:
        question += f" And then there is {said[2]}, or rather {said[3]}."
    if chance.random() < MISLEADING:
        others = [one for one in panel.personas if one.id not in needs and one.keywords]
        if others:
            question += PASSING.format(chance.choice(chance.choice(others).keywords))
    if urgent:
        question += f" I need to know {chance.choice(URGENT_WORDS)}."
    return question


def _vocabulary(persona: Persona) -> list[str]:
    return [*persona.keywords, *persona.expertise, persona.focus]


def _hidden(
    situation: Situation, needs: Mapping[str, float], chance: Random, *, urgent: bool
) -> dict[str, Decimal]:
    panel = situation.panel
    place = panel.place_of(situation.state)
    before = situation.previous or {}
    leader = max(before, key=lambda name: before[name], default="")
    weights: dict[str, Decimal] = {}
    for one in panel.personas:
        here = float(one.weights[place])
        after = float(one.weights[min(place + 1, len(one.weights) - 1)])
        weight = 0.35 * here + 0.20 * after + 0.60 * needs.get(one.id, 0.0) ** 0.7
        weight *= 0.8 if one.id == leader else 1.0
        weight += 0.15 * float(one.blocker) if urgent else 0.0
        weight += chance.gauss(0, NOISE)
        weights[one.id] = Decimal(str(round(min(1.0, max(0.0, weight)), 2)))
    return weights
