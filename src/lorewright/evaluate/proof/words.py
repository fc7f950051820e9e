"""A proof in words; every number and every judgement in them is computed."""

from collections.abc import Iterator

from lorewright.evaluate.proof.contrasts import Contrast
from lorewright.evaluate.proof.deciding import Proof, ProofKind
from lorewright.statistics import Outcome, Ratio, Share, Watched, digits_for, p_in_words, signed

_SCOPES = {
    "measured": "",
    "rehearsed": " The judge was a rehearsal without sense: this tries the machinery out.",
    "synthetic": " The ratings are synthetic: made up, to test the evaluator.",
}


def headline(proof: Proof) -> str:
    """The verdict in a line, with what it does not say."""
    return _headline(proof) + _SCOPES[proof.origin]


def reasons_in_words(proof: Proof) -> Iterator[str]:
    """A sentence for each thing that was tested, in the order in which it was."""
    for flaw in proof.flaws:
        yield f"{flaw.name}: {flaw.sentence}"
    yield from _watched(proof) if proof.looks is not None else _tested(proof)
    if proof.parity is not None:
        yield _parity(proof.parity, float(proof.rules.parity))
    for gate in proof.gates:
        if gate.outcome is Outcome.NOT_TESTED:
            why = f", since it was not shown: {gate.stopped_by}" if gate.stopped_by else ""
            yield f"not tested: {gate.name}{why}"
    yield from proof.warnings


def _tested(proof: Proof) -> Iterator[str]:
    if proof.base is not None:
        yield f"beside the prompted base, {_contrast(proof.base)}"
        yield _margin(proof.base, "the prompted base")
    if proof.control is not None:
        yield f"beside the control, {_contrast(proof.control)}"
        yield _margin(proof.control, "the control")
    if proof.preference is not None and proof.preferred is not None:
        yield _preference(proof.preference, proof.preferred)


def _watched(proof: Proof) -> Iterator[str]:
    """What holds wherever one stopped; tests of a fixed number would claim too often here."""
    if proof.looks is None:
        return
    looks = proof.looks
    margin = f"ahead of the prompted base by {_percent(float(proof.rules.over_base))} of it"
    for what, found, unit in (
        ("beside the prompted base", looks.base, " points"),
        ("beside the control", looks.control, " points"),
        ("the share that prefers it less the share that does not", looks.preference, ""),
        (margin, looks.margin, " points"),
    ):
        if found is None or found.estimate is None or found.p_value is None:
            continue
        stopped = "not met" if found.stopped_at is None else f"met after {found.stopped_at:,}"
        yield (
            f"{what}, watched scenario by scenario: {_watched_gain(found, unit)}, "
            f"{p_in_words(found.p_value)} wherever one stops, on {found.n:,} scenarios; {stopped}"
        )


def _headline(proof: Proof) -> str:
    base = proof.base
    if proof.kind is ProofKind.INVALID or base is None:
        named = ", ".join(dict.fromkeys(flaw.name for flaw in proof.flaws))
        return f"INVALID ({named or 'nothing could be tested'}): nothing is claimed."
    share = _percent(float(proof.rules.over_base))
    on = f"on {base.n:,} scenarios"
    gain = _gain(base) if proof.looks is None else _watched_gain(proof.looks.base)
    if proof.kind is ProofKind.PROVEN:
        return (
            f"PROVEN, at least {share}: {on} the tuned adapter is rated {gain} above the prompted "
            "base, above the control as well, and preferred."
        )
    if proof.kind is ProofKind.BETTER:
        ahead = f"{on} the tuned adapter is rated {gain} above the prompted base"
        return f"BETTER: {ahead}; {_open(proof)}."
    if proof.kind is ProofKind.WORSE:
        return f"WORSE: {on} the tuned adapter is rated {gain} beside the prompted base."
    if proof.kind is ProofKind.EQUIVALENT:
        within = proof.rules.equal_within
        return (
            f"EQUIVALENT: {on} the tuned adapter is within {within:f} points of the prompted base."
        )
    return (
        f"NOT SHOWN: {on} no difference between the tuned adapter and the prompted base is shown."
    )


def _open(proof: Proof) -> str:
    """What keeps a better adapter from being proven."""
    if proof.base is not None and proof.base.n < proof.rules.fewest:
        return f"fewer than {proof.rules.fewest} scenarios prove nothing"
    if proof.origin == "rehearsed" and all(gate.outcome is Outcome.MET for gate in proof.gates):
        return "a rehearsal proves nothing"
    first = next(gate for gate in proof.gates if gate.outcome is not Outcome.MET)
    verb = "was not tested" if first.outcome is Outcome.NOT_TESTED else "is not shown"
    return f"that it is {first.name} {verb}"


def _gain(contrast: Contrast) -> str:
    """The relative gain with its interval."""
    gain, low, high = contrast.gain.gain
    if gain is None or low is None or high is None:
        return "by an unknown share"
    return f"{_share(gain)} ({_share(low)} to {_share(high)})"


def _watched_gain(found: Watched, unit: str = " points") -> str:
    """With the interval that holds wherever one stops."""
    low, high = found.low or 0.0, found.high or 0.0
    digits = digits_for(low, high)
    return (
        f"{signed(found.estimate or 0.0, digits=digits)}{unit} ({signed(low, digits=digits)} to "
        f"{signed(high, digits=digits)})"
    )


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _share(value: float) -> str:
    return f"{signed(100 * value, digits=0)} %"


def _contrast(contrast: Contrast) -> str:
    low, high = contrast.low, contrast.high
    if low is None or high is None or contrast.p_value is None:
        return f"nothing could be tested on {contrast.n:,} scenarios"
    digits = digits_for(low, high)
    by = ", by families" if contrast.by_family is not None else ""
    return (
        f"the mean difference is {signed(contrast.mean, digits=digits)} points "
        f"({signed(low, digits=digits)} to {signed(high, digits=digits)}), "
        f"{p_in_words(contrast.p_value)}{by}, on {contrast.n:,} scenarios; the gain is "
        f"{_gain(contrast)}"
    )


def _margin(contrast: Contrast, against: str) -> str:
    margin = contrast.margin
    state = "met" if contrast.is_by_the_margin else "not shown"
    p_value = "" if contrast.p_margin is None else f", one-sided {p_in_words(contrast.p_margin)}"
    return f"at least {_percent(margin.margin)} above {against}: {state}{p_value}"


def _preference(share: Share, asked_for: Share) -> str:
    if share.estimate is None or share.p_value is None:
        return f"no scenario prefers one of the two answers; {share.ties:,} are ties"
    state = "met" if _is_above(asked_for) else "not shown"
    return (
        f"preferred in {share.successes:,} of {share.n:,} scenarios that prefer one, "
        f"{_percent(share.estimate)} ({_percent(share.low or 0)} to {_percent(share.high or 0)}), "
        f"{p_in_words(share.p_value)}, {share.ties:,} ties; more than "
        f"{_percent(asked_for.more_than)}: {state}"
    )


def _is_above(share: Share) -> bool:
    return share.low is not None and share.low > share.more_than


def _parity(ratio: Ratio, wanted: float) -> str:
    if ratio.estimate is None or ratio.low is None or ratio.high is None:
        return "parity with the reference could not be computed"
    state = "met" if ratio.low >= wanted else "not shown"
    return (
        f"{_percent(ratio.estimate)} of the reference ({_percent(ratio.low)} to "
        f"{_percent(ratio.high)}); at least {_percent(wanted)}: {state}"
    )
