"""Small valid records for tests; each test changes what it is about."""

from builders.analyses import (
    a_categorisation,
    a_context,
    a_corpus_context,
    a_relation,
    a_taught_analysis,
    an_analysis,
    some_context_notes,
)
from builders.documents import (
    WORDS,
    a_blob,
    a_call,
    a_chunk,
    a_document,
    a_language_model,
    a_prompt,
    a_recipe,
    a_source,
    a_transcript,
    keep_document,
)
from builders.examples import (
    a_decision,
    a_fact,
    a_judgement,
    a_rejection,
    an_example,
    some_knowledge,
)
from builders.panels import a_deliberation
from builders.talks import a_conversation, an_enrichment, an_entry
from builders.training import a_base, a_dataset, a_release, a_verdict, an_adapter, an_outside_base

__all__ = [
    "WORDS",
    "a_base",
    "a_blob",
    "a_call",
    "a_categorisation",
    "a_chunk",
    "a_context",
    "a_conversation",
    "a_corpus_context",
    "a_dataset",
    "a_decision",
    "a_deliberation",
    "a_document",
    "a_fact",
    "a_judgement",
    "a_language_model",
    "a_prompt",
    "a_recipe",
    "a_rejection",
    "a_relation",
    "a_release",
    "a_source",
    "a_taught_analysis",
    "a_transcript",
    "a_verdict",
    "an_adapter",
    "an_analysis",
    "an_enrichment",
    "an_entry",
    "an_example",
    "an_outside_base",
    "keep_document",
    "some_context_notes",
    "some_knowledge",
]
