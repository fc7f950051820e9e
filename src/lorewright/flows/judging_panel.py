"""Who judges, and what: the seats of a panel, and the choice that each of them is given."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from lorewright.errors import UsageError
from lorewright.evaluate.dimensions import profile
from lorewright.flows.answered import Field
from lorewright.flows.judging import JudgeAnswers, JudgingChoice
from lorewright.flows.teaching import Prospect, asked_of
from lorewright.records import Ratings
from lorewright.settings import Settings, TeacherSettings
from lorewright.store import Store


def panel(settings: Settings) -> list[Settings]:
    """The settings once for each judge, with that judge in the teacher's chair.

    Without a panel `[judge]` judges, and without that the teacher.
    """
    chosen = list(settings.evaluation.judges.panel.values())
    if not chosen:
        chosen = [settings.judge if settings.judge.model else settings.teacher]
    return [settings.model_copy(update={"teacher": _as_judge(one)}) for one in chosen]


def seat(settings: Settings, name: str) -> Settings:
    """The settings with the judge `name` in the chair, for a process that helps another one."""
    seats = panel(settings)
    found = next((one for one in seats if one.teacher.model == name), seats[0])
    return asked_of(found, name)


def _as_judge(teacher: TeacherSettings) -> TeacherSettings:
    """As repeatable as it can be, and told once what is wrong: pressed further it would guess."""
    cold = None if teacher.temperature is None else Decimal(0)
    once = min(teacher.asks_again, 1)
    return teacher.model_copy(update={"temperature": cold, "asks_again": once})


def judged_by(
    store: Store, settings: Settings, choice: JudgingChoice, prompts: Path | None = None
) -> Ratings | None:
    """What the judge in the teacher's chair said to a choice; None when it was not asked.

    Raises:
        UsageError: when no language model is set.
        EndpointError: when it cannot be opened.
    """
    asker = Prospect(store, settings.teacher).asker
    advisor = settings.evaluation.judges.advisor
    return JudgeAnswers(store, asker, choice, advisor=advisor, prompts=prompts).made()


def choice_for(
    field: Field,
    settings: Settings,
    *,
    dimensions: str | None = None,
    pairs: Sequence[tuple[str, str]] | None = None,
    draw: int = 0,
    retry: int = 0,
) -> JudgingChoice:
    """What a judge is asked of the arms of `field`, as the settings or the operator say.

    Of the pairs in the settings those count whose arms have both answered. A pair that somebody
    names has to be there.

    Raises:
        UsageError: when an arm that is named has not answered.
        BadSettings: when there is no such profile.
    """
    judges = settings.evaluation.judges
    if pairs is None:
        pairs = [pair for pair in judges.pairs if set(pair) <= field.arms.keys()]
    _refuse_unknown(field, pairs)
    return JudgingChoice(
        answers=field.answers,
        profile=profile(dimensions or judges.profile).name,
        pairs=tuple(pairs),
        draw=draw,
        retry=retry,
    )


def _refuse_unknown(field: Field, pairs: Sequence[tuple[str, str]]) -> None:
    for ours, theirs in pairs:
        for arm in (ours, theirs):
            if arm not in field.arms:
                raise UsageError(
                    f"there are no answers of the arm {arm!r}",
                    hint=f"there are those of {', '.join(sorted(field.arms))}",
                )
        if ours == theirs:
            raise UsageError(f"{ours} cannot be compared with itself")
