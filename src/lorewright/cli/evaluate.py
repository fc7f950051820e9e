"""`lorewright evaluate`: reference answers, and answers to scenarios as they were rated."""

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from lorewright.cli.evaluation_proof import (
    note_estimate,
    note_lock,
    show_estimate,
    show_evaluated,
    show_lock,
    told_evaluated,
)
from lorewright.cli.face import Face, face_command, sum_of
from lorewright.cli.teaching import Money
from lorewright.errors import UsageError
from lorewright.evaluate import headline_of
from lorewright.records import Verdict

if TYPE_CHECKING:
    from lorewright.flows.contests import ProofContest
    from lorewright.settings import Settings
    from lorewright.store import Store


class _Asked(NamedTuple):
    """What the options say."""

    adapter: str | None
    scenarios: str | None
    control: str | None
    again: bool
    max_cost: Decimal | None


@click.command()
@click.argument("adapter", required=False)
@click.option("--base", help="The folder of the base model, when it lies outside.")
@click.option("--plan", is_flag=True, help="Say how many scenarios show what; ask nothing.")
@click.option("--estimate", is_flag=True, help="Say what answering would take; ask nothing.")
@click.option("--lock", is_flag=True, help="Write down what will be claimed; answer nothing yet.")
@click.option("--again", is_flag=True, help="A new lock although there are answers; it is told.")
@click.option("--scenarios", metavar="NAME", help="The set of scenarios; by default the newest.")
@click.option(
    "--control",
    metavar="ADAPTER",
    help="An adapter trained on neutral advice; by default the permuted control.",
)
@click.option("--max-cost", type=Money(), help="The most the reference may cost, in US dollars.")
@face_command
def evaluate(  # noqa: PLR0913 - one parameter per option
    face: Face,
    adapter: str | None,
    base: str | None,
    *,
    plan: bool,
    estimate: bool,
    lock: bool,
    again: bool,
    scenarios: str | None,
    control: str | None,
    max_cost: Decimal | None,
) -> None:
    """Test ADAPTER (the newest by default) against its base and its control.

    Two tests. Reference answers: every held-out answer is scored under base, tuned and control,
    on recall (the evidence was taught, the question is new) and transfer (sections that nothing
    was trained on). Scenarios, where there is a set of them: what will be claimed is locked,
    every arm answers once, and what people or judges have rated is decided by the lock. A
    verdict alone exits 0, whatever it says.

    \b
    Examples:
      lorewright evaluate --plan
      lorewright evaluate --estimate
      lorewright evaluate --lock
      lorewright evaluate
      lorewright evaluate coach@3 --scenarios clients --control neutral@1
    """
    if plan and (lock or again):
        raise UsageError("--plan asks nothing, so it locks nothing", hint="leave one of them out")
    if estimate and (plan or lock):
        other = "plan" if plan else "lock"
        raise UsageError(f"--estimate and --{other} are two things", hint="ask for one at a time")
    settings = face.settings
    if base is not None:
        chosen = settings.training.model_copy(update={"base": base})
        settings = settings.model_copy(update={"training": chosen})
    asked = _Asked(adapter, scenarios, control, again, max_cost)
    if plan:
        _plan(face, settings, scenarios)
    elif estimate:
        _estimate(face, settings, asked)
    elif lock:
        _lock(face, settings, asked)
    else:
        _evaluate(face, settings, asked)


def _plan(face: Face, settings: "Settings", scenarios: str | None) -> None:
    from lorewright.cli.evaluation_plan import show_plan
    from lorewright.flows.evaluating import plan_evaluation

    if scenarios is None and not face.workspace.exists():
        show_plan(face, plan_evaluation(None, settings))
        return
    with face.store() as store:
        found = plan_evaluation(store, settings, scenarios)
    show_plan(face, found)


def _estimate(face: Face, settings: "Settings", asked: _Asked) -> None:
    from lorewright.flows.evaluating import estimate_evaluation

    with face.store() as store:
        left = estimate_evaluation(
            face.workspace,
            store,
            settings,
            _contest(store, settings, asked),
            again=asked.again,
            max_cost=asked.max_cost,
        )
    show_estimate(face, left)


def _lock(face: Face, settings: "Settings", asked: _Asked) -> None:
    from lorewright.flows.locking import lock_contest

    with face.store() as store:
        contest = _contest(store, settings, asked)
        locked = lock_contest(face.workspace, store, settings, contest, again=asked.again)
    show_lock(face, locked)
    face.note("next: lorewright evaluate")


def _evaluate(face: Face, settings: "Settings", asked: _Asked) -> None:
    from lorewright.flows.contests import has_scenarios
    from lorewright.flows.proof import evaluate_adapter, questions_asked

    with face.store() as store:
        # Found before anything is scored, so that a wrong name costs no minutes.
        on_purpose = asked.scenarios is not None or asked.control is not None or asked.again
        contest = _contest(store, settings, asked) if on_purpose or has_scenarios(store) else None
        face.note("scoring every held-out answer under base, tuned and control")
        verdict = evaluate_adapter(store, settings, name=asked.adapter)
        requested, scored = questions_asked(store, verdict)
        face.say(sum_of("held-out question", scored, requested - scored, 0))
        _say_verdict(face, verdict)
        on_scenarios: dict[str, Any] | None = None
        if contest is not None:
            on_scenarios = _on_scenarios(face, store, settings, contest, asked)
    face.result(
        "evaluate",
        **_told(verdict),
        requested=requested,
        accepted=scored,
        scenarios=on_scenarios,
    )
    if on_scenarios is None or on_scenarios["proof"] is not None:
        face.note("next: lorewright report")


def _contest(store: "Store", settings: "Settings", asked: _Asked) -> "ProofContest":
    from lorewright.flows.contests import proof_contest

    return proof_contest(
        store, settings, name=asked.adapter, scenarios=asked.scenarios, control=asked.control
    )


def _on_scenarios(
    face: Face, store: "Store", settings: "Settings", contest: "ProofContest", asked: _Asked
) -> dict[str, Any]:
    from lorewright.flows.evaluating import Steps, evaluate_scenarios

    with face.progress("answering", labelled=True) as watch:
        done = evaluate_scenarios(
            face.workspace,
            store,
            settings,
            contest,
            again=asked.again,
            max_cost=asked.max_cost,
            steps=Steps(
                on_lock=partial(note_lock, face),
                on_estimate=partial(note_estimate, face),
                watch=watch,
            ),
        )
    show_evaluated(face, done)
    return told_evaluated(done)


def show_verdict(
    face: Face, verdict: Verdict, *, command: str = "evaluate", **more: object
) -> None:
    """Say what is found on each set of reference answers, and the numbers behind it."""
    _say_verdict(face, verdict)
    face.result(command, **_told(verdict), **more)


def _say_verdict(face: Face, verdict: Verdict) -> None:
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


def _told(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict.ref,
        "scope": verdict.scope,
        "findings": [finding.model_dump(mode="json") for finding in verdict.findings],
        "comparisons": [one.model_dump(mode="json") for one in verdict.comparisons],
    }
