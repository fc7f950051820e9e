"""`lorewright evaluate`: the paired test on held-out questions."""

import click

from lorewright.cli.face import Face, face_command, sum_of
from lorewright.evaluate import headline_of
from lorewright.flows.proof import evaluate_adapter, questions_asked
from lorewright.records import Verdict


@click.command()
@click.argument("adapter", required=False)
@click.option("--base", help="The folder of the base model, when it lies outside.")
@face_command
def evaluate(face: Face, adapter: str | None, base: str | None) -> None:
    """Test ADAPTER (the newest by default) against its base and its permuted control.

    Two held-out sets: recall (the evidence was taught, the question is new) and transfer
    (sections that nothing was trained on). Every answer is scored under every arm, paired by
    item. A verdict alone exits 0, whatever it says.

    \b
    Example:
      lorewright evaluate
    """
    settings = face.settings
    if base is not None:
        chosen = settings.training.model_copy(update={"base": base})
        settings = settings.model_copy(update={"training": chosen})
    with face.store() as store:
        face.note("scoring every held-out answer under base, tuned and control")
        verdict = evaluate_adapter(store, settings, name=adapter)
        asked, scored = questions_asked(store, verdict)
    face.say(sum_of("held-out question", scored, asked - scored, 0))
    show_verdict(face, verdict, requested=asked, accepted=scored)
    face.note("next: lorewright report")


def show_verdict(
    face: Face, verdict: Verdict, *, command: str = "evaluate", **more: object
) -> None:
    """Say what is found on each set, and the numbers behind it."""
    face.say(headline_of(verdict))
    for finding in verdict.findings:
        face.say(f"{finding.split}: {finding.sentence}")
    for one in verdict.comparisons:
        face.say(
            f"  {one.split:<8} {one.arm} - {one.against:<8} n {one.items:>4}  mean "
            f"{one.mean_difference:+}  [{one.low:+}, {one.high:+}] nats per token  "
            f"p {one.p_value}  d {one.effect_size}"
        )
    face.say(f"verdict {verdict.ref.short}")
    face.result(
        command,
        verdict=verdict.ref,
        scope=verdict.scope,
        findings=[finding.model_dump(mode="json") for finding in verdict.findings],
        comparisons=[one.model_dump(mode="json") for one in verdict.comparisons],
        **more,
    )
