"""The thirteen automated metrics of every arm, and how far the tuned one differs: exploratory."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lorewright.errors import BadRecord
from lorewright.evaluate.answers import AnswerLine
from lorewright.evaluate.proof.arms import ProofArm
from lorewright.evaluate.proof.rules import ProofRules
from lorewright.measures.advice import (
    METRICS,
    Calibration,
    Lexicon,
    Metric,
    Setting,
    Signature,
    Target,
    calibrate,
    learn_signature,
    measure_advice,
    score_advice,
)
from lorewright.statistics import adjusted, paired

INDEX = "index"
"""The mean of the scores that apply, beside the thirteen."""

_Means = dict[str, dict[str, float]]
"""{metric: {scenario: mean over turns and generations}}."""


class MetricRow(NamedTuple):
    """One metric under every arm, and the tuned arm beside the prompted base."""

    metric: str
    title: str
    means: Mapping[str, float | None]
    """By arm; None where it applies to no answer."""
    scores: Mapping[str, float | None]
    """How near each arm comes to the advisor's own answers, from 0 to 1."""
    n: int
    """Scenarios in which both arms have a value."""
    difference: float | None
    """Of the scores, tuned less prompted base."""
    p_value: float | None
    adjusted: float | None
    """By Benjamini and Hochberg over all rows: exploratory, and no part of a verdict."""


def metric_rows(
    answers: Mapping[ProofArm, Sequence[AnswerLine]],
    settings: Mapping[tuple[str, int], Setting],
    targets: Iterable[Target],
    *,
    known: Lexicon,
    rules: ProofRules,
) -> tuple[MetricRow, ...]:
    """Measure every answer, and hold it against what the advisor itself was trained on.

    The phrases that are the advisor's own are learnt against what the bare base says, which no
    hypothesis is about; without that arm, or where it says no phrase, that metric has no value.

    Args:
        answers: of every arm.
        settings: by scenario and turn, what an answer answers.
        targets: the advisor's answers of the training split; without any there are no scores.
        known: the words that are looked for.
        rules: the error, the seed and the number of sign patterns.
    """
    listed = list(targets)
    signature = _signature(listed, answers.get(ProofArm.BASE, ()))
    calibration = calibrate(listed, known=known, signature=signature) if listed else None
    raw: dict[ProofArm, _Means] = {}
    scored: dict[ProofArm, _Means] = {}
    for arm, lines in answers.items():
        raw[arm], scored[arm] = _measured(lines, settings, known, calibration)
    rows = [_row(name, title, raw, scored, rules) for name, title in _titles()]
    p_values = adjusted(
        {row.metric: row.p_value for row in rows},
        method="benjamini-hochberg",
        alpha=float(rules.alpha),
    )
    return tuple(
        row._replace(adjusted=one.adjusted) for row, one in zip(rows, p_values, strict=True)
    )


def _signature(targets: Sequence[Target], base: Sequence[AnswerLine]) -> Signature | None:
    neutral = [line.text for line in base if line.text]
    try:
        return learn_signature([target.answer for target in targets], neutral)
    except BadRecord:  # one of the sides has no phrases at all
        return None


def _titles() -> list[tuple[str, str]]:
    found = [(metric.value, METRICS[metric].title) for metric in Metric]
    return [*found, (INDEX, "mean of the scores")]


def _measured(
    lines: Sequence[AnswerLine],
    settings: Mapping[tuple[str, int], Setting],
    known: Lexicon,
    calibration: Calibration | None,
) -> tuple[_Means, _Means]:
    raw, scores = _table(), _table()
    for line in lines:
        setting = settings.get((line.scenario, line.turn))
        if line.text is None or not line.text.strip() or setting is None:
            continue
        signature = calibration.signature if calibration else None
        measured = measure_advice(line.text, setting, known=known, signature=signature)
        for metric, one in measured.values.items():
            if one.value is not None:
                raw[metric.value][line.scenario].append(one.value)
        if calibration is not None:
            held = score_advice(measured, calibration)
            for metric, score in held.scores.items():
                scores[metric.value][line.scenario].append(score)
            if held.index.value is not None:
                scores[INDEX][line.scenario].append(held.index.value)
    return _means(raw), _means(scores)


def _table() -> dict[str, dict[str, list[float]]]:
    return defaultdict(lambda: defaultdict(list))


def _means(table: Mapping[str, Mapping[str, Sequence[float]]]) -> _Means:
    return {
        metric: {scenario: math.fsum(values) / len(values) for scenario, values in each.items()}
        for metric, each in table.items()
    }


def _row(
    metric: str,
    title: str,
    raw: Mapping[ProofArm, _Means],
    scored: Mapping[ProofArm, _Means],
    rules: ProofRules,
) -> MetricRow:
    ours, theirs = (
        scored.get(arm, {}).get(metric, {}) for arm in (ProofArm.TUNED, ProofArm.PROMPTED)
    )
    both = sorted(ours.keys() & theirs.keys())
    differences = [ours[scenario] - theirs[scenario] for scenario in both]
    tested = None
    if len(differences) > 1 and min(differences) != max(differences):
        tested = paired(differences, permutations=rules.permutations, seed=rules.seed)
    return MetricRow(
        metric,
        title,
        {arm.value: _mean(means.get(metric, {})) for arm, means in raw.items()},
        {arm.value: _mean(means.get(metric, {})) for arm, means in scored.items()},
        len(both),
        math.fsum(differences) / len(both) if both else None,
        tested.p_value if tested else None,
        None,
    )


def _mean(by_scenario: Mapping[str, float]) -> float | None:
    return math.fsum(by_scenario.values()) / len(by_scenario) if by_scenario else None
