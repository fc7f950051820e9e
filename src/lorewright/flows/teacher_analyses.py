"""Documents categorised and chunks described by a teacher: priced before, resumed, kept for good.

Two works, one after the other: a document is categorised before its chunks are described, because
the prompts about a chunk name the category. Each piece is known by what goes in and by a recipe
that names the language model, the prompts and the draw; so another model, an edited prompt or a
new draw makes another analysis beside the earlier ones, and the newest is what is shown.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field

from lorewright.analyze.teaching import (
    CATEGORISE,
    TEMPLATES,
    Question,
    Teacher,
    Teaching,
    about_document,
    ask_about,
    ask_where_it_belongs,
    questions,
    taught,
)
from lorewright.errors import NotYet, UsageError
from lorewright.flows.analyses import analyses, catalogue_of, fingerprint_of
from lorewright.flows.categories import category_of
from lorewright.flows.current import current_documents, plan_of, step_of
from lorewright.flows.documents import stretches
from lorewright.jobs import Forecast, Priced, Step, WaitingPiece, WaitingPrepared
from lorewright.lineage import Ref
from lorewright.llms import Asker, Message, load_prompt
from lorewright.records import Chunk, ChunkAnalysis, Record, Rejection
from lorewright.settings import Settings
from lorewright.store import Store, memo_key

STEP = "describe_by_teacher"
CATEGORISING = "categorise_by_teacher"
SHARD = 20
"""Chunks, or documents, that are one shard of a run."""
OUTPUT_TOKENS = {
    CATEGORISE: (100, 600),
    "content_analysis": (150, 700),
    "task_extraction": (150, 900),
    "cer_analysis": (120, 800),
    "scenario_extraction": (120, 700),
    "training_pair_generation": (350, 1400),
    "risk_assessment": (80, 400),
}
"""The fewest and the most tokens that an answer is likely to have, before any was seen."""


class AnalysisChoice(BaseModel):
    """What of the whole is asked; the default is all of it, once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chunks: tuple[Ref, ...] | None = None
    """None means those of every current document."""
    templates: tuple[str, ...] | None = None
    """Keys such as `risk_assessment`; what the others fill stays as it is. None means all."""
    draw: int = Field(default=0, ge=0)
    """Asking the same again on purpose is another draw."""


def analysis_works(
    store: Store,
    settings: Settings,
    asker: Asker,
    choice: AnalysisChoice | None = None,
    *,
    overrides: Path | None = None,
) -> Iterator[Priced]:
    """What is to be asked, in the order in which it is done.

    Args:
        store: holds the documents and their chunks.
        settings: say how they were made.
        asker: makes the calls.
        choice: what is asked.
        overrides: the folder with the operator's own prompts.

    Raises:
        UsageError: when a template is chosen that there is not.
    """
    chosen = choice or AnalysisChoice()
    known = [CATEGORISE, *(one.key for one in TEMPLATES)]
    if wrong := [key for key in chosen.templates or () if key not in known]:
        raise UsageError(f"there is no template {wrong[0]!r}", hint=f"there are {', '.join(known)}")
    asked = known if chosen.templates is None else list(dict.fromkeys(chosen.templates))
    if CATEGORISE in asked and chosen.chunks is None:
        teacher = _teacher(asker, [CATEGORISE], chosen, overrides)
        yield TeacherCategories(store, settings, teacher)
    if about_chunks := [key for key in asked if key != CATEGORISE]:
        teacher = _teacher(asker, about_chunks, chosen, overrides)
        yield TeacherAnalysis(store, settings, teacher, chosen.chunks)


class TeacherAnalysis:
    """Every chunk, or those chosen, described by a teacher upon what was known before."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        teacher: Teacher,
        chunks: Sequence[Ref] | None = None,
    ) -> None:
        self._store = store
        self._settings = settings
        self._teacher = teacher
        self._chunks = chunks
        self._recipe = _Recipe.of(teacher)
        self.step: Step = plan_of(STEP, self._recipe)

    def shards(self) -> Iterator[tuple[str, ...]]:
        """The document and some of its chunks, in reading order.

        Raises:
            NotYet: when the chunks are not made, or not described by rules.
            UsageError: when a chunk is chosen that is none of a current document.
        """
        wanted = None if self._chunks is None else set(self._chunks)
        for document in current_documents(self._store):
            names = [one for run in stretches(self._store, self._settings, document) for one in run]
            if wanted is not None:
                names = [one for one in names if one in wanted]
                wanted.difference_update(names)
            if names:
                next(analyses(self._store, self._settings, document), None)  # told at once
            for at in range(0, len(names), SHARD):
                yield (document, *names[at : at + SHARD])
        if wanted:
            raise UsageError(
                f"{min(wanted).short} is no chunk of a current document",
                hint="`lorewright list chunk` shows those there are",
            )

    def pieces(self, shard: tuple[str, ...]) -> Iterator[WaitingPiece]:
        """One piece for each chunk of a shard."""
        _keep(self._store, self.step, self._recipe, self._teacher)
        for known in self._known(shard):
            yield WaitingPiece(known.chunk.ref.short, lambda known=known: self._prepare(known))

    def forecasts(self) -> Iterator[Forecast]:
        """Of each prompt, the calls for chunks that were not asked about with this recipe."""
        calls: defaultdict[str, list[Question]] = defaultdict(list)
        seen: dict[str, int] = {}
        for shard in self.shards():
            for known in self._known(shard):
                if _is_done(self._store, self.step, known.inputs):
                    continue
                for number, one in enumerate(self._questions(known)):
                    calls[one.template.key].append(one)
                    shared = _prefix(one.rendered.messages) if number else 0
                    seen[one.template.key] = seen.get(one.template.key, 0) + shared
        for key, asked in calls.items():
            yield Forecast(
                purpose=asked[0].template.prompt,
                calls=len(asked),
                input_characters=sum(_characters(one.rendered.messages) for one in asked),
                shared_characters=seen[key],
                output_tokens=OUTPUT_TOKENS[key],
            )

    def _known(self, shard: tuple[str, ...]) -> Iterator["_Known"]:
        document, *chunks = map(Ref.parse, shard)
        category = category_of(self._store, self._settings, document)
        catalogue = catalogue_of(self._settings)
        names = {one.key: one.name for one in catalogue.category}
        name = names.get(category.values[0], "") if category.values else ""
        bases = self._bases(chunks)
        for chunk in self._store.get_many(chunks, Chunk):
            if chunk.ref not in bases:
                raise NotYet(
                    f"{chunk.ref.short} is not described yet",
                    hint="run `lorewright analyze`; what is done already is not done again",
                )
            yield _Known(chunk, bases[chunk.ref], name, category.rests_on)

    def _bases(self, chunks: Sequence[Ref]) -> dict[Ref, ChunkAnalysis]:
        """What was known before: by rules, or, when only some prompts are asked, the newest."""
        made = self._store.children(chunks, kind=ChunkAnalysis.kind)
        by_rules: dict[Ref, ChunkAnalysis] = {}
        by_teachers: dict[Ref, ChunkAnalysis] = {}
        for one in self._store.get_many(made, ChunkAnalysis):
            if one.teacher is None:
                by_rules[one.chunk] = one
            elif self.step.recipe not in one.made_from:
                by_teachers[one.chunk] = one  # its own result is what it would build upon for ever
        is_whole = self._teacher.chosen == tuple(one.key for one in TEMPLATES)
        return by_rules if is_whole else by_rules | by_teachers

    def _questions(self, known: "_Known") -> Iterator[Question]:
        document = self._store.document(known.chunk.document)
        return questions(document, known.chunk, self._teacher, category=known.category)

    def _prepare(self, known: "_Known") -> WaitingPrepared:
        async def work() -> Iterable[Record]:
            document = self._store.document(known.chunk.document)
            teaching = await ask_about(
                document, known.chunk, self._teacher, category=known.category
            )
            made_from = (self.step.recipe, self._teacher.asker.model, *self._prompts(teaching))
            analysis = taught(document, known.chunk, teaching, base=known.base, made_from=made_from)
            return [analysis, *self._failures(known.chunk, teaching)]

        return WaitingPrepared(known.inputs, work)

    def _prompts(self, teaching: Teaching) -> list[Ref]:
        return [self._teacher.prompts[name].ref for name in teaching.asked]

    def _failures(self, chunk: Chunk, teaching: Teaching) -> Iterator[Rejection]:
        """The prompts whose answer could not be used, so that every count says so."""
        for one in teaching.unanswered:
            prompt = self._teacher.prompts[one.prompt].ref
            yield Rejection(
                step=STEP,
                outcome="failed",
                reason=one.fault,
                detail=f"{one.prompt}: {one.sentence}",
                made_from=(
                    chunk.ref, chunk.document, self.step.recipe, self._teacher.asker.model, prompt,
                ),
            )  # fmt: skip


class TeacherCategories:
    """Every current document categorised by a teacher."""

    def __init__(self, store: Store, settings: Settings, teacher: Teacher) -> None:
        self._store = store
        self._teacher = teacher
        self._catalogue = catalogue_of(settings)
        self._recipe = _Recipe.of(teacher, fingerprint_of(self._catalogue))
        self.step: Step = plan_of(CATEGORISING, self._recipe)

    def shards(self) -> Iterator[tuple[str, ...]]:
        """Some documents at a time."""
        documents = current_documents(self._store)
        for at in range(0, len(documents), SHARD):
            yield tuple(documents[at : at + SHARD])

    def pieces(self, shard: tuple[str, ...]) -> Iterator[WaitingPiece]:
        """One piece for each document."""
        _keep(self._store, self.step, self._recipe, self._teacher)
        for name in shard:
            document = Ref.parse(name)
            work = self._work(document)
            yield WaitingPiece(
                document.short, lambda one=document, work=work: WaitingPrepared((one,), work)
            )

    def forecasts(self) -> Iterator[Forecast]:
        """One call for each document that was not asked about with this recipe."""
        asked = [
            _characters(
                about_document(self._store.document(one), self._catalogue, self._teacher).messages
            )
            for one in current_documents(self._store)
            if not _is_done(self._store, self.step, (one,))
        ]
        if asked:
            (prompt,) = self._teacher.prompts
            yield Forecast(prompt, len(asked), sum(asked), output_tokens=OUTPUT_TOKENS[CATEGORISE])

    def _work(self, document: Ref) -> Callable[[], Awaitable[Iterable[Record]]]:
        async def work() -> Iterable[Record]:
            prompts = (one.ref for one in self._teacher.prompts.values())
            made = await ask_where_it_belongs(
                self._store.document(document),
                self._catalogue,
                self._teacher,
                made_from=(self.step.recipe, self._teacher.asker.model, *prompts),
            )
            return [made]

        return work


class _Known(NamedTuple):
    """A chunk and what is known before a teacher is asked about it."""

    chunk: Chunk
    base: ChunkAnalysis
    category: str
    """Its name; empty without one."""
    category_from: Ref | None

    @property
    def inputs(self) -> tuple[Ref, ...]:
        """What goes in."""
        more = (self.category_from,) if self.category_from else ()
        return (self.chunk.document, self.chunk.ref, self.base.ref, *more)


def _teacher(
    asker: Asker, keys: Sequence[str], choice: AnalysisChoice, overrides: Path | None
) -> Teacher:
    prompts = (load_prompt(f"analyze/{key}", overrides) for key in keys)
    return Teacher(asker, {one.name: one for one in prompts}, tuple(keys), choice.draw)


class _Recipe(BaseModel):
    """Everything but what goes in that shapes what comes out."""

    language_model: Ref
    prompts: dict[str, Ref]
    temperature: Decimal | None
    most_tokens: int
    asks_again: int
    draw: int
    categories: str | None = None
    """The fingerprint of the catalogue, where it is what is asked about."""

    @classmethod
    def of(cls, teacher: Teacher, categories: str | None = None) -> Self:
        """That of a teacher."""
        return cls(
            language_model=teacher.asker.model,
            prompts={name: one.ref for name, one in sorted(teacher.prompts.items())},
            temperature=teacher.asker.temperature,
            most_tokens=teacher.asker.most_tokens,
            asks_again=teacher.asker.asks_again,
            draw=teacher.draw,
            categories=categories,
        )


def _keep(store: Store, step: Step, recipe: _Recipe, teacher: Teacher) -> None:
    """Keep what the records to come are made from."""
    store.put(*teacher.prompts.values())
    step_of(store, step.name, recipe)


def _is_done(store: Store, step: Step, inputs: tuple[Ref, ...]) -> bool:
    key = memo_key(step.name, code=step.code, inputs=inputs, recipe=step.recipe)
    return store.memo(key) is not None


def _characters(messages: Iterable[Message]) -> int:
    return sum(len(one.text) for one in messages)


def _prefix(messages: Sequence[Message]) -> int:
    """The characters that other calls about the same chunk begin with, too."""
    ends = [at for at, one in enumerate(messages, start=1) if one.ends_prefix]
    return _characters(messages[: ends[-1]]) if ends else 0
