"""One answer before a judge: all dimensions in one call, and who answered is not said."""

from lorewright.errors import ModelError
from lorewright.evaluate.dimensions import Profile
from lorewright.evaluate.judging.cases import Case
from lorewright.evaluate.judging.outcomes import NO_ANSWER, NotJudged, Rated, not_judged
from lorewright.evaluate.judging.replies import (
    Off,
    Said,
    faults_of_ratings,
    ratings_shape,
    values_of,
)
from lorewright.evaluate.judging.showing import facts_of_scenario, told
from lorewright.llms import Asker, Purpose, Rendered, ask, render
from lorewright.records import Prompt

RATE = "evaluate/rate"
"""The prompt, and what its calls are for."""
MOST_FAULTS = 5
"""So many are told to the judge at once."""


async def rate(
    case: Case,
    profile: Profile,
    *,
    asker: Asker,
    prompt: Prompt,
    advisor: str = "",
    draw: int = 0,
) -> Rated | NotJudged:
    """Rate one answer by every dimension of `profile`.

    A reply that leaves out a dimension, names one that is not asked for or gives a value outside
    the scale is sent back with what is wrong, as often as the asker does that. If it is still
    off, nothing of it counts: values that a judge was pressed for are none.

    Args:
        case: the answer.
        profile: the dimensions.
        asker: makes the calls.
        prompt: the template.
        advisor: how the advisor speaks, and what they never do; empty when nobody said.
        draw: another number asks the same once more.

    Raises:
        EndpointError: when the judge cannot be asked at all.
        BudgetReached: when there is no money left.
        Stopped: when somebody stopped the run.
    """
    if case.answer is None:
        return NotJudged(NO_ANSWER, f"{case.arm}, turn {case.turn}")
    off: list[Off] = []

    def complaint(said: Said) -> str | None:
        off[:] = faults_of_ratings(said.given, profile)
        return "; ".join(one.sentence for one in off[:MOST_FAULTS]) or None

    try:
        answer = await ask(
            asker,
            shown_case(case, profile, prompt, advisor),
            ratings_shape(profile.keys),
            Purpose(RATE, (case.scenario.ref,), draw),
            complaint=complaint,
        )
    except ModelError as error:
        return not_judged(error, off[0].why if off else None)
    return Rated(values_of(answer.value.given, profile))


def shown_case(case: Case, profile: Profile, prompt: Prompt, advisor: str = "") -> Rendered:
    """The prompt with one answer; what says who gave it, or how long it is, is not in it."""
    return render(
        prompt,
        dimensions=profile.dimensions,
        about=profile.about,
        advisor=advisor,
        scenario=facts_of_scenario(case.scenario),
        before=told(case.before),
        message=case.message,
        answer=case.answer or "",
    )
