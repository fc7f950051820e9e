"""Promising what will be evaluated before anything is answered, and finding what was changed."""

from pathlib import Path
from typing import NamedTuple

from lorewright.errors import NotYet, Refused, StorageError
from lorewright.evaluate.proof.lock import (
    FILE,
    NONE,
    Asked,
    Contest,
    Decoding,
    Promise,
    Prompts,
    read_lock,
    rules_as_promised,
    sha256_of,
)
from lorewright.flows.contests import ProofContest, Told, rests_on, told_of
from lorewright.flows.naming import newest, set_newest
from lorewright.flows.prompting import prompt_folder
from lorewright.flows.scenarios import scenarios_by_id
from lorewright.lineage import Ref
from lorewright.llms import load_prompt
from lorewright.llms.prompts import bundled_prompts
from lorewright.records import Answers, EvaluationLock, Example, Prompt
from lorewright.settings import Settings
from lorewright.store import Store, Workspace

JUDGING = "evaluate/"
"""Where the prompts lie that judges are asked with."""


class Locked(NamedTuple):
    """A lock, what it says, and where its file lies."""

    record: EvaluationLock
    promise: Promise
    path: Path


def promise_of(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    contest: ProofContest,
    told: Told,
    *,
    again: int = 0,
) -> Promise:
    """What would be promised now: the contest as it is, by the settings as they are."""
    scenarios, rules = scenarios_by_id(store, contest.asked), settings.evaluation.proof
    families = rests_on(scenarios, rules.purpose)
    return Promise(
        again=again,
        contest=Contest(
            tuned=contest.tuned.ref,
            control=contest.control.ref,
            base=contest.base.ref,
            dataset=contest.dataset.ref,
            root=contest.dataset.root,
            arms=tuple(arm.value for arm in contest.arms),
            reference=contest.reference or NONE,
        ),
        asked=Asked(
            scenarios=contest.asked.ref,
            count=len(families),
            families=len(set(families.values())),
            turns=sum(len(one.messages) for one in scenarios),
        ),
        prompts=Prompts(
            system=name_of(told.system),
            trained_with=name_of(told.trained_with),
            examples=tuple(one.ref for one in told.shown),
            judging=judging_prompts(workspace),
        ),
        decoding=Decoding.of(rules.answers),
        rules=rules_as_promised(rules),
    )


def lock_contest(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    contest: ProofContest,
    *,
    again: bool = False,
) -> Locked:
    """Write the lock of a contest, before anything of it is answered.

    The same promise twice is one lock. What was locked and not answered may be locked anew.

    Raises:
        Refused: when the adapter has answered these scenarios already and `again` is not set.
        BadSettings: when the prompted base would be told nothing.
        StorageError: when the file cannot be written.
    """
    told = told_of(store, settings.evaluation.proof.answers, contest.dataset)
    earlier = locks_of(store, contest)
    is_answered = _is_answered(store, contest)
    if is_answered and not again:
        raise Refused(
            f"{contest.tuned.ref.short} has answered these scenarios already, and a lock comes "
            "before the answers",
            hint="`lorewright evaluate` goes on with the lock that there is; --again makes "
            "another one, and the report will say so",
        )
    count = max((read_lock(one.text).again for one in earlier), default=-1) + 1
    promise = promise_of(
        workspace, store, settings, contest, told, again=count if is_answered else 0
    )
    text = promise.as_toml()
    record = EvaluationLock(
        sha256=sha256_of(text),
        text=text,
        made_from=(
            contest.tuned.ref,
            contest.control.ref,
            contest.base.ref,
            contest.dataset.ref,
            contest.asked.ref,
        ),
    )
    store.put(*filter(None, (told.system, told.trained_with)), record)
    set_newest(store, record.ref)
    path = file_of(workspace, record)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError.from_system(
            error, doing="the lock cannot be written", where=str(path)
        ) from error
    return Locked(record, promise, path)


def locks_of(store: Store, contest: ProofContest) -> list[EvaluationLock]:
    """The locks of a contest, the newest last: the same adapter, control and scenarios."""
    wanted = {contest.tuned.ref, contest.control.ref, contest.asked.ref}
    found = store.get_many(
        store.children([contest.tuned.ref], kind=EvaluationLock.kind), EvaluationLock
    )
    locks = [
        one
        for one in found
        if wanted <= {*one.made_from} and read_lock(one.text).contest.tuned == contest.tuned.ref
    ]
    # Locked once more, an older promise is the newest again.
    return sorted(locks, key=lambda one: one.ref == newest(store, EvaluationLock))


def lock_of(workspace: Workspace, store: Store, contest: ProofContest) -> Locked:
    """The newest lock of a contest.

    Raises:
        NotYet: when there is none.
    """
    found = locks_of(store, contest)
    if not found:
        raise NotYet(
            f"nothing is promised about {contest.tuned.ref.short} on these scenarios",
            hint="lock it with `lorewright evaluate --lock`",
        )
    return Locked(found[-1], read_lock(found[-1].text), file_of(workspace, found[-1]))


def file_of(workspace: Workspace, lock: EvaluationLock) -> Path:
    """Where the file of a lock lies."""
    return workspace.evaluations / lock.ref.id[:12] / FILE


def lying_text(path: Path) -> str | None:
    """The file as it lies there now; None where it is gone or is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _is_answered(store: Store, contest: ProofContest) -> bool:
    by_adapter = store.children([contest.tuned.ref], kind=Answers.kind)
    return bool({*by_adapter} & {*store.children([contest.asked.ref], kind=Answers.kind)})


def judging_prompts(workspace: Workspace) -> dict[str, str]:
    """The prompts that judges would be asked with now, by name."""
    return {
        one.name: str(load_prompt(one.name, prompt_folder(workspace)).ref)
        for one in bundled_prompts()
        if one.name.startswith(JUDGING)
    }


def name_of(prompt: Prompt | None) -> str:
    """The name with the hash of its words; `none` where there is no prompt."""
    return NONE if prompt is None else prompt.ref


def told_as_locked(store: Store, promise: Promise) -> Told:
    """What arms are told, as it was promised, whatever the settings say by now."""
    prompts = promise.prompts
    shown = [Ref.parse(name) for name in prompts.examples]
    return Told(
        _prompt(store, prompts.system),
        _prompt(store, prompts.trained_with),
        tuple(store.get_many(shown, Example)),
    )


def _prompt(store: Store, name: str) -> Prompt | None:
    return None if name == NONE else store.get(Ref.parse(name), Prompt)
