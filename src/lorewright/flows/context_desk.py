"""Where documents are laid out to be seen as a whole: their groups, their pairs, what is done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from lorewright.analyze import context
from lorewright.analyze.context import Candidates, Layout, Pair, Teacher
from lorewright.errors import NotYet
from lorewright.flows.analyses import analyses
from lorewright.flows.current import current_documents, plan_of, step_of
from lorewright.flows.documents import stretches
from lorewright.flows.naming import parents
from lorewright.jobs import Step
from lorewright.lineage import Ref
from lorewright.llms import Asker, load_prompt
from lorewright.records import (
    Chunk,
    ChunkAnalysis,
    Collection,
    ContextNotes,
    LanguageModel,
    Prompt,
)
from lorewright.settings import Settings
from lorewright.store import Store, memo_key

STEP = "context"
NOTES = "analyze/context_notes"
THEMES = "analyze/context_themes"
RELATIONS = "analyze/context_relations"
BETWEEN = "analyze/corpus_relations"


@dataclass(frozen=True, slots=True)
class ContextChoice:
    """Which documents are seen as a whole, and with which words the teacher is asked."""

    documents: tuple[Ref, ...] | None = None
    """None means every current one."""
    draw: int = 0
    """Another number asks again what was asked already."""
    prompts: Path | None = None
    """The folder of the operator's own prompts."""


@dataclass(frozen=True, slots=True)
class Level:
    """Notes of one document that wait to be put together."""

    notes: tuple[Ref, ...]
    knots: tuple[tuple[Ref, ...], ...]
    """Those of them that belong together and are not yet; none when one is left."""


class Between(NamedTuple):
    """The chunks of several documents in one row."""

    layouts: tuple[Layout, ...]
    chunks: tuple[Chunk, ...]
    pairs: Candidates

    def layout_of(self, chunk: Chunk) -> Layout:
        """The document that a chunk is of."""
        return next(one for one in self.layouts if one.document.ref == chunk.document)


@dataclass
class Desk:
    """One workspace, one teacher, one choice."""

    store: Store
    settings: Settings
    asker: Asker
    choice: ContextChoice = ContextChoice()

    def __post_init__(self) -> None:
        self._laid_out: tuple[Ref, Layout] | None = None
        self._steps: dict[str, Step] = {}

    @cached_property
    def documents(self) -> tuple[Ref, ...]:
        """The documents that were chosen."""
        chosen = self.choice.documents
        return tuple(current_documents(self.store)) if chosen is None else chosen

    @cached_property
    def teacher_name(self) -> str:
        """The language model as records name it."""
        found = self.store.get(self.asker.model, LanguageModel)
        return f"{found.provider}:{found.name}"

    def prompt(self, name: str) -> Prompt:
        """A prompt: the operator's own, else ours."""
        return load_prompt(name, self.choice.prompts)

    def teacher(self, name: str) -> Teacher:
        """The language model with one prompt."""
        return Teacher(self.asker, self.prompt(name), self.step(name).recipe, self.choice.draw)

    def step(self, name: str) -> Step:
        """The step that asks with one prompt: another model, prompt or draw is another step."""
        if name not in self._steps:
            prompt = self.prompt(name)
            self.store.put(prompt)
            found = step_of(
                self.store,
                STEP,
                part=name,
                prompt=prompt.ref,
                model=self.asker.model,
                temperature=str(self.asker.temperature),
                most_tokens=str(self.asker.most_tokens),
                draw=str(self.choice.draw),
            )
            self._steps[name] = found._replace(name=name.rpartition("/")[2])
        return self._steps[name]

    def composing(self, names: Sequence[str]) -> Step:
        """The step that puts the answers to some prompts together."""
        asked = " ".join(self.step(name).recipe for name in names)
        return step_of(self.store, STEP, self.settings.context, asked=asked)

    def made(self, step: Step, inputs: tuple[Ref, ...]) -> Ref | None:
        """What a step made of some inputs; the last of it when it made several records."""
        key = memo_key(step.name, code=step.code, inputs=inputs, recipe=step.recipe)
        found = self.store.memo(key)
        return found[-1] if found else None

    def layout(self, document: Ref) -> Layout:
        """A document and its chunks; the last one is kept at hand."""
        if self._laid_out is None or self._laid_out[0] != document:
            self._laid_out = document, layout_of(self.store, self.settings, document)
        return self._laid_out[1]

    def groups(self, layout: Layout) -> list[range]:
        """The groups of chunks that are read in one call each."""
        sizes = [one.end - one.start for one in layout.chunks]
        return context.groups(sizes, most=self.settings.context.group_characters)

    def pairs(self, layout: Layout) -> Candidates:
        """The pairs of chunks of one document that are looked at."""
        return pairs_in(layout, self.settings)

    def between(self) -> Between:
        """The pairs of chunks of different documents that are looked at."""
        layouts = tuple(layout_of(self.store, self.settings, one) for one in self.documents)
        chunks = tuple(chunk for one in layouts for chunk in one.chunks)
        words = [words for one in layouts for words in subject_words(one)]
        settings = self.settings.context
        return Between(
            layouts,
            chunks,
            context.candidates(
                words,
                most=settings.pairs_between,
                per_chunk=settings.pairs_per_chunk,
                is_apart=lambda one, other: chunks[one].document != chunks[other].document,
            ),
        )

    def notes_of_groups(self, layout: Layout) -> Iterator[tuple[range, Ref | None]]:
        """Each group with its notes; None when they were not taken."""
        step = self.step(NOTES)
        for group in self.groups(layout):
            yield group, self.made(step, group_inputs(layout, group))

    def level(self, document: Ref, notes: Sequence[Ref]) -> Level:
        """How far notes are put together."""
        found = tuple(notes)
        for tier in self._tiers(document, notes):
            waiting = tuple(knot for knot, made in tier if made is None)
            if waiting:
                return Level(found, waiting)
            found = tuple(made for _, made in tier if made is not None)
        return Level(found, ())

    def knots(self, document: Ref, notes: Sequence[Ref], tier: int) -> list[tuple[Ref, ...]]:
        """Which notes are put together in a tier of the tree, whether that is done or not.

        Nothing above the first tier that is not done, since that is not known yet.
        """
        found = next(islice(self._tiers(document, notes), tier, None), None)
        return [knot for knot, _ in found or () if len(knot) > 1]

    def _tiers(
        self, document: Ref, notes: Sequence[Ref]
    ) -> Iterator[list[tuple[tuple[Ref, ...], Ref | None]]]:
        """Tier by tier, notes that become one and what they became; none above an undone one."""
        step, settings = self.step(THEMES), self.settings.context
        found = tuple(notes)
        while len(found) > 1:
            read = self.store.get_many(found, ContextNotes)
            sizes = [context.themes_length(one) for one in read]
            knots = context.knots(
                sizes, most=settings.group_characters, members=settings.notes_at_once
            )
            tied = [tuple(found[at] for at in knot) for knot in knots]
            made = [one[0] if len(one) == 1 else self.made(step, (document, *one)) for one in tied]
            yield list(zip(tied, made, strict=True))
            if None in made:
                return
            found = tuple(ref for ref in made if ref is not None)

    def analyses(self, document: Ref) -> tuple[ChunkAnalysis, ...]:
        """What is known about the chunks of a document; nothing when they are not described."""
        return known_analyses(self.store, self.settings, document)


def layout_of(store: Store, settings: Settings, document: Ref) -> Layout:
    """A document and its sequential chunks.

    Raises:
        NotYet: when it was not cut into chunks with these settings, or has no words.
    """
    refs = [ref for stretch in stretches(store, settings, document) for ref in stretch]
    layout = Layout.of(store.document(document), store.get_many(refs, Chunk))
    if not layout.chunks:
        raise NotYet(f"{document.short} has no words, so there is nothing to see as a whole")
    return layout


def pairs_in(layout: Layout, settings: Settings) -> Candidates:
    """Pairs of chunks that share rare words; neighbours under one heading are no news."""
    chunks = layout.chunks

    def is_apart(first: int, second: int) -> bool:
        return second - first > 1 or chunks[first].heading != chunks[second].heading

    return context.candidates(
        subject_words(layout),
        most=settings.context.pairs,
        per_chunk=settings.context.pairs_per_chunk,
        is_apart=is_apart,
    )


def subject_words(layout: Layout) -> list[frozenset[str]]:
    """The words of content of each chunk."""
    return [frozenset(context.content_words(layout.words(one))) for one in layout.chunks]


def known_analyses(store: Store, settings: Settings, document: Ref) -> tuple[ChunkAnalysis, ...]:
    """The analyses of the chunks of a document, or none when it was not described."""
    try:
        return tuple(analyses(store, settings, document))
    except NotYet:
        return ()


def group_inputs(layout: Layout, group: range) -> tuple[Ref, ...]:
    """What the notes about a group are made from."""
    return layout.document.ref, *(layout.chunks[at].ref for at in group)


def pair_inputs(layout: Layout, pair: Pair) -> tuple[Ref, ...]:
    """What the notes about a pair of chunks of one document are made from."""
    return layout.document.ref, layout.chunks[pair.first].ref, layout.chunks[pair.second].ref


def gathered(store: Store, refs: Sequence[Ref]) -> tuple[Ref, ...]:
    """One name that stands for all of `refs`; none for none."""
    if len(refs) < 2:
        return tuple(refs)
    together = Collection(
        member_kind=refs[0].kind, count=len(refs), made_from=parents(store, [*refs])
    )
    store.put(together)
    return (together.ref,)


def planned(settings: Settings) -> Step:
    """The step that makes contexts by rules; keeps nothing."""
    return plan_of(STEP, settings.context, asked="nobody")
