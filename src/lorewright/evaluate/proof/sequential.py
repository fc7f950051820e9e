"""The gates of a proof that may be looked at after every scenario."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lorewright.evaluate.proof.contrasts import Contrast
from lorewright.evaluate.proof.rules import ProofRules
from lorewright.statistics import Vote, Watched, preferences, watched, watched_preferences


@dataclass(frozen=True, slots=True)
class Looks:
    """What was known after the last scenario; true wherever one stopped."""

    base: Watched
    control: Watched | None
    preference: Watched | None
    margin: Watched
    """Ours less (1 + margin) times theirs."""


def watch_order(scenarios: Iterable[str], *, seed: int) -> tuple[str, ...]:
    """The order in which scenarios are evaluated, fixed by their names and a seed alone."""
    return tuple(
        sorted(scenarios, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())
    )


def look(
    base: Contrast,
    control: Contrast | None,
    votes: Sequence[Vote],
    rules: ProofRules,
) -> Looks:
    """Bet on every hypothesis, scenario by scenario in the fixed order.

    Raises:
        MissingExtra: when numpy is not installed.
    """
    alpha = float(rules.alpha)
    width = float(rules.highest - rules.lowest)
    factor = 1 + float(rules.over_base)
    # ours - factor · theirs lies furthest from zero where one is lowest and the other highest.
    furthest = max(
        float(rules.highest) - factor * float(rules.lowest),
        factor * float(rules.highest) - float(rules.lowest),
    )
    surplus = [
        our - factor * their for our, their in zip(base.pairs.ours, base.pairs.theirs, strict=True)
    ]
    return Looks(
        base=watched(_ordered(base, base.pairs.differences, rules), largest=width, alpha=alpha),
        control=None
        if control is None
        else watched(
            _ordered(control, control.pairs.differences, rules), largest=width, alpha=alpha
        ),
        preference=_preferences(votes, rules),
        margin=watched(_ordered(base, surplus, rules), largest=furthest, alpha=alpha),
    )


def p_ahead(found: Watched | None) -> float | None:
    """The p-value for being ahead; 1 where one is behind."""
    if found is None or found.p_value is None or found.estimate is None:
        return None
    return found.p_value if found.estimate > 0 else 1.0


def _ordered(contrast: Contrast, values: Sequence[float], rules: ProofRules) -> list[float]:
    by_scenario = dict(zip(contrast.pairs.scenarios, values, strict=True))
    return [by_scenario[name] for name in watch_order(by_scenario, seed=rules.seed)]


def _preferences(votes: Sequence[Vote], rules: ProofRules) -> Watched | None:
    if not votes:
        return None
    found = preferences(votes).by_scenario
    order = watch_order(found, seed=rules.seed)
    return watched_preferences([found[name] for name in order], alpha=float(rules.alpha))
