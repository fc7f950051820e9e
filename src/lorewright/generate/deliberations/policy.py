"""The learned weights: a small policy fitted on labelled turns, with scikit-learn."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lorewright.errors import BadSettings, MissingExtra
from lorewright.generate.deliberations.labels import LabelledTurn, Labels
from lorewright.generate.deliberations.shapes import Persona
from lorewright.generate.deliberations.weighting import (
    Situation,
    boosted,
    keyword_hits,
    said_words,
)
from lorewright.records.deliberation import Weighting

FEATURES = (
    "table of this state",
    "table of the next state",
    "table after keyword boosts",
    "keywords of its own",
    "words of its own field",
    "share of all matching words that are its own",
    "keywords of others",
    "weight in the turn before",
    "whether it was the heaviest then",
    "likelihood of a blocker",
    "urgency",
    "whether it is the core",
    "place of the state",
    "length of the question",
)
URGENCY = frozenset(("today", "tomorrow", "friday", "week", "deadline", "urgent", "soon", "now"))
FEWEST_TURNS = 20
CENT = Decimal("0.01")


def features_of(situation: Situation) -> dict[str, list[float]]:
    """What the policy sees of each persona in a situation, in the order of `FEATURES`."""
    panel = situation.panel
    place = panel.place_of(situation.state)
    before = situation.previous or panel.base_weights(situation.state)
    heaviest = max(before.values())
    hits = {one.id: len(keyword_hits(one, situation.question)) for one in panel.personas}
    said = said_words((situation.question,))
    own = {one.id: len(said & _field(one)) for one in panel.personas}
    matched = sum(own.values()) or 1
    called = {one.id: one.boost for one in panel.personas if hits[one.id]}
    after_boosts = boosted(panel.base_weights(situation.state), called)
    return {
        one.id: [
            float(one.weights[place]),
            float(one.weights[min(place + 1, len(one.weights) - 1)]),
            float(after_boosts[one.id]),
            min(hits[one.id], 3),
            min(own[one.id], 6),
            own[one.id] / matched,
            min(sum(hits.values()) - hits[one.id], 4),
            float(before[one.id]),
            float(situation.previous is not None and before[one.id] == heaviest),
            float(one.blocker),
            float(not URGENCY.isdisjoint(said)),
            float(one.core),
            place / len(panel.purpose.states),
            min(len(situation.question.split()), 80) / 80,
        ]
        for one in panel.personas
    }


class LearnedWeigher:
    """Weights as a policy predicts them that was fitted on labelled turns.

    One regression for all personas of all panels: a row is one persona in one turn, so that a
    panel nobody has labelled yet can be weighed too.

    Args:
        labels: the turns that it is fitted on.
        seed: of the regression.

    Raises:
        BadSettings: when there are too few turns to learn from.
        MissingExtra: when scikit-learn is not installed.
    """

    approach = Weighting.LEARNED

    def __init__(self, labels: Labels, *, seed: int) -> None:
        if len(labels.turns) < FEWEST_TURNS:
            raise BadSettings(
                f"{len(labels.turns)} labelled turns are too few to learn weights from",
                hint=f"label at least {FEWEST_TURNS}, or leave the labels out to use a simulation",
            )
        self.labels: str | None = labels.source
        self._regression = _fitted(labels.turns, seed)

    def propose(self, situation: Situation) -> Mapping[str, Decimal]:
        """What it predicts, in hundredths."""
        rows = features_of(situation)
        predicted = self._regression.predict([*rows.values()])
        return {
            name: min(Decimal(1), max(Decimal(0), Decimal(str(float(one))).quantize(CENT)))
            for name, one in zip(rows, predicted, strict=True)
        }

    def why(self, situation: Situation, persona: Persona) -> str:
        """That it was learnt, and from whose labels."""
        hits = keyword_hits(persona, situation.question)
        return f"learnt from {self.labels}" + (f"; asked about: {', '.join(hits)}" if hits else "")


def _fitted(turns: Sequence[LabelledTurn], seed: int) -> Any:
    try:
        # scikit-learn ships no type stubs; fit and predict are all that is used of it.
        from sklearn.ensemble import (  # pyright: ignore[reportMissingTypeStubs]
            GradientBoostingRegressor,
        )
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "learned weights need scikit-learn", hint='pip install "lorewright[prove]"'
        ) from error
    rows: list[list[float]] = []
    wanted: list[float] = []
    for turn in turns:
        for name, row in features_of(turn.situation).items():
            rows.append(row)
            wanted.append(float(turn.weights[name]))
    # One thread and exact splits: the same labels give the same policy on every machine.
    regression: Any = GradientBoostingRegressor(
        n_estimators=100, learning_rate=0.1, max_depth=3, min_samples_leaf=10, random_state=seed
    )
    return regression.fit(rows, wanted)


def _field(persona: Persona) -> frozenset[str]:
    return said_words((*persona.keywords, *persona.expertise, persona.focus))
