"""All dimensions of a chunk, joined from its analysis, its examples, decisions and the dataset."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, Literal, NamedTuple

from pydantic_core import to_jsonable_python

from lorewright import analyze
from lorewright.analyze import Dimension
from lorewright.errors import NotYet
from lorewright.flows.analyses import analysis_of, known
from lorewright.flows.categories import category_of
from lorewright.flows.documents import stretches
from lorewright.flows.naming import newest
from lorewright.flows.reviewing import in_its_words, proposed
from lorewright.lineage import Ref
from lorewright.records import (
    Chunk,
    ChunkAnalysis,
    ChunkType,
    Dataset,
    Document,
    Evidence,
    Example,
    LanguageModel,
    Level,
    Quarantined,
    Review,
    Source,
    Split,
    Standing,
    Unanswered,
)
from lorewright.settings import Settings
from lorewright.store import (
    Made,
    Store,
    making_of,
    review,
    split_of,
    withdrawn_sources,
)

Origin = Literal["inherited", "mechanical", "rule", "teacher", "decision"]

CERTAIN = 10
"""The confidence in what is computed, inherited or decided."""
TRAINING_VIEW = (
    "prompt_candidate",
    "target_answer",
    "style_directives",
    "complex_prompt",
    "contextual_answer",
    "follow_up_questions",
    "difficulty_level",
    "prerequisite_knowledge",
)
"""The eight that training looks at."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One dimension: its value and where that comes from, or why there is none."""

    name: str
    number: int
    group: str
    meaning: str
    value: Any
    origin: Origin | None
    reason: str | None
    """Why there is no value."""
    rule: str | None = None
    confidence: int | None = None
    """From 1 to 10; None without a value, and where nothing was measured or looked up."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ChunkView:
    """A chunk and all that is known about it."""

    chunk: Ref
    document: Ref
    analysis: Ref | None
    dimensions: tuple[Shown, ...]
    precision: int | None
    accuracy: int | None
    cost_usd: Decimal | None
    seconds: Decimal | None
    """Of the whole piece of work in which it was analysed."""
    quarantined: tuple[Quarantined, ...] = ()
    """What a teacher said that does not count."""
    unanswered: tuple[Unanswered, ...] = ()
    """Prompts whose answer could not be used."""

    def called(self, name: str) -> Shown:
        """The dimension of that name."""
        return next(one for one in self.dimensions if one.name == name)


class _Found(NamedTuple):
    """A value with its origin, or the reason why there is none."""

    value: Any = None
    origin: Origin = "mechanical"
    reason: str | None = None
    rule: str | None = None
    confidence: int | None = CERTAIN
    evidence: tuple[Evidence, ...] = ()


class Viewer:
    """Looks at the chunks of one document; what they share is looked up once."""

    def __init__(self, store: Store, settings: Settings, document: Ref) -> None:
        self._store = store
        self._settings = settings
        self._ref = document

    def every(self) -> Iterator[ChunkView]:
        """Every chunk of the document with all that is known today, in reading order.

        Raises:
            NotYet: when `lorewright analyze` was not run with these settings and this version.
        """
        for analysis in known(self._store, self._settings, self._ref):
            yield self._view(self._store.get(analysis.chunk, Chunk), analysis)

    def one(self, chunk: Chunk) -> ChunkView:
        """One chunk, whether it was analysed or not."""
        return self._view(chunk, analysis_of(self._store, self._settings, chunk))

    def _view(self, chunk: Chunk, analysis: ChunkAnalysis | None) -> ChunkView:
        made = making_of(self._store, analysis.ref) if analysis else None
        looked_up = {
            **self._of_examples(chunk, analysis),
            **self._of_decisions(chunk),
            **_of_making(made, self._names_of(analysis), is_mixed=self._is_decided),
            "primary_category": self._category,
        }
        return ChunkView(
            chunk=chunk.ref,
            document=self._ref,
            analysis=analysis.ref if analysis else None,
            dimensions=tuple(
                _shown(one, looked_up.get(one.name) or _fact(one, analysis))
                for one in analyze.the_dimensions().dimension
            ),
            precision=analysis.precision if analysis else None,
            accuracy=analysis.accuracy if analysis else None,
            cost_usd=made.cost_usd if made else None,
            seconds=made.seconds if made else None,
            quarantined=analysis.quarantined if analysis else (),
            unanswered=analysis.unanswered if analysis else (),
        )

    def _names_of(self, analysis: ChunkAnalysis | None) -> tuple[str, ...]:
        """The language models that took part."""
        refs = (
            (one for one in analysis.made_from if one.kind == LanguageModel.kind)
            if analysis
            else ()
        )
        teachers = self._store.get_many(refs, LanguageModel)
        return tuple(f"{one.provider}:{one.name}" for one in teachers)

    @cached_property
    def _category(self) -> _Found:
        found = category_of(self._store, self._settings, self._ref)
        origin = _CATEGORY_ORIGINS.get(found.origin or "")
        if origin is None:
            return _Found(reason=found.why)
        return _Found(found.values[0], origin, rule=found.why)

    @property
    def _is_decided(self) -> bool:
        return self._category.origin == "decision"

    @cached_property
    def _dataset(self) -> Dataset | None:
        ref = newest(self._store, Dataset)
        return self._store.get(ref, Dataset) if ref else None

    @cached_property
    def _withdrawal(self) -> str | None:
        """Why the document is not used any more."""
        document = self._store.get(self._ref, Document)
        stopped = withdrawn_sources(self._store)
        sources = (ref for ref in document.made_from if ref.kind == Source.kind)
        return next((stopped[ref].why for ref in sources if ref in stopped), None)

    @cached_property
    def _sequential(self) -> list[tuple[int, int, Ref]]:
        """The sequential chunks by their place: examples are made from these."""
        try:
            names = [
                ref for run in stretches(self._store, self._settings, self._ref) for ref in run
            ]
        except NotYet:
            names = self._store.children([self._ref], kind=Chunk.kind)
        return sorted(
            (one.start, one.end, one.ref)
            for one in self._store.get_many(names, Chunk)
            if one.chunk_type is ChunkType.CHAPTER_SEQUENTIAL
        )

    @cached_property
    def _longest(self) -> int:
        return max((end - start for start, end, _ in self._sequential), default=0)

    def _holding(self, chunk: Chunk) -> list[Ref]:
        """The sequential chunks that share a character with `chunk`."""
        first = bisect_left(self._sequential, (chunk.start - self._longest,))
        last = bisect_left(self._sequential, (chunk.end,))
        return [ref for _, end, ref in self._sequential[first:last] if chunk.start < end]

    def _examples(self, chunk: Chunk) -> list[Example]:
        """The examples whose evidence lies in the chunk, by the place of their words."""
        made = self._store.children(self._holding(chunk), kind=Example.kind)
        return sorted(
            (
                one
                for one in self._store.get_many(made, Example)
                if one.evidence
                and proposed(self._store, one.ref) == one.ref
                and any(
                    span.document == self._ref
                    and chunk.start <= span.start
                    and span.end <= chunk.end
                    for span in one.evidence
                )
            ),
            key=lambda one: (len(one.evidence), one.evidence[0].start, one.question),
        )

    def _of_examples(self, chunk: Chunk, analysis: ChunkAnalysis | None) -> dict[str, _Found]:
        examples = self._examples(chunk)
        pure = [one for one in examples if one.level is Level.CHUNK_PURE]
        wider = [one for one in examples if one.level in _WIDER]
        pairs = {
            **self._pair(pure, ("prompt_candidate", "target_answer"), "rests on its words alone"),
            **self._pair(
                wider, ("complex_prompt", "contextual_answer"), "joins its words with other parts"
            ),
        }
        by_teacher = {
            name: _fact(analyze.the_dimensions().called(name), analysis)
            for name, found in pairs.items()
            if found.origin != "decision" and analysis and getattr(analysis.fields, name)
        }  # what a person wrote wins over it, and it wins over examples nobody touched
        return {**pairs, **by_teacher, **self._splits(examples)}

    def _pair(
        self, examples: list[Example], names: tuple[str, str], what: str
    ) -> dict[str, _Found]:
        """Question and answer of the first example that nobody rejected, as two dimensions."""
        for one in examples:
            reviewed = review(self._store, one.ref)
            if reviewed.standing is not Standing.REJECTED:
                found = _words_of(in_its_words(self._store, one.ref, reviewed), reviewed)
                return {
                    name: found._replace(value=found.value[at]) for at, name in enumerate(names)
                }
        why = f"no example {what}; `lorewright generate` proposes them where it can"
        return {name: _Found(reason=why) for name in names}

    def _splits(self, examples: list[Example]) -> dict[str, _Found]:
        if self._dataset is None:
            none = _Found(reason="no dataset was frozen yet")
            return {"data_split_train_dev_test": none, **self._use(none)}
        splits = {split_of(self._store, self._dataset, one.ref) for one in examples}
        named = [name for split, name in _SPLITS.items() if split in splits]
        if not named:
            none = _Found(reason="no example of this chunk is in the newest dataset")
            return {"data_split_train_dev_test": none, **self._use(_Found(value=False))}
        found = _Found(named[0])
        return {"data_split_train_dev_test": found, **self._use(_Found(named[0] == "train"))}

    def _use(self, otherwise: _Found) -> dict[str, _Found]:
        stopped = self._withdrawal
        use = _Found(value=False, origin="decision", rule=stopped) if stopped else otherwise
        return {"include_in_training_yn": use}

    def _of_decisions(self, chunk: Chunk) -> dict[str, _Found]:
        standing, decision = review(self._store, chunk.ref)
        if decision is None:
            return {"review_status": _Found("unreviewed")}
        return {"review_status": _Found(_STATUS[standing], "decision", rule=decision.why)}


def _words_of(example: Example, reviewed: Review) -> _Found:
    """Question and answer: as they were made, or as a reviewer wrote them."""
    pair = example.question, example.answer
    if reviewed.decision and reviewed.edited:
        return _Found(pair, "decision", None, reviewed.decision.why, None, example.evidence)
    return _Found(pair, "teacher", None, example.teacher, None, example.evidence)


def _of_making(
    made: Made | None, teachers: tuple[str, ...], *, is_mixed: bool
) -> dict[str, _Found]:
    no_vector = _Found(reason="no embedder is part of this installation")
    found = {
        "embedding_id": no_vector,
        "vector_checksum": no_vector,
        "label_model": _Found(", ".join(teachers))
        if teachers
        else _Found(reason="no language model took part"),
    }
    if made is None:
        none = _Found(reason=NOT_DESCRIBED)
        return found | dict.fromkeys(_LABELLING, none)
    who = " and ".join((*teachers, "the rules of Lorewright"))
    values = ("mixed" if is_mixed else "auto", who, made.at)
    return found | {name: _Found(value) for name, value in zip(_LABELLING, values, strict=True)}


def _fact(dimension: Dimension, analysis: ChunkAnalysis | None) -> _Found:
    if analysis is None:
        return _Found(reason=NOT_DESCRIBED)
    value = getattr(analysis.fields, dimension.name)
    if value is None:
        return _Found(reason=analysis.reason_for(dimension.name))
    ground = analysis.ground_of(dimension.name)
    if ground is None:
        return _Found(value, "inherited" if dimension.origin == "inherited" else "mechanical")
    evidence = tuple(analysis.evidence[at] for at in ground.evidence)
    if ground.agreement is None:
        confidence = analysis.accuracy if evidence else None
        return _Found(value, "teacher", None, ground.rule, confidence, evidence)
    agreement = int((10 * ground.agreement).quantize(Decimal(1), ROUND_HALF_UP))
    return _Found(value, "rule", None, ground.rule, max(1, agreement), evidence)


def _shown(dimension: Dimension, found: _Found) -> Shown:
    is_known = found.reason is None
    return Shown(
        name=dimension.name,
        number=dimension.number,
        group=dimension.group,
        meaning=dimension.meaning,
        value=to_jsonable_python(found.value),
        origin=found.origin if is_known else None,
        reason=found.reason,
        rule=found.rule,
        confidence=found.confidence if is_known else None,
        evidence=found.evidence,
    )


_CATEGORY_ORIGINS: Mapping[str, Origin] = {
    "decision": "decision",
    "teacher": "teacher",
    "rule": "rule",
}
NOT_DESCRIBED = "this chunk was not described yet; `lorewright analyze` does"

_WIDER = frozenset({Level.DOCUMENT_INTEGRATED, Level.DOMAIN_EXPERT})
_SPLITS: Mapping[Split, str] = {
    Split.TRAIN: "train",
    Split.VALID: "dev",
    Split.RECALL: "test",
    Split.TRANSFER: "test",
}
"""The first that fits is shown: a chunk that anything is trained on is not held out."""
_STATUS: Mapping[Standing, str] = {
    Standing.UNREVIEWED: "unreviewed",
    Standing.ACCEPTED: "approved",
    Standing.EDITED: "needs_changes",
    Standing.REJECTED: "rejected",
}
_LABELLING = ("label_source_auto_manual_mixed", "labeled_by", "label_timestamp_iso")
