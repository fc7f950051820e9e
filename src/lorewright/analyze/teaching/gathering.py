"""From what rules found and what a teacher said to one analysis of a chunk."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, Self

from lorewright.analyze.analysing import unknown
from lorewright.analyze.confidence import accuracy, precision, words_stand
from lorewright.analyze.teaching.asking import Teaching
from lorewright.analyze.teaching.weighing import Given
from lorewright.lineage import Ref
from lorewright.records import (
    Chunk,
    ChunkAnalysis,
    ChunkFields,
    Document,
    Evidence,
    Ground,
    LanguageModel,
    Quarantined,
    Source,
    Unanswered,
)

FOUND_BY_RULE_STANDS = frozenset({"pii_flag"})
"""What a rule found with a check cannot be talked away: an address of mail stays one."""
_ORIGINS = frozenset({Chunk.kind, Document.kind, Source.kind})


def taught(
    document: Document,
    chunk: Chunk,
    teaching: Teaching,
    *,
    base: ChunkAnalysis,
    made_from: tuple[Ref, ...],
) -> ChunkAnalysis:
    """The analysis of `base` with what a teacher said where that counts.

    Where a teacher left something open, or what it said did not count, the word of `base` stays:
    of a rule, or of an earlier teacher. Who filled what stands in the grounds.

    Args:
        document: with its text attached.
        chunk: the chunk, one of `document`.
        teaching: what the teacher said.
        base: what was known about the chunk before.
        made_from: the recipe, the language model and the prompts.
    """
    teacher = next(ref for ref in made_from if ref.kind == LanguageModel.kind)
    given = {name: one for name, one in teaching.given.items() if not _stands(base, name)}
    kept = _Kept.of(base, teaching, given)
    values = {name: getattr(base.fields, name) for name in base.fields.filled()}
    fields = ChunkFields.model_validate(values | {name: one.value for name, one in given.items()})
    evidence, grounds = _grounds(document, base, kept, given, teacher)
    filled = set(fields.filled())
    why_not = {name: one.reason for one in base.unknown for name in one.fields}
    earlier = {ground.teacher for ground in grounds if ground.teacher} - {teacher}
    origins = [ref for ref in base.made_from if ref.kind in _ORIGINS]
    passage = document.words[chunk.start : chunk.end]
    return ChunkAnalysis(
        made_from=(*origins, *made_from, base.ref, *sorted(earlier)),
        chunk=chunk.ref,
        document=document.ref,
        fields=fields,
        evidence=evidence,
        grounds=grounds,
        unknown=unknown(filled, why_not | teaching.why_not),
        precision=precision(chunk.chunk_type, filled),
        accuracy=accuracy([*teaching.checks, *kept.checks(passage, fields)]),
        teacher=teacher,
        quarantined=(*kept.quarantined, *teaching.quarantined),
        unanswered=(*kept.unanswered, *teaching.unanswered),
    )


class _Kept(NamedTuple):
    """What stays of what was known before."""

    grounds: tuple[Ground, ...]
    quarantined: tuple[Quarantined, ...]
    unanswered: tuple[Unanswered, ...]

    @classmethod
    def of(cls, base: ChunkAnalysis, teaching: Teaching, given: Collection[str]) -> Self:
        """All but what was asked about again."""
        asked = teaching.given.keys() | teaching.why_not.keys()
        return cls(
            tuple(one for one in base.grounds if one.field not in given),
            tuple(one for one in base.quarantined if one.field not in asked),
            tuple(one for one in base.unanswered if one.prompt not in teaching.asked),
        )

    def checks(self, passage: str, fields: ChunkFields) -> list[bool]:
        """Of the words that it rests on, which were found."""
        by_rule = {one.field for one in self.grounds if one.teacher is None}
        quotes = sum(len(one.evidence) for one in self.grounds if one.teacher is not None)
        missing = sum(len(one.quotes) for one in self.quarantined)
        return [*words_stand(passage, fields, by_rule), *[True] * quotes, *[False] * missing]


def _stands(base: ChunkAnalysis, name: str) -> bool:
    ground = base.ground_of(name)
    return name in FOUND_BY_RULE_STANDS and ground is not None and ground.teacher is None


def _grounds(
    document: Document,
    base: ChunkAnalysis,
    kept: _Kept,
    given: Mapping[str, Given],
    teacher: Ref,
) -> tuple[tuple[Evidence, ...], tuple[Ground, ...]]:
    """The evidence, each piece once, and who rests on which of it."""
    places: dict[Evidence, int] = {}

    def at(evidence: Iterable[Evidence]) -> tuple[int, ...]:
        return tuple(places.setdefault(one, len(places)) for one in evidence)

    grounds = [
        one.model_copy(update={"evidence": at(base.evidence[place] for place in one.evidence)})
        for one in kept.grounds
    ]
    for name, one in given.items():
        cited = at(document.cite(*place[:2], match=place.match) for place in one.places)
        grounds.append(Ground(field=name, rule=one.prompt, teacher=teacher, evidence=cited))
    return tuple(places), tuple(grounds)
