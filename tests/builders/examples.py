"""Training examples, and what is thought of them: small valid records for tests."""

from collections.abc import Mapping
from decimal import Decimal

from builders.documents import a_chunk, a_document, a_recipe, a_source
from lorewright.records import (
    Chunk,
    Criterion,
    Decision,
    DifficultyLevel,
    Document,
    Example,
    Judgement,
    KeyFact,
    Knowledge,
    LanguageModel,
    Level,
    OwnAnswer,
    Person,
    Prompt,
    Rating,
    Rejection,
    Turn,
    Verb,
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
