"""Whether ordinary text has become less likely: the change of the cross-entropy, by window."""

from collections.abc import Sequence
from dataclasses import replace

from lorewright.evaluate.regression.kept import Kept, Outcome, Part, kept
from lorewright.inference import Score
from lorewright.statistics import Exclusion, State, not_worse

FEWEST = 10
"""With fewer windows nothing is tested."""
SAME = "every window is exactly as likely as under the base"


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
    told = kept(
        Part.TEXT,
        pairs,
        found,
        about=f"{about}, nats per token",
        units="windows",
        fewest=FEWEST,
        left_out=[Exclusion("a window without a token", empty, "window 1")] if empty else (),
    )
    if len(pairs) >= FEWEST and found.state is State.CONSTANT and differences[0] == 0:
        return replace(told, outcome=Outcome.NOT_WORSE, notes=(SAME,))
    return told
