"""What every piece of pair writing needs at hand: the asker, the prompts, recipes and documents."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypedDict

from lorewright.errors import UsageError
from lorewright.flows.current import code_of, current_documents
from lorewright.flows.documents import stretches
from lorewright.flows.known_contexts import context_of
from lorewright.flows.written_pairs import STEP
from lorewright.generate.pairs import FACTS_PROMPT, PROMPTS, Hand, Surroundings, Target, TaskForm
from lorewright.jobs import Step
from lorewright.lineage import Ref
from lorewright.llms import Asker, load_prompt
from lorewright.prose import is_apparatus
from lorewright.records import Chunk, DocumentContext, LanguageModel, Prompt, Recipe
from lorewright.settings import Settings
from lorewright.store import Store

FACTS_STEP = "facts"
SHAPE_FACTS = {"facts_per_chunk", "pairs_per_chunk", "characters_per_pair", "forms_per_fact"}
"""The settings that decide how many facts are looked for in a chunk."""
MOST_SAID = 12
"""The most themes, terms or traits that a prompt is told."""


class PairChoice(NamedTuple):
    """What somebody asks for, over and above the settings."""

    levels: tuple[int, ...] | None = None
    """None asks for those of the settings that the language model can make."""
    target: int | None = None
    """How many accepted pairs each document is to have; None goes by the chunk."""
    documents: tuple[Ref, ...] | None = None
    """None takes all current ones."""
    draw: int = 0
    """Another number asks again what was asked before."""
    avoid_forms: tuple[str, ...] = ()
    """Task forms that are not wanted."""
    prefer_forms: tuple[str, ...] = ()
    """Task forms that come first where several fit."""
    notes: tuple[str, ...] = ()
    """What people who read earlier pairs had to say; the language model is told."""
    leave_out: tuple[Ref, ...] = ()
    """Chunks that nothing is to be written about."""


@dataclass(frozen=True)
class Bench:
    """All that is the same for every piece of one run."""

    store: Store
    settings: Settings
    asker: Asker
    choice: PairChoice
    target: Target
    teacher: str
    """The language model by its name; what it writes carries it."""
    prompts: Mapping[str, Prompt]
    facts_step: Step
    pairs_step: Step
    documents: tuple[Ref, ...]
    contexts: Mapping[Ref, DocumentContext | None]
    """What is known about each document as a whole."""
    _chunks: dict[Ref, dict[Ref, Chunk]] = field(default_factory=dict[Ref, dict[Ref, Chunk]])
    _surroundings: dict[Ref, Surroundings] = field(default_factory=dict[Ref, Surroundings])

    def hand(self, prompt: Prompt, step: Step) -> Hand:
        """Whose words the records of `step` hold, and where they come from."""
        return Hand(self.teacher, (prompt.ref, self.asker.model, step.recipe))

    def chunks(self, document: Ref) -> list[Chunk]:
        """The chunks of a document that teach something, in reading order."""
        return list(self._read_chunks(document).values())

    def chunk(self, document: Ref, name: Ref) -> Chunk:
        """One of them."""
        return self._read_chunks(document)[name]

    def _read_chunks(self, document: Ref) -> dict[Ref, Chunk]:
        if document not in self._chunks:
            read = self.store.document(document)
            names = (ref for run in stretches(self.store, self.settings, document) for ref in run)
            self._chunks[document] = {
                chunk.ref: chunk
                for chunk in self.store.get_many(names, Chunk)
                if chunk.ref not in self.choice.leave_out
                and not is_apparatus(read.section_at(chunk.start))
            }
        return self._chunks[document]

    def surroundings(self, document: Ref) -> Surroundings:
        """What is known of the work."""
        if document not in self._surroundings:
            read, known = self.store.document(document), self.contexts[document]
            self._surroundings[document] = Surroundings(read.title, read.author, **_said_of(known))
        return self._surroundings[document]

    def related(self, document: Ref) -> dict[Ref, list[Ref]]:
        """Chunks that are known to have to do with each other, in both directions."""
        known, found = self.contexts[document], defaultdict[Ref, list[Ref]](list)
        for one in (known.relations or ()) if known else ():
            found[one.source].append(one.target)
            found[one.target].append(one.source)
        return found


class _Said(TypedDict, total=False):
    """What a context says, in words."""

    written_for: str | None
    themes: tuple[str, ...]
    terms: tuple[str, ...]
    voice: tuple[str, ...]
    context: Ref


def _said_of(known: DocumentContext | None) -> _Said:
    if known is None:
        return {}
    return {
        "written_for": known.expertise.level.value if known.expertise else None,
        "themes": tuple(one.name for one in (known.themes or ())[:MOST_SAID]),
        "terms": tuple(one.term for one in (known.terms or ())[:MOST_SAID]),
        "voice": tuple(one.trait for one in (known.voice or ())[:MOST_SAID]),
        "context": known.ref,
    }


def bench_for(
    store: Store,
    settings: Settings,
    asker: Asker,
    choice: PairChoice,
    *,
    overrides: Path | None = None,
) -> Bench:
    """Lay out what a run needs; prompts and recipes are kept.

    Args:
        store: with the language model of `asker` in it.
        settings: of the workspace.
        asker: makes the calls.
        choice: what is asked for.
        overrides: the folder with the operator's own prompts.

    Raises:
        UsageError: when a level does not exist, or the language model cannot make it.
        NotYet: when there are no documents.
        BadSettings: when an own prompt cannot be used.
    """
    names = (FACTS_PROMPT, *PROMPTS.values())
    prompts = {name: load_prompt(name, overrides) for name in names}
    target = _target(settings, asker, choice)
    documents = choice.documents or tuple(current_documents(store))
    contexts = {one: context_of(store, settings, one) for one in documents}
    asked_with = {
        "most_tokens": asker.most_tokens,
        "temperature": None if asker.temperature is None else str(asker.temperature),
    }
    for_facts = Recipe(
        step=FACTS_STEP,
        settings={**settings.pairs.model_dump(mode="json", include=SHAPE_FACTS), **asked_with},
    )
    for_pairs = Recipe(
        step=STEP,
        settings={
            **settings.pairs.model_dump(mode="json"),
            **asked_with,
            "levels": list(target.levels),
            "target": choice.target,
            "draw": choice.draw,
            "avoid_forms": " ".join(sorted(target.avoid)),
            "prefer_forms": " ".join(sorted(target.prefer)),
            "notes": hashlib.sha256("\n".join(choice.notes).encode()).hexdigest(),
            "leave_out": " ".join(sorted(choice.leave_out)),
            "contexts": " ".join(sorted(one.ref for one in contexts.values() if one)),
        },
    )
    store.put(*prompts.values(), for_facts, for_pairs)
    spoken_by = store.get(asker.model, LanguageModel)
    return Bench(
        store=store,
        settings=settings,
        asker=asker,
        choice=choice,
        target=target,
        teacher=f"{spoken_by.provider}:{spoken_by.name}",
        prompts=prompts,
        facts_step=Step(FACTS_STEP, code_of(FACTS_STEP), for_facts.ref),
        pairs_step=Step(STEP, code_of(STEP), for_pairs.ref),
        documents=documents,
        contexts=contexts,
    )


def _target(settings: Settings, asker: Asker, choice: PairChoice) -> Target:
    levels = sorted(set(choice.levels or settings.pairs.levels))
    if unknown := [level for level in levels if level not in PROMPTS]:
        raise UsageError(
            f"there is no level {unknown[0]}",
            where="pairs.levels",
            hint="levels are 1 chunk-pure, 2 chunk-enhanced, 3 document-integrated, 4 expert",
        )
    if 4 in levels and not asker.can.expertise:
        if choice.levels:
            raise UsageError(
                "this language model cannot make level 4",
                hint="it adds nothing to what is written; ask for levels among 1, 2, 3",
            )
        levels.remove(4)
    unknown_forms = {*choice.avoid_forms, *choice.prefer_forms} - set(TaskForm)
    if unknown_forms:
        raise UsageError(
            f"there is no task form {min(unknown_forms)!r}",
            hint=f"the forms are {', '.join(TaskForm)}",
        )
    return Target(
        settings=settings.pairs,
        levels=tuple(levels),
        pairs_per_document=choice.target,
        avoid=frozenset(map(TaskForm, choice.avoid_forms)),
        prefer=frozenset(map(TaskForm, choice.prefer_forms)),
    )
