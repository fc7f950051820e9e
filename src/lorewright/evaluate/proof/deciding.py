"""The verdict: what the evidence shows by rules that were fixed before."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lorewright.evaluate.proof.arms import ProofArm
from lorewright.evaluate.proof.contrasts import (
    Contrast,
    DimensionRow,
    by_dimension,
    contrast,
    scale_of,
)
from lorewright.evaluate.proof.evidence import Evidence, Origin, ProofFlaw
from lorewright.evaluate.proof.rules import ProofRules
from lorewright.evaluate.proof.sequential import Looks, look, p_ahead
from lorewright.statistics import (
    Averages,
    Exclusion,
    Gate,
    Outcome,
    Ratio,
    Share,
    aggregate,
    in_order,
    more_often_than,
    preferences,
    ratio_of_means,
    sign_test,
)


class ProofKind(StrEnum):
    """What is claimed."""

    PROVEN = "proven"
    """Ahead of the prompted base by the margin, ahead of the control, and preferred."""
    BETTER = "better"
    """Ahead of the prompted base; how far, or against what else, is not shown."""
    NOT_SHOWN = "not shown"
    EQUIVALENT = "equivalent"
    """Shown to be within the bounds that count as the same."""
    WORSE = "worse"
    INVALID = "invalid"
    """Nothing may be claimed; the flaws say why."""


AHEAD_OF_BASE = "ahead of the prompted base"
AHEAD_OF_CONTROL = "ahead of the control"
PREFERRED = "preferred more often than not"
BY_THE_MARGIN = "ahead of the prompted base by the margin"


@dataclass(frozen=True, slots=True)
class Proof:
    """A verdict with all that it rests on."""

    kind: ProofKind
    origin: Origin
    rules: ProofRules
    flaws: tuple[ProofFlaw, ...]
    gates: tuple[Gate, ...]
    """In their fixed order; empty where nothing could be tested."""
    base: Contrast | None
    """Beside the prompted base."""
    control: Contrast | None
    plain: Contrast | None
    """Beside the base without a prompt; reported, and no part of the verdict."""
    preference: Share | None
    """Wins among scenarios that prefer one of the two."""
    preferred: Share | None
    """The same against the share that was asked for."""
    parity: Ratio | None
    """The mean of the tuned arm over that of the reference."""
    looks: Looks | None
    """Where the rules let one look after every scenario; then the gates rest on these alone."""
    dimensions: tuple[DimensionRow, ...]
    scenarios: int
    """That were asked."""
    excluded: tuple[Exclusion, ...]
    warnings: tuple[str, ...]

    @property
    def may_be_released(self) -> bool:
        """Whether a release may call the adapter proven by this."""
        return self.kind is ProofKind.PROVEN and self.origin == "measured"


def prove(evidence: Evidence, rules: ProofRules) -> Proof:
    """Decide what `evidence` shows.

    Hypotheses are tested in a fixed order, so that the chance of any false claim is at most
    `rules.alpha`: ahead of the prompted base, ahead of the control, preferred, ahead by the
    margin. What a missing arm would have shown counts as not tested. A scenario is one unit,
    however many people rated it on however many dimensions.

    Raises:
        BadRecord: when ratings contradict each other; see `aggregate`.
        MissingExtra: when numpy and scipy are not installed.
    """
    averages = aggregate(evidence.ratings, scale=scale_of(rules), dimensions=rules.dimensions)
    flaws = [*evidence.flaws, *_missing_arms(averages)]
    base = control = plain = None
    excluded = [*evidence.excluded, *averages.excluded]
    if not _missing_arms(averages):
        base = _beside(averages, ProofArm.PROMPTED, rules)
        control = _beside(averages, ProofArm.CONTROL, rules)
        plain = _beside(averages, ProofArm.BASE, rules)
        flaws += _flaws_of(base, evidence, rules)
    for one in (base, control, plain):
        excluded += one.pairs.excluded if one else ()
    excluded += _failed(evidence)
    excluded += _unrated(averages, evidence)
    preference, preferred = _preferences(evidence, rules)
    looks = None
    if base is not None and rules.stop == "sequential":
        looks = look(base, control, evidence.votes, rules)
    gates = () if base is None else _gates(base, control, preference, looks, rules)
    return Proof(
        kind=_kind(base, gates, looks, rules, is_flawed=bool(flaws), origin=evidence.origin),
        origin=evidence.origin,
        rules=rules,
        flaws=tuple(flaws),
        gates=gates,
        base=base,
        control=control,
        plain=plain,
        preference=preference,
        preferred=preferred,
        parity=_parity(averages, rules),
        looks=looks,
        dimensions=() if base is None else by_dimension(evidence.ratings, rules),
        scenarios=len(evidence.scenarios),
        excluded=tuple(dict.fromkeys(excluded)),
        warnings=(*_warnings(base, control, preference, rules), *_lone_rater(base, evidence)),
    )


def _missing_arms(averages: Averages) -> list[ProofFlaw]:
    return [
        ProofFlaw("missing-arm", f"no rating of the arm {arm} can be used")
        for arm in (ProofArm.TUNED, ProofArm.PROMPTED)
        if not averages.arms.get(arm)
    ]


def _beside(averages: Averages, against: ProofArm, rules: ProofRules) -> Contrast | None:
    ours, theirs = averages.arms[ProofArm.TUNED], averages.arms.get(against, {})
    if not ours.keys() & theirs.keys():
        return None
    margin = rules.over_control if against is ProofArm.CONTROL else rules.over_base
    return contrast(averages, against, margin=margin, rules=rules)


def _flaws_of(base: Contrast | None, evidence: Evidence, rules: ProofRules) -> list[ProofFlaw]:
    """What the ratings themselves say against being tested."""
    asked = len(evidence.scenarios)
    if base is None:
        return [ProofFlaw("no-pairs", "the two arms have no scenario with a usable rating of both")]
    missing = asked - base.n
    if asked and missing / asked > rules.most_missing:
        sentence = (
            f"{missing:,} of {asked:,} scenarios lack a usable rating of one of the two arms; at "
            f"most {100 * rules.most_missing:.0f} % may"
        )
        return [ProofFlaw("too-much-missing", sentence)]
    differences = base.pairs.differences
    if not any(differences):
        return [ProofFlaw("no-difference", "both arms have the same rating in every scenario")]
    if min(differences) == max(differences):
        sentence = "every scenario differs by one and the same number, as no rating does"
        return [ProofFlaw("one-number", sentence)]
    return []


def _preferences(evidence: Evidence, rules: ProofRules) -> tuple[Share | None, Share | None]:
    if not evidence.votes:
        return None, None
    found = preferences(evidence.votes)
    share = sign_test(found.wins, found.losses, ties=found.ties, level=1 - float(rules.alpha))
    asked_for = more_often_than(float(rules.preferred), found.wins, found.losses, ties=found.ties)
    return share, asked_for


def _gates(
    base: Contrast,
    control: Contrast | None,
    preference: Share | None,
    looks: Looks | None,
    rules: ProofRules,
) -> tuple[Gate, ...]:
    one_sided = base.p_margin
    if looks is None:
        p_values = (
            base.p_ahead,
            control.p_ahead if control else None,
            _p_preferred(preference),
            # One-sided at half of alpha, so that it stands beside two-sided ones.
            None if one_sided is None else min(1.0, 2 * one_sided),
        )
    else:
        bets = (looks.base, looks.control, looks.preference, looks.margin)
        p_values = tuple(p_ahead(one) for one in bets)
    names = (AHEAD_OF_BASE, AHEAD_OF_CONTROL, PREFERRED, BY_THE_MARGIN)
    return in_order(list(zip(names, p_values, strict=True)), alpha=float(rules.alpha))


def _p_preferred(preference: Share | None) -> float | None:
    if preference is None or preference.p_value is None or preference.estimate is None:
        return None
    return preference.p_value if preference.estimate > preference.more_than else 1.0


def _kind(
    base: Contrast | None,
    gates: Sequence[Gate],
    looks: Looks | None,
    rules: ProofRules,
    *,
    is_flawed: bool,
    origin: Origin,
) -> ProofKind:
    if is_flawed or base is None or base.p_value is None:
        return ProofKind.INVALID
    p_value = base.p_value if looks is None else looks.base.p_value
    is_met = [gate.outcome is Outcome.MET for gate in gates]
    if all(is_met) and base.n >= rules.fewest and origin != "rehearsed":
        return ProofKind.PROVEN
    if is_met[0]:
        return ProofKind.BETTER
    if p_value is not None and p_value <= rules.alpha and base.mean < 0:
        return ProofKind.WORSE
    return ProofKind.EQUIVALENT if _is_the_same(base, looks, rules) else ProofKind.NOT_SHOWN


def _is_the_same(base: Contrast, looks: Looks | None, rules: ProofRules) -> bool:
    if looks is None:
        return base.is_the_same
    within, low, high = float(rules.equal_within), looks.base.low, looks.base.high
    return low is not None and high is not None and -within < low and high < within


def _parity(averages: Averages, rules: ProofRules) -> Ratio | None:
    ours, theirs = (averages.arms.get(arm, {}) for arm in (ProofArm.TUNED, ProofArm.REFERENCE))
    if not ours.keys() & theirs.keys():
        return None
    pairs = averages.paired_by_scenario(ProofArm.TUNED, ProofArm.REFERENCE)
    return ratio_of_means(pairs.ours, pairs.theirs, level=1 - float(rules.alpha))


def _failed(evidence: Evidence) -> list[Exclusion]:
    return [
        Exclusion(f"no judgement came: {reason}", count, "see the calls")
        for reason, count in sorted((evidence.failed or {}).items())
        if count
    ]


def _unrated(averages: Averages, evidence: Evidence) -> list[Exclusion]:
    """Scenarios that were asked and rated under no arm, and ratings of others."""
    rated = {scenario for each in averages.arms.values() for scenario in each}
    asked = set(evidence.scenarios)
    sets = [
        ("no usable rating under any arm", asked - rated),
        ("rated, and no scenario of this evaluation", rated - asked),
    ]
    return [
        Exclusion(reason, len(found), f"scenario {min(found)}") for reason, found in sets if found
    ]


def _lone_rater(base: Contrast | None, evidence: Evidence) -> list[str]:
    if base is None or len({one.rater for one in evidence.ratings}) > 1:
        return []
    return ["one rater rated alone, so nothing says whether another would agree"]


def _warnings(
    base: Contrast | None, control: Contrast | None, preference: Share | None, rules: ProofRules
) -> list[str]:
    if base is None:
        return []
    said: list[str] = []
    if base.n < rules.fewest:
        said.append(
            f"with fewer than {rules.fewest} scenarios nothing is proven; these are {base.n}"
        )
    elif base.n < rules.enough:
        said.append(f"{base.n} scenarios show large differences only; {rules.enough} are usual")
    if control is None:
        said.append("there is no control, so what was learnt may be the format alone")
    if preference is None:
        said.append("nobody was asked which answer he prefers")
    if base.pairs.uneven_raters:
        said.append(f"the two arms had other raters in {base.pairs.uneven_raters:,} scenarios")
    if base.by_family is not None and base.by_family.warning is not None:
        said.append(base.by_family.warning)
    return said
