"""Whether the adapter has a form that fits the base and can be served."""

from typing import ClassVar

from lorewright.train.preflight.finding import Finding, Looking, Places, Rule, Severity, of_the_job
from lorewright.train.preflight.proposal import Proposal

RANK = Rule(
    "rank-too-large",
    "The rank is larger than the smaller side of a layer, so the adapter has more numbers than "
    "the layer itself and nothing of low rank about it.",
    "set a smaller training.rank",
)
NOT_SERVABLE = Rule(
    "method-not-servable",
    "Adapters of this method cannot be mixed with others in one batch, or vLLM refuses them.",
    "serve the adapter alone, or convert it to plain LoRA and look at what is lost",
    severity=Severity.WARNING,
)
SKETCH = Rule(
    "sketch-not-possible",
    "A sketch is of the gradients of two low-rank matrices beside each layer, and this method "
    "trains other numbers.",
    "train with LoRA or one of its kin, or leave the sketch out",
    impossible="this method has no such matrices",
)


class AdapterForm(Looking):
    """Compares rank and method with the layers and with what endpoints take."""

    rules: ClassVar[tuple[Rule, ...]] = (RANK, NOT_SERVABLE, SKETCH)

    def __init__(self, proposal: Proposal) -> None:
        self._proposal = proposal

    def findings(self) -> list[Finding]:
        """What was found."""
        found: list[Finding] = []
        shape, plan = self._proposal.shape, self._proposal.plan
        rank, recipe = plan.rank, self._proposal.recipe
        if self._proposal.settings.sketch and plan.method.kind in {"full", "adalora"}:
            sentence = f"no sketch can be made of the method {plan.method.name}"
            found.append(of_the_job(SKETCH, sentence, "training.sketch"))
        if plan.method.kind == "full":
            return found
        if shape is not None:
            places = Places()
            for one in shape.linears:
                if rank > min(one.inputs, one.outputs):
                    places.add(f"{one.name}: {one.inputs:,} to {one.outputs:,}")
            if places.count:
                smallest = min(min(one.inputs, one.outputs) for one in shape.linears)
                sentence = f"the rank is {rank:,}, and {places.count:,} layers are narrower"
                hint = f"set training.rank to at most {smallest:,}"
                found.append(places.finding(RANK, sentence, hint=hint))
        if recipe is not None and not (recipe.serving.mixed_batch and recipe.serving.vllm):
            sentence = f"adapters of the method {recipe.name} are not served everywhere"
            found.append(
                of_the_job(NOT_SERVABLE, sentence, "training.method", hint=recipe.serving.note)
            )
        return found
