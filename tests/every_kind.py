"""A record of every kind, and those of a proof."""

import hashlib
from decimal import Decimal

from builders import (
    a_base,
    a_blob,
    a_categorisation,
    a_chunk,
    a_context,
    a_conversation,
    a_corpus_context,
    a_dataset,
    a_decision,
    a_deliberation,
    a_document,
    a_fact,
    a_judgement,
    a_language_model,
    a_prompt,
    a_recipe,
    a_rejection,
    a_release,
    a_source,
    a_taught_analysis,
    a_transcript,
    a_verdict,
    an_adapter,
    an_enrichment,
    an_entry,
    an_example,
    an_outside_base,
    some_context_notes,
    some_knowledge,
)
from lorewright.lineage import Ref
from lorewright.records import (
    Answers,
    Collection,
    Deviation,
    Emotion,
    EvaluationLock,
    Person,
    ProofVerdict,
    Ratings,
    Record,
    RejectedCount,
    Scenario,
    ScenarioPurpose,
    ScenarioSet,
)


def a_scenario(name: str = "s-001", *messages: str, family: str | None = None) -> Scenario:
    return Scenario(
        scenario_id=name,
        family=family or name,
        purpose=ScenarioPurpose.ADVICE,
        persona="anxious_planner",
        emotional_arc="fear_to_confidence",
        topic="hsa_vs_fsa",
        situation="She was let go a month ago.",
        messages=messages or ("Will it last until spring?",),
        emotional_state=Emotion(primary="fear", intensity=Decimal("0.8")),
        expected=("names the fear", "counts the months"),
        made_from=(a_source().ref,),
    )


def a_scenario_set(*scenarios: Scenario) -> ScenarioSet:
    """A set of `scenarios`, of which one more was turned down; keep its collection too."""
    members = scenarios or (a_scenario(),)
    collection = a_collection_of(members)
    return ScenarioSet(
        name="coach",
        members=collection.ref,
        requested=len(members) + 1,
        accepted=len(members),
        rejected_by_reason=(RejectedCount(reason="says nothing", count=1),),
        families=len({one.family for one in members}),
        made_from=(collection.ref,),
    )


def a_collection_of(scenarios: tuple[Scenario, ...]) -> Collection:
    names = tuple(sorted(one.ref for one in scenarios))
    return Collection(member_kind=Scenario.kind, count=len(names), made_from=names)


def some_answers(*made_from: Ref) -> Answers:
    asked = a_scenario_set().ref
    return Answers(
        arm="tuned",
        scenarios=asked,
        requested=2,
        answered=1,
        failed=1,
        lines=a_blob(b"answers"),
        made_from=(asked, *(made_from or (an_adapter().ref, a_base().ref))),
    )


def some_ratings(*made_from: Ref) -> Ratings:
    return Ratings(
        rater="scripted:script",
        by="judge",
        family="scripted",
        origin="rehearsed",
        requested=3,
        accepted=2,
        failed=(RejectedCount(reason="outside the scale", count=1),),
        ratings=a_blob(b"ratings"),
        votes=a_blob(b"votes"),
        made_from=made_from or (some_answers().ref, a_prompt().ref, a_language_model().ref),
    )


def an_evaluation_lock(*made_from: Ref) -> EvaluationLock:
    text = "margin = 0.15\n"
    return EvaluationLock(
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        made_from=made_from or (an_adapter().ref, a_dataset().ref, a_scenario_set().ref),
    )


def a_proof(*made_from: Ref) -> ProofVerdict:
    return ProofVerdict(
        verdict="invalid",
        origin="rehearsed",
        headline="INVALID (leaked): nothing is claimed.",
        sentences=("leaked: 1 of 2 scenarios",),
        flaws=("leaked",),
        deviations=(Deviation(what="alpha", promised="0.05", found="0.10"),),
        numbers=a_blob(b"numbers"),
        made_from=made_from or (an_evaluation_lock().ref, some_answers().ref, some_ratings().ref),
    )


def one_of_each_kind() -> list[Record]:
    """A record of every kind with every field in use."""
    return [
        an_adapter(),
        a_taught_analysis(),
        some_answers(),
        an_outside_base(),
        a_categorisation(),
        a_chunk(),
        Collection(member_kind="document", count=1, made_from=(a_document().ref,)),
        a_context(),
        some_context_notes(),
        a_conversation(),
        a_corpus_context(),
        a_dataset(),
        a_decision(),
        a_deliberation(),
        a_transcript(),
        an_enrichment(),
        an_entry(),
        an_evaluation_lock(),
        an_example(taught=True),
        a_fact(),
        a_judgement(scores={"groundedness": 4, "voice": None}, own_work=True),
        some_knowledge(),
        a_language_model(),
        Person(name="Ada"),
        a_prompt(),
        a_proof(),
        some_ratings(),
        a_recipe("generate", teacher="extractive", share="0.15"),
        a_rejection(),
        a_release(),
        a_scenario(),
        a_scenario_set(),
        a_source(origin="https://example.org/handbook"),
        a_verdict(),
    ]
