"""What an adapter is shown to have learned, gate by gate."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Literal

from lorewright.evaluate.scores import TESTED, Arm, Item, Score, items_by_split, write_scores
from lorewright.evaluate.sentences import Flaw, flaw_sentence, sentence_of
from lorewright.lineage import Ref
from lorewright.records import Blob, Comparison, Finding, SetFinding, Split, Verdict
from lorewright.settings import EvaluationSettings
from lorewright.statistics import paired

_ALIKE = 1e-6
"""Nats per token; arms that differ by less on every item differ by rounding alone."""

Scope = Literal["pocket", "outside"]


def verdict_of(
    scores: Iterable[Score],
    *,
    settings: EvaluationSettings,
    scope: Scope,
    made_from: tuple[Ref, ...],
    put_blob: Callable[[bytes], Blob],
) -> Verdict:
    """Compare the tuned adapter with its base and with its control, paired per example.

    The value of an item is the log-likelihood of its reference answer per token. Each held-out
    set is a question of its own, answered through gates that are passed in a fixed order, so
    that the chance of a false finding on a set stays at most `settings.alpha`:

    1. Can the set be tested at all? Too few items, or arms that cannot be told apart, make
       it *invalid*.
    2. Tuned against base. Not different: *not shown*; below: *worse*.
    3. Tuned against the control, which saw the same answers under other questions. Not
       better: it *learned the format, not the content*. Better: it *learned content*.

    A comparison is listed when all of its numbers exist: with at least two items whose
    differences are not one and the same number.

    Args:
        scores: every held-out example under every arm, in any order.
        settings: how many permutations, which alpha, how few items are too few.
        scope: `pocket` when the base was made on the spot, which the sentences then say.
        made_from: the adapters, the dataset, the recipe.
        put_blob: keeps the scores, as `write_scores` writes them.

    Raises:
        BadRecord: when the scores do not pair up; see `items_by_split`.
        MissingExtra: when numpy and scipy are not installed.
    """
    scores = list(scores)
    items = items_by_split(scores)
    comparisons: list[Comparison] = []
    findings: list[SetFinding] = []
    for split in TESTED:
        compared = {arm: _compare(split, items[split], arm, settings) for arm in _RIVALS}
        comparisons += [comparison for comparison in compared.values() if comparison]
        findings.append(_finding(split, items[split], compared, settings, scope))
    return Verdict(
        scope=scope,
        comparisons=tuple(comparisons),
        findings=tuple(findings),
        scores=put_blob(write_scores(scores)),
        permutations=settings.permutations,
        seed=settings.seed,
        made_from=made_from,
    )


_RIVALS = (Arm.BASE, Arm.CONTROL)

_Compared = dict[Arm, Comparison | None]


def _compare(
    split: Split, items: list[Item], against: Arm, settings: EvaluationSettings
) -> Comparison | None:
    differences = [item.ahead_of(against) for item in items]
    if len(differences) < 2 or (differences[0] and len(set(differences)) == 1):
        return None
    result = paired(differences, permutations=settings.permutations, seed=settings.seed)
    return Comparison(
        split=split,
        arm=Arm.TUNED.value,
        against=against.value,
        items=result.n,
        mean_difference=_decimal(result.mean),
        low=_decimal(result.low),
        high=_decimal(result.high),
        p_value=_decimal(result.p_value),
        effect_size=_decimal(result.effect_size),
    )


def _decimal(number: float) -> Decimal:
    return Decimal(f"{number:.6f}") + 0  # so that a small loss never reads as -0


def _finding(
    split: Split,
    items: list[Item],
    compared: _Compared,
    settings: EvaluationSettings,
    scope: Scope,
) -> SetFinding:
    base, control = compared[Arm.BASE], compared[Arm.CONTROL]
    flaw = _flaw(items, settings)
    if flaw is not None or base is None or control is None:
        sentence = flaw_sentence(
            split, flaw or Flaw.ONE_NUMBER, items=len(items), needed=settings.min_items, scope=scope
        )
        return SetFinding(split=split, finding=Finding.INVALID, sentence=sentence)
    finding = _pass_gates(base, control, settings.alpha)
    sentence = sentence_of(finding, base, control, alpha=settings.alpha, scope=scope)
    return SetFinding(split=split, finding=finding, sentence=sentence)


def _flaw(items: list[Item], settings: EvaluationSettings) -> Flaw | None:
    """Why nothing may be claimed from `items`, if anything."""
    if len(items) < settings.min_items:
        return Flaw.TOO_FEW
    if all(abs(item.ahead_of(Arm.BASE)) < _ALIKE for item in items):
        return Flaw.NOT_LIVE
    if all(abs(item.ahead_of(Arm.CONTROL)) < _ALIKE for item in items):
        return Flaw.SAME_AS_CONTROL
    return None


def _pass_gates(base: Comparison, control: Comparison, alpha: Decimal) -> Finding:
    if base.p_value > alpha or base.mean_difference == 0:
        return Finding.NOT_SHOWN
    if base.mean_difference < 0:
        return Finding.WORSE
    if control.p_value > alpha or control.mean_difference <= 0:
        return Finding.LEARNED_FORMAT
    return Finding.LEARNED_CONTENT
