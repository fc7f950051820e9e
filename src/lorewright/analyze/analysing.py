"""From a chunk to its analysis: every dimension with a value, or with the reason why not."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from lorewright.analyze.catalogue import the_dimensions
from lorewright.analyze.confidence import accuracy, precision, words_stand
from lorewright.analyze.filling import Filling, Rule
from lorewright.analyze.passage import Passage
from lorewright.analyze.places import inherited, placed, reasons
from lorewright.analyze.rules import RULES, the_agreements
from lorewright.lineage import Ref
from lorewright.prose import Span
from lorewright.records import (
    Chunk,
    ChunkAnalysis,
    ChunkFields,
    Document,
    Ground,
    Source,
    Unknown,
)

NO_RULE = "no rule fills it; it takes a teacher or a person"
OF_ANOTHER_TYPE = "it is not asked of a chunk of this type"


def analyses_of(
    document: Document, source: Source, chunks: Iterable[Chunk], *, recipe: Ref
) -> Iterator[ChunkAnalysis]:
    """The analysis of each chunk, in their order.

    What rules cannot tell is left open with its reason; nothing is guessed.

    Args:
        document: with its text attached.
        source: the file that it was read from.
        chunks: chunks of `document`.
        recipe: the record that holds the settings.
    """
    above, why_not = inherited(document, source), reasons(document, source)
    for chunk in chunks:
        passage = Passage(document, chunk)
        found, missing = _read(passage)
        values = {**above, **placed(document, chunk), **{one: f.value for one, f in found.items()}}
        fields = ChunkFields.model_validate(values)
        evidence, grounds = _grounds(found)
        filled = set(fields.filled())
        yield ChunkAnalysis(
            made_from=(chunk.ref, document.ref, source.ref, recipe),
            chunk=chunk.ref,
            document=document.ref,
            fields=fields,
            evidence=tuple(document.cite(span.start, span.end) for span in evidence),
            grounds=grounds,
            unknown=unknown(filled, {**why_not, **missing}),
            precision=precision(chunk.chunk_type, filled),
            accuracy=accuracy(words_stand(passage.text, fields, found)),
        )


def unknown(filled: set[str], why_not: Mapping[str, str]) -> tuple[Unknown, ...]:
    """The dimensions without a value, by their reasons."""
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for name in ChunkFields.model_fields:
        if name not in filled:
            by_reason[why_not[name]].append(name)
    return tuple(Unknown(reason=why, fields=tuple(names)) for why, names in by_reason.items())


class _Reading(NamedTuple):
    """What rules found, and why they found no more."""

    found: dict[str, Filling]
    missing: dict[str, str]


def _read(passage: Passage) -> _Reading:
    found: dict[str, Filling] = {}
    missing: dict[str, str] = {}
    for one in the_dimensions().dimension:
        if one.origin != "reader" or one.kept != "fact":
            continue
        rule = _BY_FIELD.get(one.name)
        why_not = (
            OF_ANOTHER_TYPE
            if passage.chunk.chunk_type not in one.types
            else _why_no_rule(rule, passage)
        )
        filling = None if why_not or rule is None else rule.find(passage)
        if filling is not None:
            found[one.name] = filling
        else:
            silent = f"the rule ({rule.says}) finds none here" if rule else NO_RULE
            missing[one.name] = why_not or silent
    return _Reading(found, missing)


def _why_no_rule(rule: Rule | None, passage: Passage) -> str | None:
    """The reason why a rule is not even tried."""
    if rule is None:
        return NO_RULE
    language = passage.document.language
    if language and not language.lower().startswith("en"):
        return f"the rules are for English, and the document says it is in {language!r}"
    agreement = the_agreements().get(rule.field)
    if agreement is None:
        return "how far its rule agrees with a reader was not measured"
    return None if agreement.is_enough else agreement.sentence


def _grounds(found: Mapping[str, Filling]) -> tuple[list[Span], tuple[Ground, ...]]:
    """The evidence, each span once, and which rule rests on which of it."""
    places: dict[Span, int] = {}
    grounds: list[Ground] = []
    for field, filling in found.items():
        at = tuple(places.setdefault(span, len(places)) for span in filling.spans)
        agreement = the_agreements()[field].all
        grounds.append(
            Ground(field=field, rule=_BY_FIELD[field].says, agreement=agreement, evidence=at)
        )
    return list(places), tuple(grounds)


_BY_FIELD = {rule.field: rule for rule in RULES}
