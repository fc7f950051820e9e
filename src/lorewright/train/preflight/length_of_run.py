"""Too little to learn from, or the same too often."""

from typing import ClassVar

from lorewright.train.estimate import steps_of
from lorewright.train.preflight.finding import Finding, Looking, Rule, Severity, of_the_job
from lorewright.train.preflight.proposal import Proposal

ENOUGH_STEPS = 50
"""Below this many optimizer steps an adapter has mostly no effect."""
FEWEST_STEPS = 10
"""Below this many the learning rate has hardly risen before it falls."""
FEW_EXAMPLES = 200
MOST_EPOCHS = 5
"""With few examples more epochs fit them ever more closely and the held-out ones no better."""

EMPTY = Rule(
    "empty-train-split",
    "There is no example to train on.",
    "generate more examples, or curate with gates that let more of them through",
    impossible="there is nothing to train on",
)
FEW_STEPS = Rule(
    "too-few-steps",
    f"The run has fewer than {ENOUGH_STEPS} optimizer steps. Most adapters without any effect "
    "come from that.",
    "train more epochs, or set a smaller training.batch",
    severity=Severity.WARNING,
    and_also=f"blocker below {FEWEST_STEPS} steps",
)
MANY_EPOCHS = Rule(
    "too-many-epochs",
    f"Fewer than {FEW_EXAMPLES} examples are trained for more than {MOST_EPOCHS} epochs, which "
    "teaches them by heart.",
    "train fewer epochs, or bring in more examples; watch the loss on the valid split",
    severity=Severity.WARNING,
)


class LengthOfRun(Looking):
    """Looks at the number of examples, epochs and steps."""

    rules: ClassVar[tuple[Rule, ...]] = (EMPTY, FEW_STEPS, MANY_EPOCHS)

    def __init__(self, proposal: Proposal) -> None:
        self._proposal = proposal

    def findings(self) -> list[Finding]:
        """What was found."""
        plan, examples = self._proposal.plan, self._proposal.examples
        if not examples:
            return [of_the_job(EMPTY, "the training split is empty")]
        found: list[Finding] = []
        steps = steps_of(plan, examples)
        if steps < ENOUGH_STEPS:
            found.append(_few(steps, per_epoch=-(-examples // plan.batch)))
        if plan.steps is None and plan.epochs > MOST_EPOCHS and examples < FEW_EXAMPLES:
            sentence = f"{examples:,} examples are trained for {plan.epochs} epochs"
            hint = f"train at most {MOST_EPOCHS}: `lorewright train --epochs {MOST_EPOCHS}`"
            found.append(of_the_job(MANY_EPOCHS, sentence, "training.epochs", hint=hint))
        return found


def _few(steps: int, *, per_epoch: int) -> Finding:
    epochs = -(-ENOUGH_STEPS // per_epoch)
    return of_the_job(
        FEW_STEPS,
        f"the run has {steps:,} optimizer steps; {ENOUGH_STEPS} are advised",
        "training.epochs",
        hint=f"`lorewright train --epochs {epochs}` makes {epochs * per_epoch:,} steps; a smaller "
        "training.batch makes more of them as well",
        severity=Severity.BLOCKER if steps < FEWEST_STEPS else None,
    )
