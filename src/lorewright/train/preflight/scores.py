"""Scores that came with the examples and say nothing, since all are equal."""

from decimal import Decimal
from typing import ClassVar

from lorewright.train.preflight.finding import Finding, Looking, Rule, Severity, of_the_job
from lorewright.train.preflight.proposal import Proposal

ENOUGH = 5
"""Fewer scores may be equal by chance."""
CONSTANT = Rule(
    "constant-scores",
    "A score has the same value for every example. Nobody has measured it, so it must not decide "
    "what is trained on.",
    "have the examples rated (`lorewright judge`), or leave the score out of account",
    severity=Severity.WARNING,
)


class Scores(Looking):
    """Looks whether a score has more than one value."""

    rules: ClassVar[tuple[Rule, ...]] = (CONSTANT,)

    def __init__(self, proposal: Proposal) -> None:
        self._proposal = proposal

    def findings(self) -> list[Finding]:
        """What was found."""
        counts: dict[str, int] = {}
        first = dict[str, Decimal]()
        differ: set[str] = set()
        for measure, value in self._proposal.scores():
            counts[measure] = counts.get(measure, 0) + 1
            if first.setdefault(measure, value) != value:
                differ.add(measure)
        constant = sorted(
            name for name, count in counts.items() if count >= ENOUGH and name not in differ
        )
        if not constant:
            return []
        places = [
            f"{name}: {first[name].normalize():f} in all {counts[name]:,}" for name in constant
        ]
        sentence = f"{len(constant)} of {len(counts)} scores have one value everywhere"
        return [of_the_job(CONSTANT, sentence, *places)]
