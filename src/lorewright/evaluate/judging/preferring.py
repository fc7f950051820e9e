"""Two advisors before a judge, in one order; the other order is another call."""

from typing import Any

from lorewright.errors import ModelError
from lorewright.evaluate.judging.cases import Exchange, Pair
from lorewright.evaluate.judging.outcomes import NO_ANSWER, NotJudged, Preferred, not_judged
from lorewright.evaluate.judging.replies import (
    CHOICES,
    AnswerPreference,
    Off,
    Said,
    fault_of_preference,
)
from lorewright.evaluate.judging.showing import facts_of_scenario
from lorewright.llms import Asker, Purpose, Rendered, ask, render
from lorewright.records import Prompt

PREFER = "evaluate/prefer"
"""The prompt, and what its calls are for."""


async def prefer(
    pair: Pair, *, asker: Asker, prompt: Prompt, advisor: str = "", draw: int = 0
) -> Preferred | NotJudged:
    """Say whose advice the client would rather follow, with one order of the two.

    Args:
        pair: the two conversations, the first one shown first.
        asker: makes the calls.
        prompt: the template.
        advisor: how the advisor speaks, and what they never do; empty when nobody said.
        draw: another number asks the same once more.

    Raises:
        EndpointError: when the judge cannot be asked at all.
        BudgetReached: when there is no money left.
        Stopped: when somebody stopped the run.
    """
    if not pair.is_whole:
        return NotJudged(NO_ANSWER, f"{pair.first} or {pair.second}")
    off: list[Off] = []

    def complaint(said: Said) -> str | None:
        fault = fault_of_preference(said.given)
        off[:] = [fault] if fault else []
        return fault.sentence if fault else None

    try:
        answer = await ask(
            asker,
            shown_pair(pair, prompt, advisor),
            AnswerPreference,
            Purpose(PREFER, (pair.scenario.ref,), draw),
            complaint=complaint,
        )
    except ModelError as error:
        return not_judged(error, off[0].why if off else None)
    given = answer.value.given
    return Preferred(CHOICES[given["preferred"]], given["reason"].strip())


def shown_pair(pair: Pair, prompt: Prompt, advisor: str = "") -> Rendered:
    """The prompt with both conversations, called A and B."""
    return render(
        prompt,
        advisor=advisor,
        scenario=facts_of_scenario(pair.scenario),
        turns=[
            _turn(ours, theirs)
            for ours, theirs in zip(pair.shown_first, pair.shown_second, strict=True)
        ],
    )


def _turn(ours: Exchange, theirs: Exchange) -> dict[str, Any]:
    return {"message": ours.message, "a": ours.answer or "", "b": theirs.answer or ""}
