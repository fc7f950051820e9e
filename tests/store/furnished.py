"""A workspace in which one of everything is kept."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from builders import (
    WORDS,
    a_base,
    a_call,
    a_categorisation,
    a_chunk,
    a_context,
    a_conversation,
    a_corpus_context,
    a_deliberation,
    a_fact,
    a_judgement,
    a_language_model,
    a_prompt,
    a_recipe,
    a_rejection,
    a_release,
    a_verdict,
    an_adapter,
    an_analysis,
    an_enrichment,
    an_entry,
    an_example,
    an_outside_base,
    keep_document,
    some_context_notes,
    some_knowledge,
)
from every_kind import (
    a_collection_of,
    a_proof,
    a_scenario,
    a_scenario_set,
    an_evaluation_lock,
    some_answers,
    some_ratings,
)
from lorewright.lineage import Ref
from lorewright.records import (
    Adapter,
    Chunk,
    Collection,
    Dataset,
    Decision,
    Document,
    Example,
    LanguageModel,
    Record,
    Split,
    Verb,
)
from lorewright.store import (
    HeldOut,
    Ledger,
    Making,
    MemoKey,
    Rejected,
    RunItem,
    Store,
    Workspace,
    add_run_item,
    begin_run,
    decide,
    end_run,
    erase,
    freeze,
    memo_key,
    remember_file,
    seconds,
    set_alias,
)

ERASED_WORDS = "These words were erased, every one of them."


@dataclass(frozen=True, slots=True)
class World:
    """The names of what a test is about to alter."""

    store: Store
    workspace: Workspace
    refs: dict[str, Ref]
    document: Document
    examples: list[Example]
    dataset: Dataset
    decisions: list[Decision]
    memo: MemoKey
    export: Path


def furnish(store: Store, workspace: Workspace) -> World:
    """Keep one of everything, erase a source, and export."""
    document = keep_document(store)
    chunk = a_chunk(document)
    collection = Collection(member_kind="document", count=1, made_from=(document.ref,))
    examples = [an_example(document, question=f"{number}?") for number in range(5)]
    rejection, recipe, outside = a_rejection(document), a_recipe("curate"), an_outside_base()
    analysis, category = an_analysis(chunk, document), a_categorisation(document)
    prompt, model = a_prompt(), a_language_model()
    store.put(recipe, prompt, model, chunk, collection, outside, analysis, category)
    store.put(*examples[1:])
    taught = _taught(store, document, chunk, examples[1])
    memo = memo_key("generate", code="1", inputs=[document.ref], recipe=recipe.ref)
    work = store.submit([examples[0], rejection], memo=memo, making=Making("generate", seconds(1)))
    work.result()
    dataset = _freeze(store, document, collection.ref, recipe.ref, [one.ref for one in examples])
    for content in (b"weights", b"low rank", b"history", b"scores", b"statement", b"envelope"):
        store.put_blob(content)
    base = a_base(dataset.ref, recipe.ref)
    adapter = an_adapter(dataset.ref, base.ref, recipe.ref)
    verdict = a_verdict(adapter.ref, dataset.ref, recipe.ref)
    release = a_release(adapter.ref, dataset.ref, verdict.ref)
    store.put(dataset, base, adapter, verdict, release)
    decisions = [
        decide(store, document.ref, Verb.LICENCE, why=f"reason {number}", by="Ada", value="CC0")
        for number in range(3)
    ]
    erased = _erase_another(store, workspace)
    set_alias(store, "coach@latest", dataset.ref)
    run = begin_run(store, "generate")
    add_run_item(store, run, 0, RunItem("a piece", "made", memo=memo))
    end_run(store, run, "done")
    _ask(store, document)
    refs = {
        "source": document.made_from[0], "document": document.ref, "chunk": chunk.ref,
        "analysis": analysis.ref, "categorisation": category.ref,
        "collection": collection.ref, "example": examples[0].ref, "rejection": rejection.ref,
        "recipe": recipe.ref, "dataset": dataset.ref, "base_model": base.ref,
        "adapter": adapter.ref, "verdict": verdict.ref, "release": release.ref,
        "decision": decisions[2].ref, "person": decisions[0].by, "prompt": prompt.ref,
        "language_model": model.ref, "erased": erased,
    } | {one.kind: one.ref for one in (*taught, *_proven(store, adapter, dataset))}  # fmt: skip
    export = _export(store, workspace, dataset.ref)
    return World(store, workspace, refs, document, examples, dataset, decisions, memo, export)


def _taught(store: Store, document: Document, chunk: Chunk, example: Example) -> list[Record]:
    """What only teachers make, and judges."""
    another = keep_document(store, WORDS + "More.\n")
    made: list[Record] = [
        a_fact(document, chunk),
        a_context(),
        some_context_notes(chunk, document),
        a_corpus_context(),
        a_judgement(example),
        some_knowledge(example),
        an_entry(),
        a_conversation(),
        an_enrichment(),
        a_deliberation(),
    ]
    store.put(
        a_chunk(another),
        a_prompt("# Task", name="curate/judge"),
        LanguageModel(provider="scripted", name="script"),
        a_recipe("judge"),
        a_recipe("known"),
        a_recipe("converse"),
        a_recipe("enrich"),
        a_recipe("deliberations"),
        *made,
    )
    return made


def _proven(store: Store, adapter: Adapter, dataset: Dataset) -> list[Record]:
    """An evaluation: what was asked, answered, rated and concluded."""
    for content in (b"answers", b"ratings", b"votes", b"numbers"):
        store.put_blob(content)
    scenario, asked = a_scenario(), a_scenario_set()
    lock = an_evaluation_lock(adapter.ref, dataset.ref, asked.ref)
    answers = some_answers(adapter.ref)
    ratings = some_ratings(answers.ref, a_prompt().ref, a_language_model().ref)
    proof = a_proof(lock.ref, answers.ref, ratings.ref)
    made: list[Record] = [scenario, asked, lock, answers, ratings, proof]
    store.put(a_collection_of((scenario,)), *made)
    return made


def _freeze(
    store: Store, document: Document, collection: Ref, recipe: Ref, examples: list[Ref]
) -> Dataset:
    *taken, turned_down = sorted(examples)
    return freeze(
        store,
        "coach",
        sorted(
            [(Split.TRAIN, taken[0]), *((Split.RECALL, one) for one in taken[1:]),
             Rejected(turned_down, "near_duplicate", "as another")],
            key=lambda one: one.example if isinstance(one, Rejected) else one[1],
        ),
        made_from=(collection, recipe),
        held_out=[HeldOut(document.ref, 0, Split.TRANSFER)],
    )  # fmt: skip


def _ask(store: Store, document: Document) -> None:
    store.put(a_language_model())
    ledger = Ledger(store)
    ledger.admit([document.ref, a_language_model().ref])
    ledger.keep(a_call(document)).result()


def _erase_another(store: Store, workspace: Workspace) -> Ref:
    document = keep_document(store, ERASED_WORDS, file_name="erased.md")
    store.put(an_example(document, 0, 11), a_chunk(document))
    erase(store, document.made_from[0], workspace.folder, why="asked to")
    return document.ref


def _export(store: Store, workspace: Workspace, dataset: Ref) -> Path:
    export = workspace.exports / "coach.jsonl"
    export.parent.mkdir()
    export.write_text('{"question": "0?"}\n', encoding="utf-8")
    digest = hashlib.sha256(export.read_bytes()).hexdigest()
    remember_file(store, workspace.local_path(export), "export", dataset, digest)
    return export


def tamper(store: Store, statement: sa.Executable) -> None:
    """Change the database behind the store's back, with no foreign key in the way."""
    lift, set_again = (
        ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON")
        if store.database.is_sqlite
        else ("SET session_replication_role=replica", "SET session_replication_role=origin")
    )
    with store.database.reading.connect() as connection:
        db = connection.execution_options(isolation_level="AUTOCOMMIT")
        db.exec_driver_sql(lift)
        changed = db.execute(statement)
        db.exec_driver_sql(set_again)
    assert changed.rowcount != 0, "nothing was tampered with"
