"""Whether ordinary text has become less likely: the change of the cross-entropy, by window."""

from collections.abc import Sequence

from lorewright.evaluate.regression.kept import Kept, Outcome, Part, outcome_of, state_of
from lorewright.inference import Score
from lorewright.statistics import Exclusion, State, not_worse

FEWEST = 10
"""With fewer windows nothing is tested."""


def text_kept(
    base: Sequence[Score], tuned: Sequence[Score], *, about: str, margin: float, alpha: float
) -> Kept:
    """Compare the log-likelihood per token of the same windows under base and tuned adapter.

    A window is one unit, however many tokens it has: tokens of one text are no independent
    witnesses. Where both arms give every window the very same number the adapter changes
    nothing there; that is said, and it is not worse.

    Args:
        base: scores of the windows under the base.
        tuned: the same under the adapter.
        about: what was read.
        margin: nats per token that may be lost.
        alpha: the one-sided error.

    Raises:
        BadRecord: when the two do not have the same windows.
        MissingExtra: when scipy is not installed.
    """
    pairs = [
        (theirs.log_likelihood / theirs.tokens, ours.log_likelihood / ours.tokens)
        for theirs, ours in zip(base, tuned, strict=True)
        if theirs.tokens and ours.tokens
    ]
    empty = len(base) - len(pairs)
    differences = [ours - theirs for theirs, ours in pairs]
    found = not_worse(differences, by=margin, alpha=alpha)
    n = len(pairs)
    is_same = n >= FEWEST and found.state is State.CONSTANT and differences[0] == 0
    outcome = outcome_of(is_met=found.is_met, high=found.high, margin=margin, p_value=found.p_value)
    if n < FEWEST:
        outcome = Outcome.NOT_TESTED
    return Kept(
        part=Part.TEXT,
        about=f"{about}, nats per token",
        units="windows",
        n=n,
        base=sum(theirs for theirs, _ in pairs) / n if n else None,
        tuned=sum(ours for _, ours in pairs) / n if n else None,
        change=found.estimate,
        low=found.low,
        high=found.high,
        level=found.level,
        margin=margin,
        p_value=None if n < FEWEST else found.p_value,
        outcome=Outcome.NOT_WORSE if is_same else outcome,
        state=state_of(State.TOO_FEW, FEWEST, n) if n < FEWEST else found.state.value,
        left_out=(Exclusion("a window without a token", empty, "window 1"),) if empty else (),
        notes=("every window is exactly as likely as under the base",) if is_same else (),
    )
