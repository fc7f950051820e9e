"""The nouns of Lorewright: frozen, typed facts that know what they were made from."""

from lorewright.records.adapter import Adapter
from lorewright.records.adapter_history import (
    AdapterHistory,
    AdapterState,
    Deployment,
    DeploymentStatus,
    deployment_value,
    history_of,
    version_parts,
)
from lorewright.records.analysis import (
    ChunkAnalysis,
    ChunkFields,
    CoverageTag,
    DifficultyLevel,
    Ground,
    Intent,
    IpSensitivity,
    NoveltyTag,
    ProcedureStep,
    Quarantined,
    ScenarioType,
    SourceType,
    Unanswered,
    Unknown,
)
from lorewright.records.answers import Answers
from lorewright.records.base_language_model import BaseLanguageModel, HashedFile, StoredFile
from lorewright.records.catalogue_entry import CatalogueEntry
from lorewright.records.categorisation import Categorisation, CategoryField
from lorewright.records.chunk import Chunk, ChunkType
from lorewright.records.collection import Collection
from lorewright.records.context import CONTEXT_PARTS, ContextNotes, DocumentContext, Heard
from lorewright.records.context_parts import (
    Band,
    Complexity,
    DifferingTerm,
    Expertise,
    ExpertiseLevel,
    LevelCount,
    Mentioned,
    NotedPerson,
    NotedTerm,
    NotedTheme,
    NotedTrait,
    PairsTried,
    QuarantinedPart,
    Relation,
    RelationKind,
    Term,
    Theme,
    Trait,
    Unread,
)
from lorewright.records.conversation import Conversation, Emotion, RawForm, Scaffold
from lorewright.records.corpus_context import CORPUS_PARTS, CorpusContext
from lorewright.records.dataset import Dataset, Membership, Page, RejectedCount, Split
from lorewright.records.decision import VERSION, Decision, Verb
from lorewright.records.deliberation import Deliberation
from lorewright.records.document import Document, Moment, PageRange, Section
from lorewright.records.enrichment import (
    EnrichedContent,
    EnrichedTurn,
    Enrichment,
    EnrichmentState,
    Issue,
    QualityParts,
    QualityTier,
    Repair,
    Severity,
)
from lorewright.records.evidence import Evidence, Match
from lorewright.records.example import FROM_DOCUMENTS, Example, Level, Turn
from lorewright.records.fact import KeyFact
from lorewright.records.grounded import Grounded
from lorewright.records.judgement import Criterion, Judgement, Rating
from lorewright.records.knowledge import Knowledge, Known, OwnAnswer
from lorewright.records.language_model import LanguageModel
from lorewright.records.person import Person
from lorewright.records.prompt import Prompt
from lorewright.records.proof import Deviation, EvaluationLock, ProofVerdict
from lorewright.records.ratings import Ratings
from lorewright.records.recipe import Recipe
from lorewright.records.record import MOST_PARENTS, Blob, Record, Value
from lorewright.records.rejection import Rejection
from lorewright.records.release import Release
from lorewright.records.review import Review, Standing, review_of
from lorewright.records.scenario import Scenario, ScenarioPurpose, ScenarioSet
from lorewright.records.source import UNKNOWN_LICENCE, Source
from lorewright.records.verdict import Comparison, Finding, SetFinding, Verdict

KINDS: dict[str, type[Record]] = {
    shape.kind: shape
    for shape in (
        Adapter,
        Answers,
        BaseLanguageModel,
        CatalogueEntry,
        Categorisation,
        Chunk,
        ChunkAnalysis,
        Collection,
        ContextNotes,
        Conversation,
        CorpusContext,
        Dataset,
        Decision,
        Deliberation,
        Document,
        DocumentContext,
        Enrichment,
        EvaluationLock,
        Example,
        Judgement,
        KeyFact,
        Knowledge,
        LanguageModel,
        Person,
        Prompt,
        ProofVerdict,
        Ratings,
        Recipe,
        Rejection,
        Release,
        Scenario,
        ScenarioSet,
        Source,
        Verdict,
    )
}
"""Every kind of record by its name."""

__all__ = [
    "CONTEXT_PARTS",
    "CORPUS_PARTS",
    "FROM_DOCUMENTS",
    "KINDS",
    "MOST_PARENTS",
    "UNKNOWN_LICENCE",
    "VERSION",
    "Adapter",
    "AdapterHistory",
    "AdapterState",
    "Answers",
    "Band",
    "BaseLanguageModel",
    "Blob",
    "CatalogueEntry",
    "Categorisation",
    "CategoryField",
    "Chunk",
    "ChunkAnalysis",
    "ChunkFields",
    "ChunkType",
    "Collection",
    "Comparison",
    "Complexity",
    "ContextNotes",
    "Conversation",
    "CorpusContext",
    "CoverageTag",
    "Criterion",
    "Dataset",
    "Decision",
    "Deliberation",
    "Deployment",
    "DeploymentStatus",
    "Deviation",
    "DifferingTerm",
    "DifficultyLevel",
    "Document",
    "DocumentContext",
    "Emotion",
    "EnrichedContent",
    "EnrichedTurn",
    "Enrichment",
    "EnrichmentState",
    "EvaluationLock",
    "Evidence",
    "Example",
    "Expertise",
    "ExpertiseLevel",
    "Finding",
    "Ground",
    "Grounded",
    "HashedFile",
    "Heard",
    "Intent",
    "IpSensitivity",
    "Issue",
    "Judgement",
    "KeyFact",
    "Knowledge",
    "Known",
    "LanguageModel",
    "Level",
    "LevelCount",
    "Match",
    "Membership",
    "Mentioned",
    "Moment",
    "NotedPerson",
    "NotedTerm",
    "NotedTheme",
    "NotedTrait",
    "NoveltyTag",
    "OwnAnswer",
    "Page",
    "PageRange",
    "PairsTried",
    "Person",
    "ProcedureStep",
    "Prompt",
    "ProofVerdict",
    "QualityParts",
    "QualityTier",
    "Quarantined",
    "QuarantinedPart",
    "Rating",
    "Ratings",
    "RawForm",
    "Recipe",
    "Record",
    "RejectedCount",
    "Rejection",
    "Relation",
    "RelationKind",
    "Release",
    "Repair",
    "Review",
    "Scaffold",
    "Scenario",
    "ScenarioPurpose",
    "ScenarioSet",
    "ScenarioType",
    "Section",
    "SetFinding",
    "Severity",
    "Source",
    "SourceType",
    "Split",
    "Standing",
    "StoredFile",
    "Term",
    "Theme",
    "Trait",
    "Turn",
    "Unanswered",
    "Unknown",
    "Unread",
    "Value",
    "Verb",
    "Verdict",
    "deployment_value",
    "history_of",
    "review_of",
    "version_parts",
]
