"""What the next step works on: the newest result of the step before, for every living source."""

from collections.abc import Mapping

from pydantic import BaseModel

from lorewright.errors import Erased, NotYet, Refused
from lorewright.jobs import Step, code_version
from lorewright.lineage import Ref
from lorewright.records import Collection, Document, Recipe, Source
from lorewright.settings import Settings
from lorewright.store import Store, memo_key, withdrawn_sources

_TEACHING = ("lorewright.analyze", "lorewright.llms", "lorewright.prose", "lorewright.similarity")
ROOMS = {
    "ingest": ("lorewright.ingest", "lorewright.prose"),
    "analyze": ("lorewright.analyze", "lorewright.prose"),
    "describe": ("lorewright.analyze", "lorewright.prose", "lorewright.similarity"),
    "describe_by_teacher": _TEACHING,
    "categorise_by_teacher": _TEACHING,
    "context": ("lorewright.analyze", "lorewright.prose", "lorewright.similarity"),
    "generate": ("lorewright.generate", "lorewright.prose"),
    "judge": ("lorewright.curate.judging",),
    "known": ("lorewright.curate.knowing", "lorewright.measures", "lorewright.similarity"),
    "facts": ("lorewright.generate.pairs", "lorewright.similarity"),
    "pairs": ("lorewright.generate.pairs", "lorewright.similarity"),
    "control": ("lorewright.generate.neutral", "lorewright.similarity"),
    "deliberations": ("lorewright.generate.deliberations", "lorewright.similarity"),
    "converse": (
        "lorewright.generate.conversations",
        "lorewright.conversations.catalogues",
        "lorewright.prose",
        "lorewright.similarity",
    ),
    "enrich": ("lorewright.conversations",),
    "examples": ("lorewright.conversations",),
    "import": ("lorewright.conversations.brightrun",),
    "curate": ("lorewright.curate", "lorewright.similarity"),
    "train": ("lorewright.train", "lorewright.templates", "lorewright.inference"),
    "convert": ("lorewright.train.methods", "lorewright.inference"),
    "rate": ("lorewright.evaluate.judging", "lorewright.evaluate.dimensions"),
    "sheet": ("lorewright.evaluate.sheets", "lorewright.evaluate.dimensions"),
    "rank": ("lorewright.evaluate.ranking",),
    "evaluate": ("lorewright.evaluate", "lorewright.inference", "lorewright.statistics"),
    "answer": ("lorewright.evaluate.asking", "lorewright.inference", "lorewright.templates"),
    "scenarios": (
        "lorewright.evaluate.scenarios",
        "lorewright.conversations.catalogues",
        "lorewright.generate.conversations",
    ),
}
"""The rooms whose code shapes the result of each step."""
BESIDE = {
    "evaluate": tuple(
        f"lorewright.evaluate/{name}"
        for name in (
            "answers.py",
            "asking",
            "blinding.py",
            "dimensions",
            "judging",
            "prompts",
            "proof",
            "ranking",
            "rating_lines.py",
            "regression",
            "scenarios",
            "sheets",
        )
    ),
    "train": tuple(
        f"lorewright.train/{name}"
        for name in (
            "__init__.py",
            "bases.py",
            "bases.toml",
            "control.py",
            "executors",
            "gguf.py",
            "made.py",
            "mask_view.py",
            "merging.py",
            "preflight",
            "prices.py",
            "prices.toml",
            "pulse.py",
        )
    ),
}
"""Files in these rooms that look at a step, price it or bring its result away, and shape none."""


def code_of(step: str) -> str:
    """The version of the code that shapes the result of `step`."""
    return code_version(*ROOMS[step], without=BESIDE.get(step, ()))


def step_of(store: Store, verb: str, settings: BaseModel | None = None, **more: str) -> Step:
    """The step of `verb` with its code and its recipe, which is kept."""
    store.put(_recipe(verb, settings, more))
    return plan_of(verb, settings, **more)


def plan_of(verb: str, settings: BaseModel | None = None, **more: str) -> Step:
    """The same step for looking up what was made; keeps nothing."""
    return Step(verb, code_of(verb), _recipe(verb, settings, more).ref)


def _recipe(verb: str, settings: BaseModel | None, more: Mapping[str, str]) -> Recipe:
    values = settings.model_dump(mode="json") if settings else {}
    return Recipe(step=verb, settings={**values, **more})


def living_documents(store: Store) -> list[Ref]:
    """The newest document of every source that is neither erased nor withdrawn; maybe none."""
    withdrawn = withdrawn_sources(store)
    found: list[Ref] = []
    for source in store.names(Source.kind):
        if source not in withdrawn:
            documents = store.children([source], kind=Document.kind)
            found += documents[-1:]
    return sorted(found)


def current_documents(store: Store) -> list[Ref]:
    """The same where something must be there to work on.

    Raises:
        NotYet: when there is none.
    """
    found = living_documents(store)
    if not found:
        withdrawn = withdrawn_sources(store)
        raise NotYet(
            "there are no documents in this workspace",
            hint="bring some in with `lorewright ingest FILE ...`"
            + (", or restore a withdrawn source" if withdrawn else ""),
        )
    return found


def documents_for(store: Store, settings: Settings) -> list[Ref]:
    """The documents that a dataset is made beside; conversations can do without any.

    Raises:
        NotYet: when there is none and examples are wanted that are made from them.
    """
    if settings.generation.needs_documents:
        return current_documents(store)
    return living_documents(store)


def documents_of(store: Store, dataset: Ref) -> list[Ref]:
    """The documents that a dataset was made from, by name; erased ones too."""
    found: set[Ref] = set()
    level = store.parents(dataset)
    while level:
        found.update(ref for ref in level if ref.kind == Document.kind)
        gathered = [ref for ref in level if ref.kind == Collection.kind]
        level = store.parents(*gathered)
    return sorted(found)


def refuse_erased(store: Store, dataset: Ref, *, doing: str) -> None:
    """Stop when something that a dataset was made from was erased.

    Raises:
        Refused: naming the document and the reason.
    """
    for ref in documents_of(store, dataset):
        try:
            store.get(ref, Document)
        except Erased as error:
            raise Refused(
                f"{doing} {dataset.short} is refused: {error.sentence}",
                hint="make a dataset of what is left with `lorewright curate`, and train on that",
            ) from error


def made_by(store: Store, step: Step, inputs: tuple[Ref, ...], about: Ref) -> list[Ref]:
    """What one piece of `step` made of `inputs`.

    Raises:
        NotYet: when it was not done with today's code and settings; the error names `about`.
    """
    made = store.memo(memo_key(step.name, code=step.code, inputs=inputs, recipe=step.recipe))
    if made is None:
        raise NotYet(
            f"{about.short} has not gone through `lorewright {step.name}` with these settings "
            "and this version",
            hint=f"run `lorewright {step.name}`; what is done already is not done again",
        )
    return made
