"""A workspace whose arms have answered scenarios, as far as raters need it."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from builders import WORDS, a_recipe, a_source
from evaluate.rated_arms import ARMS, lines_of, some_scenarios
from flows.small_workspace import Small
from lorewright.evaluate.answers import AnswerLine, write_answers
from lorewright.flows.naming import parents
from lorewright.lineage import Ref
from lorewright.records import Answers, Collection, Scenario, ScenarioSet
from lorewright.settings import Settings
from lorewright.store import Store, Workspace

Failing = Callable[[str, int], bool]


def _never(_scenario: str, _turn: int) -> bool:
    return False


def keep_set(store: Store, scenarios: Sequence[Scenario], name: str = "coach") -> ScenarioSet:
    source = a_source()
    store.put_blob(WORDS.encode())
    store.put(source, *scenarios)
    names = sorted(one.ref for one in scenarios)
    members = Collection(
        member_kind=Scenario.kind, count=len(names), made_from=parents(store, names)
    )
    asked = ScenarioSet(
        name=name,
        members=members.ref,
        requested=len(names),
        accepted=len(names),
        families=len({one.family for one in scenarios}),
        made_from=(members.ref,),
    )
    store.put(members, asked)
    return asked


def keep_answers(
    store: Store,
    asked: ScenarioSet,
    arm: str,
    lines: Sequence[AnswerLine],
    *made_from: Ref,
) -> Answers:
    recipe = a_recipe("answer", arm=arm)
    failed = sum(line.text is None for line in lines)
    answers = Answers(
        arm=arm,
        scenarios=asked.ref,
        requested=len(lines),
        answered=len(lines) - failed,
        failed=failed,
        lines=store.put_blob(write_answers(lines)),
        made_from=(asked.ref, recipe.ref, *made_from),
    )
    store.put(recipe, answers)
    return answers


@contextmanager
def answered_workspace(
    folder: Path,
    *,
    scenarios: int = 10,
    turns: int = 1,
    arms: Sequence[str] = ARMS,
    failing: Failing = _never,
    settings: Settings | None = None,
) -> Generator[Small]:
    """Arms that have answered; `failing` says which answers of the tuned one did not come."""
    workspace = Workspace(folder / "workspace")
    workspace.make()
    chosen = settings or Settings()
    with workspace.open(chosen) as store:
        questions = some_scenarios(scenarios, turns=turns)
        asked = keep_set(store, questions)
        for arm in arms:
            lost = failing if arm == "tuned" else _never
            keep_answers(store, asked, arm, lines_of(arm, questions, failing=lost))
        yield Small(workspace, store, chosen)
