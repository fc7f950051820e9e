"""Small valid records for tests; each test changes what it is about."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal

from lorewright.lineage import Ref
from lorewright.records import (
    Adapter,
    Band,
    BaseLanguageModel,
    Blob,
    CatalogueEntry,
    Categorisation,
    CategoryField,
    Chunk,
    ChunkAnalysis,
    ChunkFields,
    ChunkType,
    Comparison,
    Complexity,
    ContextNotes,
    Conversation,
    CorpusContext,
    Criterion,
    Dataset,
    Decision,
    Deliberation,
    DifferingTerm,
    DifficultyLevel,
    Document,
    DocumentContext,
    Emotion,
    EnrichedContent,
    EnrichedTurn,
    Enrichment,
    EnrichmentState,
    Example,
    Expertise,
    ExpertiseLevel,
    Finding,
    Ground,
    HashedFile,
    Heard,
    Issue,
    Judgement,
    KeyFact,
    Knowledge,
    LanguageModel,
    Level,
    LevelCount,
    Match,
    Membership,
    Moment,
    NotedPerson,
    NotedTerm,
    NotedTheme,
    NotedTrait,
    OwnAnswer,
    Page,
    PageRange,
    PairsTried,
    Person,
    Prompt,
    QualityParts,
    QualityTier,
    Quarantined,
    QuarantinedPart,
    Rating,
    RawForm,
    Recipe,
    RejectedCount,
    Rejection,
    Relation,
    RelationKind,
    Release,
    Repair,
    Scaffold,
    Section,
    SetFinding,
    Severity,
    Source,
    SourceType,
    Split,
    StoredFile,
    Term,
    Theme,
    Trait,
    Turn,
    Unanswered,
    Unknown,
    Unread,
    Verb,
    Verdict,
)
from lorewright.records.deliberation import (
    ActKind,
    BlindSpot,
    Consensus,
    DeliberatedTurn,
    EndReason,
    GoalVisibility,
    Methodology,
    PanelDomain,
    PanelPersona,
    PersonaWeight,
    PurposeFramework,
    PurposeState,
    StateAtEnd,
    StateAtStart,
    Statement,
    Synthesis,
    Weighting,
)
from lorewright.store import NewCall, Store

WORDS = """# Pumps

Check the oil of every pump once a week. A pump that runs dry is damaged within minutes.

# Valves

Close the inlet valve first. Turn it clockwise until it stops.
"""


def a_blob(content: bytes = b"some bytes") -> Blob:
    return Blob(sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def a_source(
    words: str = WORDS,
    *,
    file_name: str = "handbook.md",
    licence: str = "CC0",
    origin: str | None = None,
) -> Source:
    return Source(
        file_name=file_name,
        media_type="text/markdown",
        content=a_blob(words.encode()),
        licence=licence,
        origin=origin,
    )


def a_document(words: str = WORDS, *, source: Source | None = None) -> Document:
    """One section over all of `words`, with the text attached."""
    section = Section(heading="Pumps", level=1, start=0, end=len(words))
    return Document(
        title="Handbook",
        reader="markdown 1",
        text=a_blob(words.encode()),
        length=len(words),
        sections=(section,) if words else (),
        made_from=((source or a_source(words)).ref,),
    ).with_text(words)


def a_transcript(words: str = WORDS) -> Document:
    """A document with a page and a moment over all of `words`."""
    return a_document(words).model_copy(
        update={
            "author": "Ada",
            "date": "2030-01",
            "language": "en",
            "licence": "CC0",
            "pages": (PageRange(number=1, start=0, end=len(words)),),
            "moments": (Moment(start=0, end=len(words), from_ms=0, until_ms=4_200, speaker="Ada"),),
        }
    )


def a_recipe(step: str = "generate", **settings: str | int) -> Recipe:
    return Recipe(step=step, settings={**settings})


def a_chunk(
    document: Document | None = None,
    start: int = 0,
    end: int | None = None,
    *,
    ordinal: int = 1,
    heading: str = "Pumps",
) -> Chunk:
    document = document or a_document()
    return Chunk(
        document=document.ref,
        start=start,
        end=document.length if end is None else end,
        chunk_type=ChunkType.CHAPTER_SEQUENTIAL,
        ordinal=ordinal,
        heading=heading,
        confidence=Decimal("0.90"),
        cue="paragraph",
        made_from=(document.ref,),
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


def an_example(
    document: Document | None = None,
    start: int = 9,
    end: int = 49,
    *,
    question: str = "How often is the oil of a pump checked?",
    taught: bool = False,
) -> Example:
    """An example by rules, or one as a language model writes it, with all it says of it."""
    document = document or a_document()
    evidence = document.cite(start, end)
    return Example(
        turns=(Turn(role="user", text=question), Turn(role="assistant", text=evidence.quote)),
        level=Level.CHUNK_PURE,
        task_form="procedure",
        teacher="extractive",
        evidence=(evidence,),
        difficulty=DifficultyLevel.BEGINNER if taught else None,
        prerequisite_knowledge="What a pump is." if taught else None,
        style_directives="In one sentence." if taught else None,
        made_from=(document.ref,),
    )


def a_fact(
    document: Document | None = None, chunk: Chunk | None = None, start: int = 9, end: int = 49
) -> KeyFact:
    document = document or a_document()
    chunk = chunk or a_chunk(document)
    return KeyFact(
        chunk=chunk.ref,
        document=document.ref,
        statement="The oil of every pump is checked once a week.",
        evidence=(document.cite(start, end),),
        made_from=(chunk.ref, document.ref),
    )


def a_rejection(document: Document | None = None, *, question: str = "What?") -> Rejection:
    document = document or a_document()
    return Rejection(
        step="generate",
        outcome="rejected",
        reason="too_short",
        detail="the answer has fewer than six words",
        question=question,
        answer="Pumps",
        evidence=(document.cite(2, 7),),
        made_from=(document.ref,),
    )


def some_knowledge(example: Example | None = None, *, right: int = 1, draws: int = 3) -> Knowledge:
    """A base model that was right in the first answers and said nothing of use in the others."""
    example = example or an_example()
    return Knowledge(
        example=example.ref,
        answers=tuple(
            OwnAnswer(text=example.answer, found=Decimal(1), is_right=True)
            if number < right
            else OwnAnswer(text="I cannot say.", found=Decimal("0.25"), is_right=False)
            for number in range(draws)
        ),
        made_from=(
            example.ref,
            LanguageModel(provider="scripted", name="script").ref,
            a_recipe("known").ref,
        ),
    )


def a_judgement(
    example: Example | None = None,
    scores: Mapping[str, int | None] | None = None,
    *,
    score: int = 8,
    own_work: bool = False,
) -> Judgement:
    """The same score for every criterion that `scores` does not name."""
    example, scores = example or an_example(), scores or {}
    parents = (
        example.ref,
        Prompt(name="curate/judge", text="# Task").ref,
        LanguageModel(provider="scripted", name="script").ref,
        a_recipe("judge").ref,
    )
    return Judgement(
        example=example.ref,
        ratings=tuple(
            Rating(
                criterion=criterion,
                score=scores.get(criterion.value, score),
                reason=f"a reason about {criterion}",
                unsupported=(example.answer,)
                if criterion is Criterion.GROUNDEDNESS and scores.get("groundedness")
                else (),
            )
            for criterion in Criterion
        ),
        own_work=own_work,
        made_from=parents,
    )


def a_dataset(*made_from: Ref) -> Dataset:
    """A dataset of one example that nobody has stored; `freeze` makes real ones."""
    name = "5" * 64
    page = Page(blob=a_blob(bytes.fromhex(name)), count=1, last=name)
    membership = Membership(split=Split.TRAIN, count=1, root="6" * 64, pages=(page,))
    return Dataset(
        name="coach",
        root="7" * 64,
        splits=(membership,),
        requested=3,
        accepted=1,
        rejected_by_reason=(RejectedCount(reason="near_duplicate", count=2),),
        rejected=a_blob(b"rejections"),
        held_out=a_blob(b"sections"),
        made_from=made_from or (a_recipe("curate").ref,),
    )


def a_base(*made_from: Ref) -> BaseLanguageModel:
    return BaseLanguageModel(
        name="pocket",
        origin="pocket",
        architecture="llama",
        parameters=1_000_000,
        files=(StoredFile(path="model.safetensors", blob=a_blob(b"weights")),),
        made_from=made_from or (a_dataset().ref,),
    )


def an_outside_base() -> BaseLanguageModel:
    return BaseLanguageModel(
        name="some-base",
        origin="outside",
        architecture="llama",
        parameters=8_000_000_000,
        outside=(HashedFile(path="model.safetensors", sha256="8" * 64, size=16_000_000_000),),
    )


def an_adapter(*made_from: Ref) -> Adapter:
    return Adapter(
        role="tuned",
        files=(StoredFile(path="adapter.safetensors", blob=a_blob(b"low rank")),),
        history=a_blob(b"history"),
        steps=350,
        loss_tokens=12_000,
        train_loss=Decimal("1.250000"),
        held_out_loss=None,
        made_from=made_from or (a_dataset().ref, a_base().ref),
    )


def a_verdict(*made_from: Ref) -> Verdict:
    comparison = Comparison(
        split=Split.RECALL,
        arm="tuned",
        against="base",
        items=40,
        mean_difference=Decimal("0.120000"),
        low=Decimal("0.080000"),
        high=Decimal("0.160000"),
        p_value=Decimal("0.000100"),
        effect_size=Decimal("0.900000"),
    )
    finding = SetFinding(
        split=Split.RECALL, finding=Finding.LEARNED_CONTENT, sentence="it learnt what it was taught"
    )
    return Verdict(
        scope="pocket",
        comparisons=(comparison,),
        findings=(finding,),
        scores=a_blob(b"scores"),
        permutations=10_000,
        seed=7,
        made_from=made_from or (an_adapter().ref,),
    )


def a_release(*made_from: Ref) -> Release:
    """A release of an adapter, its dataset and its verdict, in this order."""
    parents = made_from or (an_adapter().ref, a_dataset().ref, a_verdict().ref)
    return Release(
        name="coach",
        version="1",
        adapter=parents[0],
        dataset=parents[1],
        verdict=parents[2],
        manifest=a_blob(b"statement"),
        envelope=a_blob(b"envelope"),
        signer="9" * 64,
        made_from=parents,
    )


def a_decision() -> Decision:
    about, by = a_source().ref, Person(name="Ada").ref
    return Decision(
        about=about,
        verb=Verb.LICENCE,
        value="CC-BY-4.0",
        why="the publisher wrote to us",
        by=by,
        at="2030-01-02T03:04:05Z",
        made_from=(about, by),
    )


def a_language_model(name: str = "teacher-1") -> LanguageModel:
    return LanguageModel(provider="openai", name=name, endpoint="https://api.example.org")


def a_prompt(
    text: str = "# Task\n\nAsk one question about {{ words | fenced }}",
    *,
    name: str = "generate/chunk_pure",
) -> Prompt:
    return Prompt(name=name, text=text)


def an_entry(key: str = "anxious_planner", *, catalogue: str = "personas") -> CatalogueEntry:
    return CatalogueEntry(
        catalogue=catalogue, key=key, content={"name": "Jennifer", "intensity": "0.75"}, own=True
    )


def a_conversation(raw: str = '{"turns": []}') -> Conversation:
    persona = an_entry()
    return Conversation(
        conversation_id="balanced-7-0001",
        scaffold=Scaffold(
            persona_key=persona.key,
            persona_name="Jennifer",
            emotional_arc_key="fear_to_confidence",
            emotional_arc="Fear to confidence",
            training_topic_key="hsa_vs_fsa",
            training_topic="Two kinds of health account",
            consultant_key="elena_morales",
        ),
        form=RawForm.TURNS,
        raw=raw,
        teacher="openai:teacher-1",
        made_from=(persona.ref, a_recipe("converse").ref),
    )


def an_enrichment(conversation: Conversation | None = None) -> Enrichment:
    conversation = conversation or a_conversation()
    grade, feels = (
        Decimal("4.5"),
        Emotion(primary="fear", secondary="doubt", intensity=Decimal("0.8")),
    )
    asked = EnrichedTurn(role="user", text="Will it last?", emotion=feels, pair_id="b7-1")
    told = EnrichedTurn(
        role="assistant",
        text="Let us look at what you have.",
        emotion=Emotion(primary="calm", intensity=Decimal("0.5")),
        valence="positive",
        pair_id="b7-2",
        difficulty_level="beginner_conversation_turn_2",
        key_learning_objective="hsa_vs_fsa",
        demonstrates_skills=("reality testing",),
        emotional_progression_target="fear(0.8) -> confidence(0.7)",
        quality_score=4,
        empathy=grade,
        clarity=grade,
        appropriateness=grade,
        brand_voice=grade,
    )
    part = Decimal("8.0")
    return Enrichment(
        conversation=conversation.ref,
        state=EnrichmentState.COMPLETED,
        issues=(
            Issue(
                code="SHORT_CONTENT",
                severity=Severity.WARNING,
                field="turns[0].content",
                message="turn 1 has fewer than 10 characters",
                suggestion="let the client say more",
                line=3,
            ),
        ),
        repairs=(Repair(code="REPEATED_ID", field="id", original='"a"', repaired='"b7-1"'),),
        content=EnrichedContent(
            scaffold=conversation.scaffold,
            client_persona="Jennifer - The Anxious Planner",
            client_background="on track, and never sure of it",
            session_context="a first talk",
            conversation_phase="initial_crisis_disclosure",
            expected_outcome="she knows what protects her",
            system_prompt="You advise people about money.",
            turns=(asked, told),
            parts=QualityParts(turn_count=part, length=part, structure=part, confidence=part),
            quality=part,
            tier=QualityTier.PRODUCTION,
            created_date="2030-01-02",
            human_reviewed=True,
            reviewer_notes="warm",
        ),
        made_from=(conversation.ref, an_entry().ref, a_recipe("enrich").ref),
    )


RESEARCHER, PLANNER, COOK = "researcher_001", "planner_001", "cook_001"


def a_deliberation(**changes: object) -> Deliberation:
    """One turn in which one persona disagrees, one sees what nobody asked, and one is silent."""
    values: dict[str, object] = {
        "conversation_id": "soup-0",
        "panel": "soup",
        "domain": PanelDomain.ENTREPRENEURSHIP,
        "complexity": "low",
        "user_context_archetype": "a cook with a pot",
        "goal": "Sell soup at the market.",
        "purpose_framework": PurposeFramework(
            purpose_type="stall",
            overall_starting_state=_soup("idea", "0.1"),
            overall_target_state=_soup("open", "0.9"),
            progression_stages=("idea", "tried"),
            progression_methodology=Methodology.LINEAR,
            ultimate_goal_visibility=GoalVisibility.ALWAYS,
            notes="small",
        ),
        "personas": (
            _persona(RESEARCHER, "0.9", "0.4"),
            _persona(PLANNER, "0.3", "0.7", always_active=True),
            _persona(COOK, "0.2", "0.3", unique_value="tastes it", insider_advantage=True),
        ),
        "persona_weighting_approach": Weighting.LEARNED,
        "weights_from": "simulation",
        "training_pairs": (_soup_turn(),),
        "ended": EndReason.STOPPED,
        "teacher": "openai:some",
        "ungrounded": "it was argued and not read",
        "raw": ('{"answer": "..."}',),
        "made_from": (an_entry().ref, a_recipe("deliberations").ref),
    }
    return Deliberation.model_validate({**values, **changes})


def _soup(name: str, score: str) -> PurposeState:
    share = Decimal(score)
    return PurposeState(
        state_name=name,
        state_score=share,
        characteristics={"demand": share, "recipe": share, "licence": share},
    )


def _persona(name: str, *weights: str, **more: object) -> PanelPersona:
    return PanelPersona.model_validate(
        {
            "persona_id": name,
            "role": name.removesuffix("_001"),
            "expertise": ("stalls",),
            "perspective_focus": "whether it sells",
            "communication_style": "short",
            "weight_by_state": dict(zip(("idea", "tried"), weights, strict=True)),
            "critical_blocker_likelihood": "0.2",
            **more,
        }
    )


def _soup_turn() -> DeliberatedTurn:
    def weight(name: str, share: str) -> PersonaWeight:
        return PersonaWeight(persona_id=name, weight=Decimal(share), rationale="table: idea")

    ask, allow = "Give thirty cups away and ask for a price.", "Ask the town who may sell soup."
    return DeliberatedTurn(
        turn_number=1,
        turn_id="turn_001_idea",
        purpose_state_at_turn_start=StateAtStart(
            current_state="idea",
            current_score=Decimal("0.1"),
            target_state_this_turn="tried",
            target_score_this_turn=Decimal("0.5"),
            ultimate_goal_awareness="Sell soup at the market.",
            context_from_previous_turns=("researcher_001, turn 0: nothing yet",),
        ),
        personas_weighted_for_this_state=(weight(RESEARCHER, "0.9"), weight(PLANNER, "0.3")),
        personas_suppressed_this_turn=(weight(COOK, "0.2"),),
        user_input="Would anybody buy my soup?",
        deliberation_transcript=(
            Statement(
                speaker=RESEARCHER,
                act=ActKind.STATEMENT,
                statement="Nobody has tasted it.",
                recommendation=ask,
                moves=("demand",),
                notes={"reasoning": "taste is cheap to test"},
            ),
            Statement(
                speaker=PLANNER,
                act=ActKind.BLOCKER,
                statement="Selling food needs a permit.",
                to=RESEARCHER,
                recommendation=allow,
                moves=("licence",),
                is_critical=True,
            ),
        ),
        consensus_building=Consensus(
            areas_of_agreement=("taste first",),
            areas_requiring_tradeoffs=("speed or safety",),
            risks_identified=("no permit",),
            strategic_pivots_recommended=("a canteen",),
        ),
        blind_spots=(BlindSpot(text="The pot needs gas.", raised_by=PLANNER),),
        synthesized_output=Synthesis(
            response_to_user=f"{ask} {allow} The pot needs gas. This keeps you from a fine.",
            prevents=("a fine",),
            quality_score=Decimal("0.9"),
        ),
        purpose_state_at_turn_end=StateAtEnd(
            achieved_state="idea",
            achieved_score=Decimal("0.1"),
            characteristics_updated=("demand", "licence"),
            ready_for_next_state=False,
            next_state="tried",
        ),
    )


def keep_document(store: Store, words: str = WORDS, *, file_name: str = "handbook.md") -> Document:
    """Keep a source and its document with their bytes."""
    store.put_blob(words.encode())
    source = a_source(words, file_name=file_name)
    document = a_document(words, source=source)
    store.put(source, document)
    return document


def a_call(about: Document, *, key: bytes = b"1" * 32, text: str = "Once a week.") -> NewCall:
    """A complete call about `about`; keep the document and the language model first."""
    return NewCall(
        key=key,
        language_model=a_language_model().ref,
        purpose="analyze/content_analysis",
        draw=0,
        about=(about.ref,),
        run="run-1",
        state="complete",
        seconds=Decimal("1.250"),
        cost_usd=Decimal("0.000123"),
        characters=400,
        stop="end",
        answered_by="teacher-1-2030",
        text=text,
        raw=f'{{"said": "{text}"}}'.encode(),
    )
