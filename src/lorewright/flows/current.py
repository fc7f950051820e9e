"""What the next step works on: the newest result of the step before, for every living source."""

from pydantic import BaseModel

from lorewright.errors import NotYet
from lorewright.jobs import Step, code_version
from lorewright.lineage import Ref
from lorewright.records import Document, Recipe, Source
from lorewright.store import Store, memo_key, withdrawn_sources

ROOMS = {
    "ingest": ("lorewright.ingest", "lorewright.prose"),
    "analyze": ("lorewright.analyze", "lorewright.prose"),
    "generate": ("lorewright.generate", "lorewright.prose"),
    "curate": ("lorewright.curate", "lorewright.similarity"),
    "train": ("lorewright.train", "lorewright.templates"),
    "evaluate": ("lorewright.evaluate", "lorewright.inference", "lorewright.statistics"),
}
"""The rooms whose code shapes the result of each step."""


def step_of(store: Store, verb: str, settings: BaseModel | None = None, **more: str) -> Step:
    """The step of `verb` with its code and its recipe, which is kept."""
    values = settings.model_dump(mode="json") if settings else {}
    recipe = Recipe(step=verb, settings={**values, **more})
    store.put(recipe)
    return Step(verb, code_version(*ROOMS[verb]), recipe.ref)


def current_documents(store: Store) -> list[Ref]:
    """The newest document of every source that is neither erased nor withdrawn.

    Raises:
        NotYet: when there is none.
    """
    withdrawn = withdrawn_sources(store)
    found: list[Ref] = []
    for source in store.names(Source.kind):
        if source not in withdrawn:
            documents = store.children([source], kind=Document.kind)
            found += documents[-1:]
    if not found:
        raise NotYet(
            "there are no documents in this workspace",
            hint="bring some in with `lorewright ingest FILE ...`"
            + (", or restore a withdrawn source" if withdrawn else ""),
        )
    return sorted(found)


def made_by(store: Store, step: Step, inputs: tuple[Ref, ...], about: Ref) -> list[Ref]:
    """What one piece of `step` made of `inputs`.

    Raises:
        NotYet: when it was not done with today's code and settings; the error names `about`.
    """
    made = store.memo(memo_key(step.name, code=step.code, inputs=inputs, recipe=step.recipe))
    if made is None:
        raise NotYet(
            f"{about.short} has not gone through `lorewright {step.name}` with these settings",
            hint=f"run `lorewright {step.name}`; what is done already is not done again",
        )
    return made
