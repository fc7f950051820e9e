"""What an adapter is trained from: the base model, the lessons, and the folder of its job."""

import shutil
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from lorewright import jobs, prose, train
from lorewright.flows.current import documents_of, plan_of, step_of
from lorewright.flows.folders import base_folder, lay_out
from lorewright.flows.lessons import taught
from lorewright.jobs import Piece, Prepared, Step
from lorewright.lineage import Ref
from lorewright.records import Adapter, BaseLanguageModel, Dataset, Split
from lorewright.settings import TrainingSettings
from lorewright.store import (
    MemoKey,
    Store,
    Workspace,
    examples,
    held_out_sections,
    memo_key,
    remember_file,
)
from lorewright.train import BaseFolder, Event, Lessons, Line, Recipes
from lorewright.train.recipes import FOLDER as RECIPES

Role = Literal["tuned", "permuted-control"]
ROLES: tuple[Role, ...] = ("tuned", "permuted-control")
POCKET = "pocket"
AS_ONE = {"devices": "auto", "sharding": "auto"}
"""Settings that say nothing of what an adapter is: several processes make the same one."""


class Hands(NamedTuple):
    """How the making of a pocket base is watched and ended."""

    on_event: Callable[[Event], None] = lambda _event: None
    check: Callable[[], None] = lambda: None
    """Raises when it should end."""


class AdapterPlan(NamedTuple):
    """One adapter that is to be there at the end."""

    role: Role
    step: Step
    memo: MemoKey
    folder: Path
    keep_recipe: Callable[[], object]
    """Keeps the recipe, which the adapter will name; to be called when it is really trained."""


class Adapting:
    """One dataset and one choice of settings, on their way to adapters.

    Args:
        workspace: where jobs have their folders.
        store: where everything is kept.
        settings: what shapes the adapters.
        data: the dataset.
    """

    def __init__(
        self, workspace: Workspace, store: Store, settings: TrainingSettings, data: Dataset
    ) -> None:
        self._workspace = workspace
        self._store = store
        self._settings = settings
        self._data = data
        self.recipes = recipes_of(workspace)
        """Methods and presets, with the operator's own."""
        self._filled = train.settled(settings, self.recipes)

    def base(self, hands: Hands) -> tuple[BaseLanguageModel, BaseFolder]:
        """The base model and its folder; a pocket one is made when it is not there."""
        if self._settings.base == POCKET:
            return self._pocket(hands)
        return self._outside()

    @contextmanager
    def base_at_hand(self) -> Generator[Path | None]:
        """The folder of the base when nothing has to be made or fetched for it; else None."""
        if self._settings.base != POCKET:
            yield train.at_hand(self._settings.base)
            return
        made = self._made_pocket()
        if made is None:
            yield None
            return
        with base_folder(self._store, self._store.get(made, BaseLanguageModel), POCKET) as folder:
            yield folder

    def known(
        self, *, forced: Sequence[str] = ()
    ) -> tuple[BaseLanguageModel, list[Adapter]] | None:
        """What was trained before with these settings; None when a part of it is missing.

        Args:
            forced: the findings that were overridden.
        """
        base = self._known_base()
        if base is None:
            return None
        plans = [self.plan(role, base, self.name, forced=forced) for role in ROLES]
        found = [self._store.memo(plan.memo) for plan in plans]
        if not all(found):
            return None
        return base, [self._store.get(made[0], Adapter) for made in found if made]

    def plan(
        self, role: Role, base: BaseLanguageModel, name: str, *, forced: Sequence[str] = ()
    ) -> AdapterPlan:
        """What one adapter is, and where its job lies.

        Args:
            role: the adapter or its control.
            base: what it is trained on.
            name: how the base is called; where it lies is no part of what is made from it.
            forced: the findings that were overridden; what might have been and was not is no
                part of it either. Nor is how many processes share the work.
        """
        named = self._filled.model_copy(
            update={"base": name, "force": (), "serving_template": None, **AS_ONE}
        )
        told = {"forced": ", ".join(forced)} if forced else {}
        # The recipe's file is the operator's to change, so its content counts and not its name.
        shaped = self.recipes.method(named.method).method.model_dump_json()
        date = self._told_date()
        told |= {} if date is None else {"template_date": date}
        told |= {"role": role, "method_recipe": shaped}
        step = plan_of("train", named, **told)
        inputs = (self._data.ref, base.ref)
        memo = memo_key("train", code=step.code, inputs=inputs, recipe=step.recipe)
        folder = self._workspace.jobs / memo.digest.hex()[:16]
        keep = partial(step_of, self._store, "train", named, **told)
        return AdapterPlan(role, step, memo, folder, keep)

    def lessons(self, role: Role) -> Lessons:
        """What an adapter of this role learns from."""
        learnt = [Line.of(one) for one in taught(self._store, self._data, self._settings)]
        valid = [Line.of(one) for one in examples(self._store, self._data, Split.VALID)]
        if role == "permuted-control":
            learnt = train.permuted(learnt, seed=self._settings.seed)
        return Lessons(role, learnt, valid)

    def remember(self, folder: Path) -> None:
        """Let erasing find a folder that holds words of the dataset."""
        remember_file(self._store, self._workspace.local_path(folder), "job", record=self._data.ref)

    def base_place(self, base: BaseLanguageModel) -> Path:
        """Where a pocket model is laid out: in the workspace, since it outlives whoever does it."""
        return self._workspace.jobs / f"base-{base.ref.id[:16]}"

    @property
    def name(self) -> str:
        """How the base is called, wherever it lies."""
        return POCKET if self._settings.base == POCKET else name_of(self._settings.base)

    def _told_date(self) -> str | None:
        """The date that the base's template is told, when it asks."""
        if self._settings.base == POCKET:
            return None
        return train.told_date(train.locate(self._settings.base))

    def _known_base(self) -> BaseLanguageModel | None:
        if self._settings.base != POCKET:
            return self._outside()[0]
        made = self._made_pocket()
        return None if made is None else self._store.get(made, BaseLanguageModel)

    def _made_pocket(self) -> Ref | None:
        """The pocket model, when it was made before."""
        step = plan_of("train", self._settings.pocket, threads=str(self._settings.threads))
        inputs = (self._data.ref,)
        memo = memo_key(step.name, code=step.code, inputs=inputs, recipe=step.recipe)
        return next(iter(self._store.memo(memo) or ()), None)

    def _outside(self) -> tuple[BaseLanguageModel, BaseFolder]:
        """A base model from a folder or a hub, known by the hashes of its files."""
        place = train.locate(self._settings.base)
        folder = train.describe(place, name=self.name)
        record = train.outside_record(folder)
        self._store.put(record)
        return record, folder

    def _pocket(self, hands: Hands) -> tuple[BaseLanguageModel, BaseFolder]:
        """A small base model, made from the sections that may be taught."""
        step = step_of(
            self._store, "train", self._settings.pocket, threads=str(self._settings.threads)
        )
        piece = Piece(
            POCKET, lambda: Prepared((self._data.ref,), lambda: [self._make(step, hands)])
        )
        report = jobs.run([piece], step=step, store=self._store)
        if report.failed:
            raise report.failed[0][1]
        record = self._store.get(report.made[0], BaseLanguageModel)
        return record, self._laid_out(record)

    def _make(self, step: Step, hands: Hands) -> BaseLanguageModel:
        with tempfile.TemporaryDirectory(prefix="lorewright-") as scratch:
            folder = Path(scratch) / POCKET
            train.make_pocket_apart(
                taught_texts(self._store, self._data),
                folder,
                settings=self._settings.pocket,
                threads=self._settings.threads,
                on_event=hands.on_event,
                check=hands.check,
            )
            return train.pocket_record(
                train.describe(folder, name=POCKET),
                made_from=(self._data.ref, step.recipe),
                put_blob=self._store.put_blob,
            )

    def _laid_out(self, record: BaseLanguageModel) -> BaseFolder:
        folder = self.base_place(record)
        place = folder / POCKET
        if not place.exists():
            self.remember(folder)
            unfinished = folder / "unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            lay_out(self._store, record.files, unfinished).rename(place)
        return train.describe(place, name=POCKET)


@contextmanager
def readable_base(store: Store, settings: TrainingSettings, data: Dataset) -> Generator[Path]:
    """The config and tokenizer of the base that training would take; weights are not needed.

    Those of the pocket are made from the same texts and by the same rule as training makes them.
    """
    if settings.base != POCKET:
        yield train.locate(settings.base, with_weights=False)
        return
    with tempfile.TemporaryDirectory(prefix="lorewright-") as scratch:
        folder = Path(scratch) / POCKET
        train.make_pocket_tokenizer(taught_texts(store, data), folder, settings=settings.pocket)
        yield folder


def recipes_of(workspace: Workspace) -> Recipes:
    """Methods and presets, with the operator's own in the folder `recipes` of the workspace.

    Raises:
        BadSettings: naming the file that cannot be used.
    """
    return train.known_recipes(workspace.folder / RECIPES)


def name_of(base: str) -> str:
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
