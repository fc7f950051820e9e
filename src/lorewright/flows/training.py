"""From a dataset to an adapter, and to the control that keeps its proof honest."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from lorewright import jobs, prose, train
from lorewright.flows.current import documents_of, refuse_erased, step_of
from lorewright.flows.folders import lay_out
from lorewright.flows.naming import find, set_newest
from lorewright.jobs import Piece, Prepared, Step
from lorewright.records import Adapter, BaseLanguageModel, Dataset, Split
from lorewright.settings import Settings
from lorewright.store import (
    Making,
    MemoKey,
    Store,
    Workspace,
    examples,
    forget_file,
    held_out_sections,
    memo_key,
    refuse_withdrawn,
    remember_file,
    seconds,
    written_files,
)
from lorewright.train import BaseFolder, Event, Lessons, Line

Role = Literal["tuned", "permuted-control"]
ROLES: tuple[Role, ...] = ("tuned", "permuted-control")
Watch = Callable[[str, Event], None]
"""Is told what is being trained (`pocket`, `tuned`, `permuted-control`) and what happened."""

POCKET = "pocket"


class Trained(NamedTuple):
    """What a training run leaves."""

    base: BaseLanguageModel
    tuned: Adapter
    control: Adapter


def train_adapters(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    *,
    dataset: str | None = None,
    watch: Watch = lambda _role, _event: None,
) -> Trained:
    """Train the adapter and its permuted control on the same base, side by side.

    What was trained before with the same settings is not trained again; a run that was cut
    off goes on from its last checkpoint.

    Raises:
        Refused: when the dataset rests on a source that was withdrawn or erased.
        NotYet: when there is no dataset, or nothing in its training split.
    """
    data = find(store, dataset, Dataset)
    refuse_withdrawn(store, [data.ref], doing="training on")
    refuse_erased(store, data.ref, doing="training on")
    training = _Training(workspace, store, settings, data, watch)
    base, folder = training.pocket() if settings.training.base == POCKET else training.outside()
    tuned, control = training.adapters(base, folder)
    training.clean_up()
    set_newest(store, tuned.ref)
    return Trained(base, tuned, control)


class _Job(NamedTuple):
    """One adapter that is to be there at the end."""

    role: Role
    step: Step
    memo: MemoKey
    folder: Path


class _Training:
    """One run of `lorewright train`."""

    def __init__(
        self, workspace: Workspace, store: Store, settings: Settings, data: Dataset, watch: Watch
    ) -> None:
        self._workspace = workspace
        self._store = store
        self._settings = settings.training
        self._data = data
        self._watch = watch

    def adapters(self, base: BaseLanguageModel, folder: BaseFolder) -> list[Adapter]:
        """The tuned adapter and the control, trained now or before."""
        wanted = [self._job(role, base, folder) for role in ROLES]
        missing = [job for job in wanted if self._store.memo(job.memo) is None]
        if missing:
            self._train(missing, base, folder)
        found = [self._store.memo(job.memo) or [] for job in wanted]
        return [self._store.get(made[0], Adapter) for made in found]

    def _job(self, role: Role, base: BaseLanguageModel, folder: BaseFolder) -> _Job:
        # Where a base lies on this machine is no part of what is made from it.
        named = self._settings.model_copy(update={"base": folder.name})
        step = step_of(self._store, "train", named, role=role)
        inputs = (self._data.ref, base.ref)
        memo = memo_key("train", code=step.code, inputs=inputs, recipe=step.recipe)
        return _Job(role, step, memo, self._workspace.jobs / memo.digest.hex()[:16])

    def _train(self, missing: list[_Job], base: BaseLanguageModel, folder: BaseFolder) -> None:
        # Two processes side by side; the share is the same when only one is left to train,
        # since a job that goes on must be the job that was begun.
        threads = max(1, self._settings.threads // len(ROLES))
        settings = self._settings.model_copy(update={"threads": threads})
        for job in missing:
            self._remember(job.folder)
            train.prepare(job.folder, self._lessons(job.role), base=folder, settings=settings)
        started = time.monotonic()
        roles = {job.folder: job.role for job in missing}
        train.finish(
            [job.folder for job in missing],
            on_event=lambda jobdir, event: self._watch(roles[jobdir], event),
        )
        making = Making("train", seconds(time.monotonic() - started))
        for job in missing:
            adapter = train.adapter_record(
                job.folder,
                made_from=(self._data.ref, base.ref, job.step.recipe),
                put_blob=self._store.put_blob,
            )
            self._store.submit([adapter], memo=job.memo, making=making).result()

    def _lessons(self, role: Role) -> Lessons:
        taught = [Line.of(one) for one in examples(self._store, self._data, Split.TRAIN)]
        valid = [Line.of(one) for one in examples(self._store, self._data, Split.VALID)]
        if role == "permuted-control":
            taught = train.permuted(taught, seed=self._settings.seed)
        return Lessons(role, taught, valid)

    def outside(self) -> tuple[BaseLanguageModel, BaseFolder]:
        """A base model from a folder or a hub, known by the hashes of its files."""
        place = train.locate(self._settings.base)
        folder = train.describe(place, name=_name_of(self._settings.base))
        record = train.outside_record(folder)
        self._store.put(record)
        return record, folder

    def pocket(self) -> tuple[BaseLanguageModel, BaseFolder]:
        """A small base model, made from the sections that may be taught."""
        step = step_of(
            self._store, "train", self._settings.pocket, threads=str(self._settings.threads)
        )
        piece = Piece(POCKET, lambda: Prepared((self._data.ref,), lambda: [self._make(step)]))
        report = jobs.run([piece], step=step, store=self._store)
        if report.failed:
            raise report.failed[0][1]
        record = self._store.get(report.made[0], BaseLanguageModel)
        return record, self._laid_out(record)

    def clean_up(self) -> None:
        """Remove the folder of the pocket model; its files are kept as blobs."""
        for file in written_files(self._store):
            if file.record == self._data.ref and file.purpose == "job":
                shutil.rmtree(self._workspace.folder / file.path, ignore_errors=True)
                forget_file(self._store, file.path)

    def _make(self, step: Step) -> BaseLanguageModel:
        with tempfile.TemporaryDirectory(prefix="lorewright-") as scratch:
            folder = Path(scratch) / POCKET
            train.make_pocket_apart(
                taught_texts(self._store, self._data),
                folder,
                settings=self._settings.pocket,
                threads=self._settings.threads,
                on_event=lambda event: self._watch(POCKET, event),
            )
            return train.pocket_record(
                train.describe(folder, name=POCKET),
                made_from=(self._data.ref, step.recipe),
                put_blob=self._store.put_blob,
            )

    def _laid_out(self, record: BaseLanguageModel) -> BaseFolder:
        # In the workspace rather than in a scratch folder: it outlives a parent that is
        # killed, whose children go on reading from it.
        folder = self._workspace.jobs / f"base-{record.ref.id[:16]}"
        place = folder / POCKET
        if not place.exists():
            self._remember(folder)
            unfinished = folder / "unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            lay_out(self._store, record.files, unfinished).rename(place)
        return train.describe(place, name=POCKET)

    def _remember(self, folder: Path) -> None:
        remember_file(self._store, self._workspace.local_path(folder), "job", record=self._data.ref)


def _name_of(base: str) -> str:
    """What a base is called: a folder by its last part, one from a hub by its name there."""
    place = Path(base).expanduser()
    return place.resolve().name if place.is_dir() else base


def taught_texts(store: Store, data: Dataset) -> list[str]:
    """What a base model may read before the test: every section but the held-out ones.

    A dataset that was made of conversations alone has none; then what their clients say.
    """
    held_out = {(one.document, one.start) for one in held_out_sections(store, data)}
    sections = [
        document.words[section.start : section.end]
        for document in map(store.document, documents_of(store, data.ref))
        for section in document.sections
        if (document.ref, section.start) not in held_out and not prose.is_apparatus(section)
    ]
    return sections or _asked(store, data)


def _asked(store: Store, data: Dataset) -> list[str]:
    """What the clients of taught conversations say, where there is no document to read.

    Not what they are told: that is what an adapter is to learn.
    """
    return [
        turn.text
        for example in examples(store, data, Split.TRAIN)
        for turn in example.turns
        if turn.role != "assistant"
    ]
