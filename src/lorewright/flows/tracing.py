"""Where something came from: the tree back to the sources and the sentences."""

from dataclasses import dataclass, field

from lorewright.errors import Erased
from lorewright.flows.places import moment_of, page_of
from lorewright.lineage import Ref
from lorewright.records import (
    Adapter,
    Answers,
    BaseLanguageModel,
    CatalogueEntry,
    Categorisation,
    Chunk,
    ChunkAnalysis,
    Collection,
    Conversation,
    CorpusContext,
    Dataset,
    Decision,
    Deliberation,
    Document,
    DocumentContext,
    Enrichment,
    EvaluationLock,
    Evidence,
    Example,
    Judgement,
    KeyFact,
    Knowledge,
    LanguageModel,
    Person,
    Prompt,
    ProofVerdict,
    Recipe,
    Record,
    Rejection,
    Release,
    Scenario,
    ScenarioSet,
    Source,
    Verdict,
)
from lorewright.store import Store, decisions_about, licence_of, withdrawal


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words that something rests on, and where they stand."""

    quote: str
    section: str
    document: str
    file: str
    start: int
    end: int
    page: str | None
    """As in `p. 12` or `pp. 12-13`, for a document that knows its pages."""
    moment: str | None
    """As in `Ada, 00:14:03`, for a transcript."""


@dataclass(slots=True)
class Node:
    """One record of the tree."""

    ref: Ref
    summary: str
    notes: list[str] = field(default_factory=list[str])
    """Decisions that bear on it, and whether it was erased."""
    sentences: list[Sentence] = field(default_factory=list[Sentence])
    parents: list["Node"] = field(default_factory=list["Node"])
    shown_above: bool = False
    """True when its parents stand further up in the tree already."""


def trace(store: Store, ref: Ref) -> Node:
    """The tree from `ref` back to what came from the world.

    A record that several others share is drawn once in full; the tree of a graph with many
    shared parents would otherwise grow without end.
    """
    return _node(store, ref, set())


def _node(store: Store, ref: Ref, seen: set[Ref]) -> Node:
    try:
        record: Record | None = store.get_any(ref)
        node = Node(ref, summary_of(store, record) if record else "")
    except Erased as error:
        record, node = None, Node(ref, "erased", notes=[error.sentence])
    if ref in seen:
        node.shown_above = True
        return node
    seen.add(ref)
    if record is not None:
        node.notes += notes_on(store, ref)
        node.sentences = [sentence_of(store, evidence) for evidence in _evidence(record)]
    node.parents = [_node(store, parent, seen) for parent in store.parents(ref)]
    return node


def _evidence(record: Record) -> tuple[Evidence, ...]:
    return record.evidence if isinstance(record, Example | KeyFact | Rejection) else ()


def sentence_of(store: Store, evidence: Evidence) -> Sentence:
    """The words of `evidence` with the section, the document and the file they stand in."""
    document = store.document(evidence.document)
    section = document.section_at(evidence.start)
    headings = [*section.path, section.heading]
    return Sentence(
        quote=evidence.quote,
        section=" > ".join(heading for heading in headings if heading) or "(before any heading)",
        document=document.title,
        file=", ".join(_file_names(store, document)),
        start=evidence.start,
        end=evidence.end,
        page=page_of(document, evidence.start, evidence.end),
        moment=moment_of(document, evidence.start, evidence.end),
    )


def _file_names(store: Store, document: Document) -> list[str]:
    return [
        store.get(parent, Source).file_name
        for parent in document.made_from
        if parent.kind == Source.kind
    ]


def notes_on(store: Store, ref: Ref) -> list[str]:
    """What was decided about a record, a line each."""
    notes: list[str] = []
    withdrawn = withdrawal(store, ref)
    if withdrawn:
        notes.append(f"withdrawn on {withdrawn.at[:10]}: {withdrawn.why}")
    notes += [
        f"{decision.verb} decided on {decision.at[:10]}: {decision.why}"
        for decision in decisions_about(store, ref)
        if decision is not withdrawn and decision != withdrawn
    ]
    return notes


def summary_of(store: Store, record: Record) -> str:
    """One line about a record, for people."""
    match record:
        case Source():
            licence = licence_of(store, record)
            origin = f", from {record.origin}" if record.origin else ""
            return f"{record.file_name}, {record.content.size:,} bytes, licence {licence}{origin}"
        case Document():
            return f"{record.title!r}, {record.length:,} characters, read by {record.reader}"
        case Chunk():
            under = f", under {record.heading!r}" if record.heading else ""
            return (
                f"{record.chunk_type}, characters {record.start}-{record.end}{under}, "
                f"cue {record.cue}, confidence {record.confidence}"
            )
        case Example():
            return f"{record.task_form}, {record.level}, by {record.teacher}: {record.question}"
        case Rejection():
            return f"{record.outcome} in {record.step}: {record.detail}"
        case Dataset():
            splits = ", ".join(f"{split.split} {split.count:,}" for split in record.splits)
            return f"{record.name!r}: {splits}; root {record.root[:12]}"
        case Categorisation() | ChunkAnalysis() | Judgement() | Knowledge():
            return _summary_of_analysis(record)
        case _:
            return _summary_of_what_follows(record)


def _summary_of_what_follows(record: Record) -> str:
    if isinstance(record, Conversation | CatalogueEntry | Deliberation):
        return _summary_of_conversation(record)
    return _summary_of_training(record)


def _summary_of_conversation(record: Conversation | CatalogueEntry | Deliberation) -> str:
    if isinstance(record, Deliberation):
        turns = len(record.training_pairs)
        told = f"{record.conversation_id}, {turns} turns, {record.persona_weighting_approach}"
        return f"{told}, by {record.teacher}: {record.goal}"
    if isinstance(record, CatalogueEntry):
        return f"{record.catalogue}: {record.key}{', own' if record.own else ''}"
    told = record.scaffold
    keys = (told.persona_key, told.emotional_arc_key, told.training_topic_key)
    about = ", ".join(key for key in keys if key)
    return f"{record.conversation_id}, by {record.teacher or 'nobody known'}: {about}"


def _summary_of_analysis(record: Categorisation | ChunkAnalysis | Judgement | Knowledge) -> str:
    if isinstance(record, Knowledge):
        return f"{record.known}: right in {record.right} of {len(record.answers)} answers"
    if isinstance(record, Judgement):
        said = ", ".join(f"{name} {score}" for name, score in record.scores.items())
        return f"mean {record.mean} of 10: {said}"
    if isinstance(record, Categorisation):
        found = ", ".join(
            f"{one.field} {', '.join(one.values)}" for one in record.fields if one.values
        )
        by_teacher = any(ref.kind == LanguageModel.kind for ref in record.made_from)
        return f"by {'a teacher' if by_teacher else 'rules'}: {found or 'nothing'}"
    accuracy = "" if record.accuracy is None else f", accuracy {record.accuracy}"
    filled = len(list(record.fields.filled()))
    by_teacher = "" if record.teacher is None else ", by a teacher"
    return (
        f"{record.fields.chunk_handle}: {filled} of {len(type(record.fields).model_fields)} "
        f"dimensions, precision {record.precision}{accuracy}{by_teacher}"
    )


def _summary_of_training(record: Record) -> str:
    match record:
        case BaseLanguageModel():
            return f"{record.name} ({record.origin}), {record.parameters:,} parameters"
        case Adapter():
            return f"{record.role}, {record.steps:,} steps, {record.loss_tokens:,} loss tokens"
        case Verdict():
            return " ".join(finding.sentence for finding in record.findings)
        case ProofVerdict():
            return record.headline
        case EvaluationLock():
            return f"locked before the answers, sha256 {record.sha256[:16]}"
        case Release():
            proven = "" if record.verdict else ", unproven"
            return f"{record.name!r} version {record.version}{proven}, signer {record.signer[:12]}"
        case _:
            return _summary_of_the_rest(record)


def _summary_of_the_rest(record: Record) -> str:
    match record:
        case Recipe():
            role = record.settings.get("role")
            return f"settings of {record.step}" + (f", {role}" if role else "")
        case Collection():
            return f"{record.count:,} of kind {record.member_kind}"
        case Decision():
            return f"{record.verb} {record.about.short}: {record.why}"
        case Person():
            return record.name
        case _:
            return _summary_of_teaching(record)


def _summary_of_teaching(record: Record) -> str:
    match record:
        case DocumentContext() | CorpusContext():
            return _summary_of_context(record)
        case KeyFact():
            return record.statement
        case LanguageModel():
            at = f" at {record.endpoint}" if record.endpoint else ""
            return f"{record.provider}:{record.name}{at}"
        case Answers():
            return f"{record.arm}, {record.answered:,} answers, {record.failed:,} failed"
        case Prompt():
            whose = "the operator's own" if record.overridden else "as it came along"
            return f"{record.name}, {whose}"
        case Conversation() | Enrichment() | CatalogueEntry():
            return _summary_of_conversing(record)
        case Scenario() | ScenarioSet():
            return _summary_of_scenarios(record)
        case _:
            return record.kind


def _summary_of_conversing(record: Conversation | Enrichment | CatalogueEntry) -> str:
    if isinstance(record, CatalogueEntry):
        whose = "the operator's own" if record.own else "as it came along"
        return f"{record.key} of {record.catalogue}, {whose}"
    if isinstance(record, Conversation):
        scaffold = record.scaffold
        keys = (scaffold.persona_key, scaffold.emotional_arc_key, scaffold.training_topic_key)
        along = ", ".join(filter(None, keys)) or "along no scaffold"
        control = ", neutral control" if record.is_control else ""
        return f"{record.conversation_id}: {along}, {len(record.raw):,} characters{control}"
    if record.content is None:
        return f"{record.state}: {len(record.issues):,} issues"
    content = record.content
    return (
        f"{len(content.turns)} turns, quality {content.quality} of 10, {content.tier}, "
        f"{len(record.issues):,} issues, {len(record.repairs):,} repairs"
    )


def _summary_of_context(record: DocumentContext | CorpusContext) -> str:
    parts = (("themes", record.themes), ("terms", record.terms), ("relations", record.relations))
    listed = ", ".join(f"{len(some):,} {name}" for name, some in parts if some is not None)
    return f"by {record.teacher}: {listed or 'nothing'}"


def _summary_of_scenarios(record: Scenario | ScenarioSet) -> str:
    if isinstance(record, ScenarioSet):
        families = "family" if record.families == 1 else "families"
        return (
            f"{record.name!r}: {record.accepted:,} of {record.requested:,} scenarios, "
            f"{record.families:,} {families}"
        )
    return f"{record.scenario_id} of {record.family}, {record.purpose}: {record.messages[0]}"
