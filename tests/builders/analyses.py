"""What is known about chunks and documents: small valid records for tests."""

from decimal import Decimal

from builders.documents import WORDS, a_chunk, a_document, a_language_model
from lorewright.lineage import Ref
from lorewright.records import (
    Band,
    Categorisation,
    CategoryField,
    Chunk,
    ChunkAnalysis,
    ChunkFields,
    Complexity,
    ContextNotes,
    CorpusContext,
    DifferingTerm,
    DifficultyLevel,
    Document,
    DocumentContext,
    Expertise,
    ExpertiseLevel,
    Ground,
    Heard,
    LevelCount,
    Match,
    NotedPerson,
    NotedTerm,
    NotedTheme,
    NotedTrait,
    PairsTried,
    Quarantined,
    QuarantinedPart,
    Relation,
    RelationKind,
    SourceType,
    Term,
    Theme,
    Trait,
    Unanswered,
    Unknown,
    Unread,
)


def a_categorisation(document: Document | None = None) -> Categorisation:
    document = document or a_document()
    return Categorisation(
        document=document.ref,
        fields=(
            CategoryField(field="belonging", reason="only the owner knows"),
            CategoryField(field="evidence_type", values=("Data Tables",), cues=("3 tables",)),
        ),
        made_from=(document.ref,),
    )


def an_analysis(chunk: Chunk | None = None, document: Document | None = None) -> ChunkAnalysis:
    """An analysis that knows the coverage of its chunk, a summary, and nothing else."""
    document = document or a_document()
    chunk = chunk or a_chunk(document)
    evidence = document.cite(9, 49)
    fields = ChunkFields(
        doc_id=document.ref,
        doc_title=document.title,
        source_type=SourceType.MARKDOWN,
        chunk_id=f"{document.ref}#C001",
        char_start=chunk.start,
        char_end=chunk.end,
        token_count=30,
        overlap_tokens=0,
        chunk_handle="pumps-c001",
        chunk_summary_1s=evidence.quote,
    )
    known = set(fields.filled())
    return ChunkAnalysis(
        chunk=chunk.ref,
        document=document.ref,
        fields=fields,
        evidence=(evidence,),
        grounds=(
            Ground(
                field="chunk_summary_1s",
                rule="the first sentence",
                agreement=Decimal("0.80"),
                evidence=(0,),
            ),
        ),
        unknown=(
            Unknown(
                reason="it takes a teacher",
                fields=tuple(name for name in ChunkFields.model_fields if name not in known),
            ),
        ),
        precision=1,
        accuracy=10,
        made_from=(chunk.ref, document.ref),
    )


def a_taught_analysis() -> ChunkAnalysis:
    """The same after a teacher was asked: what it said counts, does not, or could not be used."""
    before = an_analysis()
    document, teacher = a_document(), a_language_model().ref
    evidence = document.cite(50, 96, match=Match.NORMALISED)
    fields = before.fields.model_copy(update={"audience": "people who own a pump"})
    left = tuple(name for name in before.unknown[0].fields if name != "audience")
    ground = Ground(
        field="audience", rule="analyze/content_analysis", teacher=teacher, evidence=(1,)
    )
    aside = Quarantined(
        field="claim", value="pumps sing", reason="the quote is not there", quotes=("they sing",)
    )
    failed = Unanswered(
        prompt="analyze/risk_assessment", fault="refused", sentence="the model refused to answer"
    )
    return before.model_copy(
        update={
            "fields": fields,
            "evidence": (*before.evidence, evidence),
            "grounds": (*before.grounds, ground),
            "unknown": (Unknown(reason="it takes a teacher", fields=left),),
            "teacher": teacher,
            "quarantined": (aside,),
            "unanswered": (failed,),
            "made_from": (*before.made_from, teacher, before.ref),
        }
    )


def some_context_notes(
    chunk: Chunk | None = None, document: Document | None = None
) -> ContextNotes:
    """Notes that have every part, about one chunk."""
    document = document or a_document()
    chunk = chunk or a_chunk(document)
    expertise = Expertise(level=ExpertiseLevel.NOVICE, why="it explains itself", evidence=(0,))
    heard = Heard(
        start=0, end=49, voice=(NotedTrait(trait="plain", evidence=(0,)),), expertise=expertise
    )
    return ContextNotes(
        documents=(document.ref,),
        level=0,
        themes=(NotedTheme(name="oil", sentence="It is checked.", evidence=(0,)),),
        terms=(NotedTerm(term="oil", definition=0, places=(1,)),),
        people=(NotedPerson(name="pump", role="a machine", evidence=(0,)),),
        heard=(heard,),
        relations=(a_relation(chunk.ref, chunk.ref),),
        differing=(DifferingTerm(term="oil", difference="of two kinds", first=(0,), second=(1,)),),
        quarantined=(QuarantinedPart(part="themes", reason="quote_not_found", count=2),),
        evidence=(document.cite(9, 49), document.cite(19, 22)),
        made_from=(document.ref, chunk.ref),
    )


def a_relation(
    source: Ref, target: Ref, relation: RelationKind = RelationKind.ELABORATES
) -> Relation:
    return Relation(
        relation=relation,
        source=source,
        target=target,
        why="it says more",
        source_evidence=(0,),
        target_evidence=(1,),
    )


def a_context() -> DocumentContext:
    """A context that knows all but the people."""
    document = a_document()
    chunk = a_chunk(document)
    return DocumentContext(
        document=document.ref,
        teacher="scripted:script",
        chunks=2,
        set_aside=1,
        groups=2,
        levels=2,
        unread=(Unread(start=50, end=90, chunks=1),),
        themes=(
            Theme(name="oil", sentence="It is checked.", evidence=(0,), weight=Decimal("0.500")),
        ),
        terms=(Term(term="oil", definition=0, places=(1,), uses=1),),
        people=None,
        voice=(Trait(trait="plain", evidence=(0,), weight=Decimal("1.000")),),
        expertise=Expertise(level=ExpertiseLevel.NOVICE, why="it explains", evidence=(0,)),
        relations=(a_relation(chunk.ref, chunk.ref),),
        pairs=PairsTried(found=4, related=1, unrelated=1, failed=1, left_out=1),
        complexity=Complexity(
            readability=(Band(name="easy", chunks=1),),
            median=Decimal("31.5"),
            unmeasured=1,
            difficulty=(LevelCount(level=DifficultyLevel.BEGINNER, chunks=1),),
            unknown_difficulty=1,
        ),
        quarantined=(QuarantinedPart(part="themes", reason="quote_not_found", count=2),),
        unknown=(Unknown(reason="it takes a teacher", fields=("people",)),),
        evidence=(document.cite(9, 49), document.cite(19, 22)),
        made_from=(document.ref, chunk.ref),
    )


def a_corpus_context() -> CorpusContext:
    """What two documents share and where they part."""
    first, second = a_document(), a_document(WORDS + "More.\n")
    chunks = a_chunk(first), a_chunk(second)
    return CorpusContext(
        documents=(first.ref, second.ref),
        teacher="scripted:script",
        themes=(NotedTheme(name="oil", sentence="Both check it.", evidence=(0, 1)),),
        terms=(DifferingTerm(term="oil", difference="of two kinds", first=(0,), second=(1,)),),
        relations=(a_relation(chunks[0].ref, chunks[1].ref, RelationKind.CONTRADICTS),),
        pairs=PairsTried(found=1, related=1, unrelated=0, failed=0, left_out=0),
        quarantined=(QuarantinedPart(part="relations", reason="quote_not_found", count=1),),
        evidence=(first.cite(9, 49), second.cite(9, 49)),
        made_from=(first.ref, second.ref),
    )
