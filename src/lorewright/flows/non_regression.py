"""Whether an adapter lost what its base could do: text, feelings, choices, and safety."""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from lorewright import inference
from lorewright.errors import UsageError
from lorewright.evaluate.regression import (
    ChoiceQuestion,
    Kept,
    Part,
    choices_kept,
    chosen,
    emotions_kept,
    safety_kept,
    text_kept,
)
from lorewright.flows.current import refuse_erased
from lorewright.flows.folders import base_folder, lay_out
from lorewright.flows.naming import find
from lorewright.flows.regression_result import regression_file, rows_told
from lorewright.flows.regression_work import RegressionWish, Work, work_of
from lorewright.inference import Score
from lorewright.jobs import Progress, Watch
from lorewright.records import Adapter, BaseLanguageModel, Dataset, Scenario, Turn
from lorewright.settings import RegressionSettings, Settings
from lorewright.store import Store, Workspace, refuse_withdrawn, remember_file

DOING = "looking for regressions on"


class Subject(NamedTuple):
    """An adapter and its base."""

    adapter: Adapter
    base: BaseLanguageModel


@dataclass(frozen=True, slots=True)
class Regression:
    """What came of all parts."""

    subject: Subject
    rows: tuple[Kept, ...]
    skipped: tuple[tuple[Part, str], ...]
    """Parts that were not looked at, and why."""
    file: Path


@dataclass(frozen=True, slots=True)
class _Said:
    """What one arm did with everything that it was asked."""

    windows: Sequence[Score]
    feelings: Sequence[str]
    choices: Sequence[Sequence[int | None]]
    """By file."""
    safety: Sequence[str]


@dataclass(frozen=True, slots=True)
class RegressionEstimate:
    """How much both arms together are asked."""

    windows_at_most: int
    scored: int
    """Choices whose likelihood is asked."""
    answers: int
    tokens_at_most: int
    """Of the generated answers."""


def subject_of(store: Store, name: str | None) -> Subject:
    """The adapter that `name` means, and its base; no control is needed.

    Raises:
        NotYet: when no adapter was trained.
        UsageError: when `name` is a control.
        Refused: when a source that it rests on was withdrawn or erased.
    """
    adapter = find(store, name, Adapter)
    if adapter.role != "tuned":
        raise UsageError(
            f"{adapter.ref.short} is a control", hint="name the adapter that it is a control for"
        )
    parents = {ref.kind: ref for ref in adapter.made_from}
    refuse_withdrawn(store, [parents[Dataset.kind]], doing=DOING)
    refuse_erased(store, parents[Dataset.kind], doing=DOING)
    return Subject(adapter, store.get(parents[BaseLanguageModel.kind], BaseLanguageModel))


def estimate_regression(work: Work, settings: RegressionSettings) -> RegressionEstimate:
    """How much will be asked; nothing is loaded for it."""
    return RegressionEstimate(
        windows_at_most=2 * settings.most_windows,
        scored=2 * work.scored,
        answers=2 * work.answers,
        tokens_at_most=2 * work.answers * settings.answer_tokens,
    )


def check_regression(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    wish: RegressionWish,
    *,
    watch: Watch = lambda _progress: None,
) -> Regression:
    """Ask base and tuned adapter the same, compare them, and write the result down.

    Raises:
        NotYet: when no adapter was trained.
        Unreadable: when a file that `wish` names is not of its form.
        MissingExtra: when torch, numpy or scipy is not installed.
    """
    subject = subject_of(store, wish.adapter)
    work = work_of(store, wish)
    said = {
        name: _asked(arm, name, work, settings, watch)
        for name, arm in _arms_named(store, subject, settings)
    }
    rows = tuple(_rows(work, said["base"], said["tuned"], settings.regression))
    file = _write(workspace, store, subject, rows)
    return Regression(subject, rows, tuple(work.skipped()), file)


def _arms_named(
    store: Store, subject: Subject, settings: Settings
) -> Iterator[tuple[str, inference.Arm]]:
    """Base and tuned adapter, one after the other; only one is in memory at a time."""
    with (
        base_folder(store, subject.base, settings.training.base) as base,
        tempfile.TemporaryDirectory(prefix="lorewright-") as scratch,
    ):
        for name, adapter in (("base", None), ("tuned", subject.adapter)):
            folder = lay_out(store, adapter.files, Path(scratch) / name) if adapter else None
            yield name, inference.open_arm(base, folder, threads=settings.training.threads)


def _asked(arm: inference.Arm, name: str, work: Work, settings: Settings, watch: Watch) -> _Said:
    """Ask one arm everything."""
    limits = settings.regression

    def told(label: str, done: int) -> None:
        watch(Progress(f"{name}: {label}", done, done))

    windows = arm.text_log_likelihoods(
        work.text, width=limits.window_tokens, most=limits.most_windows
    )
    told(Part.TEXT, len(windows))
    feelings: list[str] = []
    for question in work.questions:
        turns = (Turn(role="user", text=question.prompt),)
        feelings.append(arm.generate(turns, max_new_tokens=limits.answer_tokens))
        told(Part.EMOTIONS, 1)
    choices: list[list[int | None]] = []
    for _, questions in work.choices:
        choices.append(_chosen(arm, questions))
        told(Part.CHOICES, len(questions))
    safety: list[str] = []
    for scenario in work.scenarios:
        safety.append(_talk(arm, scenario, limits.answer_tokens))
        told(Part.SAFETY, 1)
    return _Said(windows, feelings, choices, safety)


def _chosen(arm: inference.Arm, questions: Sequence[ChoiceQuestion]) -> list[int | None]:
    scores = iter(arm.log_likelihoods([talk for one in questions for talk in one.conversations()]))
    return [chosen(one, [next(scores) for _ in one.choices]) for one in questions]


def _talk(arm: inference.Arm, scenario: Scenario, tokens: int) -> str:
    """All that an arm answers to a scenario; what it said before stands before the next turn."""
    turns: list[Turn] = []
    for message in scenario.messages:
        turns.append(Turn(role="user", text=message))
        said = arm.generate(turns, max_new_tokens=tokens)
        # A turn holds at least a letter; an arm that says nothing has said so.
        turns.append(Turn(role="assistant", text=said or "…"))
    return "\n\n".join(turn.text for turn in turns if turn.role == "assistant")


def _rows(work: Work, base: _Said, tuned: _Said, limits: RegressionSettings) -> Iterator[Kept]:
    alpha = float(limits.alpha)
    yield text_kept(
        base.windows,
        tuned.windows,
        about=work.text_name,
        margin=float(limits.text_margin),
        alpha=alpha,
    )
    if work.questions:
        yield emotions_kept(
            work.questions,
            base.feelings,
            tuned.feelings,
            about=work.questions_name,
            margin=float(limits.eq_margin),
            alpha=alpha,
        )
    for (name, questions), theirs, ours in zip(
        work.choices, base.choices, tuned.choices, strict=True
    ):
        yield choices_kept(
            questions, theirs, ours, about=name, margin=float(limits.choices_margin), alpha=alpha
        )
    if work.scenarios:
        yield safety_kept(
            work.scenarios,
            base.safety,
            tuned.safety,
            about=work.scenarios_name,
            margin=float(limits.safety_margin),
            alpha=alpha,
        )


def _write(workspace: Workspace, store: Store, subject: Subject, rows: Sequence[Kept]) -> Path:
    file = regression_file(workspace, subject.adapter.ref)
    file.parent.mkdir(parents=True, exist_ok=True)
    told = {"adapter": subject.adapter.ref, "base": subject.base.ref, "rows": rows_told(rows)}
    content = json.dumps(told, ensure_ascii=False, indent=2).encode()
    place = workspace.local_path(file)
    remember_file(store, place, "report", subject.adapter.ref)
    file.write_bytes(content)
    remember_file(store, place, "report", subject.adapter.ref, hashlib.sha256(content).hexdigest())
    return file
