"""`lorewright judge`: have a language model rate examples against their evidence."""

from typing import TYPE_CHECKING, Any

import click

from lorewright.cli.face import Face, face_command
from lorewright.cli.known import judge_known
from lorewright.cli.teaching import (
    Asked,
    end_account,
    show_account,
    show_quote,
    taught,
    teacher_options,
    told_account,
)
from lorewright.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lorewright.lineage import Ref
    from lorewright.records import Judgement
    from lorewright.store import Store

NEXT = "lorewright curate, with least_score or keep_share in the settings"
WIDTH = 72
LOWEST = 5


@click.command()
@click.argument("dataset", required=False)
@click.option("--show", is_flag=True, help="Only say what was judged before; ask nothing.")
@click.option(
    "--lowest",
    type=click.IntRange(0),
    help=f"How many of the worst rated examples are listed; {LOWEST} by default.",
)
@click.option(
    "--known", is_flag=True, help="Ask the base model for the answers: does it know them already?"
)
@teacher_options
@face_command
def judge(face: Face, dataset: str | None, *, known: bool, **asked: Any) -> None:
    """Rate examples by groundedness, relevance, clarity, voice and usefulness, from 1 to 10.

    The judge sees every word that an example cites, with the section around it, and must quote
    what the answer claims and the evidence does not say. Without DATASET everything that could
    enter the next one is judged, and nothing twice. The table `[judge]` of the settings says
    who judges; by default it is the teacher, and what it rates of its own is counted apart.

    With --known nothing is rated: the base model of the table `[base]` is asked every question
    a few times, without any source, and its answers are compared with those of the examples.

    \b
    Examples:
      lorewright judge --estimate
      lorewright judge --max-cost 0.50
      lorewright judge coach@latest --model anthropic:claude-sonnet-4-5 --max-cost 1
      lorewright judge --show
      lorewright judge --known --max-cost 1
    """
    show, lowest = asked.pop("show"), asked.pop("lowest")
    options = Asked(**asked)
    if not known:
        _rate(face, dataset, options, show=show, lowest=LOWEST if lowest is None else lowest)
    elif lowest is not None:
        raise UsageError(
            "--lowest lists the worst ratings, and --known makes none", hint="leave one of them out"
        )
    else:
        judge_known(face, dataset, options, show=show)


def _rate(face: Face, dataset: str | None, options: Asked, *, show: bool, lowest: int) -> None:
    from lorewright.flows.judgements import as_judge, to_judge
    from lorewright.flows.naming import find
    from lorewright.flows.teacher_works import JUDGE, JudgeChoice, told
    from lorewright.flows.teaching import Quote, refuse_without_limit
    from lorewright.records import Dataset

    settings = options.applied(as_judge(face.settings))
    if not (show or options.estimate):
        refuse_without_limit(settings, options.allowed())
    with face.store() as store:
        members = find(store, dataset, Dataset) if dataset else None
        names = to_judge(store, settings, members)
        if show:
            face.result("judge", **_show(face, store, names, lowest))
            return
        choice = JudgeChoice(dataset=members.ref if members else None, draw=options.draw)
        account = taught(face, store, settings, options, work=JUDGE, choice=told(choice))
        if isinstance(account, Quote):
            show_quote(face, account, "judge")
            return
        show_account(face, account, made="judgement", called="judgement")
        ratings = _show(face, store, names, lowest)
        face.result(
            "judge", **told_account(account, made="judgement", under="judgements"), **ratings
        )
        end_account(face, account, NEXT)


def _show(face: Face, store: "Store", names: "list[Ref]", lowest: int) -> dict[str, Any]:
    """Say what judges think of examples; the same for other programs."""
    from lorewright.flows.ratings import in_words, newest_judgements, ratings_of, worst

    judgements = newest_judgements(store, names)
    ratings = ratings_of(store, names, judgements)
    face.say(in_words(ratings))
    for criterion, mean in ratings.criteria.items():
        said = "not measured" if mean is None else f"{mean.value} over {mean.examples:,}"
        face.say(f"  {criterion:<14}{said}")
    if ratings.unsupported:
        face.say(f"{ratings.unsupported:,} with a claim that is not in the evidence")
    last = worst(judgements.values(), lowest)
    _show_worst(face, store, last)
    return {
        "examples": ratings.examples,
        "judged": ratings.judged,
        "judges": ratings.judges,
        "own_work": ratings.own_work,
        "unsupported": ratings.unsupported,
        "mean_rating": str(ratings.overall.value) if ratings.overall else None,
        "criteria": {
            criterion.value: {"mean": str(mean.value), "examples": mean.examples} if mean else None
            for criterion, mean in ratings.criteria.items()
        },
        "lowest": [_told(one) for one in last],
    }


def _show_worst(face: Face, store: "Store", judgements: "list[Judgement]") -> None:
    from lorewright.records import Example

    examples: Mapping[Ref, Example] = {
        one.ref: one for one in store.get_many([one.example for one in judgements], Example)
    }
    for one in judgements:
        example = examples[one.example]
        weakest = min(one.scores, key=lambda criterion: one.scores[criterion])
        face.say(f"{one.mean:>6}  {one.example.short}  {_cut(example.question)}")
        face.say(f"        {weakest} {one.scores[weakest]}: {_cut(one.rating(weakest).reason)}")


def _told(judgement: "Judgement") -> dict[str, Any]:
    return {
        "example": judgement.example,
        "judgement": judgement.ref,
        "mean": str(judgement.mean),
        "ratings": [one.model_dump(mode="json") for one in judgement.ratings],
    }


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 3]}..."
