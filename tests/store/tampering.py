"""Everything that can be changed behind the store's back, and what verifying must then name."""

import json
from collections.abc import Callable

import sqlalchemy as sa

from builders import a_chunk, an_example
from lorewright.lineage import Ref
from lorewright.records import Blob, Dataset
from lorewright.store.rows import named
from lorewright.store.tables import (
    blob_uses,
    blobs,
    call_uses,
    calls,
    edges,
    files,
    makings,
    memo_outputs,
    memos,
    records,
    tombstones,
)
from store.furnished import World, tamper

Expected = str | set[str]
Change = Callable[[World], Expected]


def flipped(content: bytes, at: int = 0) -> bytes:
    """`content` with one bit of one byte turned round."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def key_of(ref: Ref) -> sa.ScalarSelect[int]:
    return sa.select(records.c.key).where(named([ref])).scalar_subquery()


def body_of(world: World, ref: Ref) -> bytes:
    ((_, body),) = world.store.bodies([ref])
    return body


def page_of(dataset: Dataset) -> Blob:
    return dataset.splits[0].pages[0].blob


def another_parent(world: World) -> Expected:
    child = world.refs["chunk"]
    other = key_of(world.refs["source"])
    tamper(world.store, edges.update().where(edges.c.child == key_of(child)).values(parent=other))
    return f"edges of {child}"


def a_lost_edge(world: World) -> Expected:
    child = world.refs["adapter"]
    tamper(world.store, edges.delete().where(edges.c.child == key_of(child), edges.c.position == 1))
    return f"edges of {child}"


def swapped_edges(world: World) -> Expected:
    child = key_of(world.refs["adapter"])
    for position, to in ((0, 9), (1, 0), (9, 1)):
        where = sa.and_(edges.c.child == child, edges.c.position == position)
        tamper(world.store, edges.update().where(where).values(position=to))
    return f"edges of {world.refs['adapter']}"


def an_edge_too_many(world: World) -> Expected:
    child = world.refs["verdict"]
    row = {"child": key_of(child), "position": 9, "parent": key_of(world.refs["recipe"])}
    tamper(world.store, edges.insert().values(row))
    return f"edges of {child}"


def edge_of_an_erased_record(world: World) -> Expected:
    child = world.refs["erased"]
    other = key_of(world.refs["source"])
    tamper(world.store, edges.update().where(edges.c.child == key_of(child)).values(parent=other))
    return f"tombstone of {child}"


def another_schema_number(world: World) -> Expected:
    ref = world.refs["example"]
    tamper(world.store, records.update().where(named([ref])).values(schema=1))
    return ref


def another_kind(world: World) -> Expected:
    ref = world.refs["rejection"]
    tamper(world.store, records.update().where(named([ref])).values(kind="example"))
    return {f"example:{ref.id}", f"memo {world.memo.digest.hex()[:12]} of generate",
            f"making row of example:{ref.id}"}  # fmt: skip


def an_impossible_kind(world: World) -> Expected:
    ref = world.refs["rejection"]
    tamper(world.store, records.update().where(named([ref])).values(kind="Rejection!"))
    return {f"Rejection!:{ref.id}", f"memo {world.memo.digest.hex()[:12]} of generate",
            f"making row of Rejection!:{ref.id}"}  # fmt: skip


def another_name(world: World) -> Expected:
    ref = world.refs["release"]
    id_ = flipped(bytes.fromhex(ref.id))
    tamper(world.store, records.update().where(named([ref])).values(id=id_))
    return f"release:{id_.hex()}"


def a_body_gone_without_a_tombstone(world: World) -> Expected:
    ref = world.refs["release"]
    tamper(world.store, records.update().where(named([ref])).values(body=None))
    return ref


def a_tombstone_for_the_living(world: World) -> Expected:
    ref = world.refs["release"]
    row = {"record": key_of(ref), "reason": "x", "at": "2030-01-01T00:00:00Z", "seal": "0" * 64}
    tamper(world.store, tombstones.insert().values(row))
    return ref


def another_reason_on_a_tombstone(world: World) -> Expected:
    ref = world.refs["erased"]
    where = tombstones.c.record == key_of(ref)
    tamper(world.store, tombstones.update().where(where).values(reason="asked To"))
    return f"tombstone of {ref}"


def another_day_on_a_tombstone(world: World) -> Expected:
    ref = world.refs["erased"]
    where = tombstones.c.record == key_of(ref)
    tamper(world.store, tombstones.update().where(where).values(at="2001-01-01T00:00:00Z"))
    return f"tombstone of {ref}"


def a_lost_tombstone(world: World) -> Expected:
    ref = world.refs["erased"]
    tamper(world.store, tombstones.delete().where(tombstones.c.record == key_of(ref)))
    return ref


def another_cost(world: World) -> Expected:
    ref = world.refs["example"]
    where = makings.c.record == key_of(ref)
    tamper(world.store, makings.update().where(where).values(cost_usd="1"))
    return f"making row of {ref}"


def a_making_row_of_another_record(world: World) -> Expected:
    other = world.examples[1].ref
    where = makings.c.record == key_of(world.refs["example"])
    tamper(world.store, makings.update().where(where).values(record=key_of(other)))
    return f"making row of {other}"


def memo_name(world: World) -> str:
    return f"memo {world.memo.digest.hex()[:12]} of generate"


def another_day_of_a_memo(world: World) -> Expected:
    tamper(world.store, memos.update().values(at="2001-01-01T00:00:00Z"))
    return memo_name(world)


def another_output_of_a_memo(world: World) -> Expected:
    other = key_of(world.examples[1].ref)
    where = memo_outputs.c.position == 0
    tamper(world.store, memo_outputs.update().where(where).values(record=other))
    return memo_name(world)


def a_lost_output_of_a_memo(world: World) -> Expected:
    tamper(world.store, memo_outputs.delete().where(memo_outputs.c.position == 1))
    return memo_name(world)


CALL = f"call {(b'1' * 6).hex()}, attempt 1"


def an_altered_reply(world: World) -> Expected:
    tamper(world.store, calls.update().values(raw=b'{"said": "Once a month."}'))
    return CALL


def an_altered_text_of_a_reply(world: World) -> Expected:
    tamper(world.store, calls.update().values(text=b"Once a month."))
    return CALL


def another_cost_of_a_call(world: World) -> Expected:
    tamper(world.store, calls.update().values(cost=calls.c.cost - 1))
    return CALL


def another_key_of_a_call(world: World) -> Expected:
    tamper(world.store, calls.update().values(key=b"2" * 32))
    return f"call {(b'2' * 6).hex()}, attempt 1"


def another_outcome_of_a_call(world: World) -> Expected:
    tamper(world.store, calls.update().values(state="unusable"))
    return CALL


def a_call_of_another_language_model(world: World) -> Expected:
    other = key_of(world.refs["recipe"])
    tamper(world.store, calls.update().values(language_model=other))
    return CALL


def a_call_that_hides_what_it_repeats(world: World) -> Expected:
    tamper(world.store, call_uses.delete())
    return CALL


def a_reply_that_is_gone_without_an_erasure(world: World) -> Expected:
    tamper(world.store, calls.update().values(raw=None, text=None))
    return CALL


def another_size_of_a_blob(world: World) -> Expected:
    digest = page_of(world.dataset).sha256
    where = blobs.c.sha256 == bytes.fromhex(digest)
    tamper(world.store, blobs.update().where(where).values(size=33))
    return f"blob {digest}"


def a_lost_use_of_a_blob(world: World) -> Expected:
    ref = world.refs["adapter"]
    tamper(world.store, blob_uses.delete().where(blob_uses.c.record == key_of(ref)))
    return ref


def another_hash_of_an_export(world: World) -> Expected:
    tamper(world.store, files.update().values(sha256=b"0" * 32))
    return "file exports/coach.jsonl"


def a_changed_export(world: World) -> Expected:
    world.export.write_bytes(flipped(world.export.read_bytes()))
    return "file exports/coach.jsonl"


def a_lost_export(world: World) -> Expected:
    world.export.unlink()
    return "file exports/coach.jsonl"


def a_quote_that_does_not_stand_there(world: World) -> Expected:
    example = world.examples[0]
    (evidence,) = example.evidence
    moved = evidence.model_copy(update={"start": evidence.start + 1, "end": evidence.end + 1})
    forged = example.model_copy(update={"evidence": (moved,)})
    return forge(world, forged.ref, forged.body, world.document.ref)


def a_chunk_beyond_its_document(world: World) -> Expected:
    forged = a_chunk(world.document, 0, world.document.length + 1)
    return forge(world, forged.ref, forged.body, world.document.ref)


def a_document_of_another_length(world: World) -> Expected:
    section = world.document.sections[0].model_copy(update={"end": 5})
    forged = world.document.model_copy(update={"length": 5, "sections": (section,)})
    expected = forge(world, forged.ref, forged.body, forged.made_from[0])
    tamper(
        world.store,
        blob_uses.insert().values(
            record=key_of(forged.ref), blob=bytes.fromhex(forged.text.sha256)
        ),
    )
    return expected


def a_quote_of_a_document_that_is_not_there(world: World) -> Expected:
    unknown = Ref("document", "0" * 64)
    example = an_example(world.document, question="?")
    evidence = example.evidence[0].model_copy(update={"document": unknown})
    forged = example.model_copy(update={"evidence": (evidence,)})
    forge(world, forged.ref, forged.body, world.document.ref)
    return unknown


def a_quote_of_an_erased_document(world: World) -> Expected:
    example = an_example(world.document, question="?")
    evidence = example.evidence[0].model_copy(update={"document": world.refs["erased"]})
    forged = example.model_copy(update={"evidence": (evidence,)})
    forge(world, forged.ref, forged.body, world.document.ref)
    return world.refs["erased"]


def a_forked_chain(world: World) -> Expected:
    first, second, _ = world.decisions
    forged = second.model_copy(update={"why": "another reason"})
    return forge(world, forged.ref, forged.body, first.about, first.by, first.ref)


def a_decision_after_one_about_something_else(world: World) -> Expected:
    about, by, after = world.refs["source"], world.decisions[0].by, world.decisions[2].ref
    forged = world.decisions[0].model_copy(
        update={"about": about, "after": after, "made_from": (about, by, after)}
    )
    return forge(world, forged.ref, forged.body, about, by, after)


def dataset_forgery(world: World, forged: Dataset) -> Expected:
    expected = forge(world, forged.ref, forged.body, *forged.made_from)
    for blob in set(forged.cited_blobs()):
        row = {"record": key_of(forged.ref), "blob": bytes.fromhex(blob.sha256)}
        tamper(world.store, blob_uses.insert().values(row))
    return expected


def another_root_of_a_dataset(world: World) -> Expected:
    return dataset_forgery(world, world.dataset.model_copy(update={"root": "0" * 64}))


def another_root_of_a_split(world: World) -> Expected:
    train, *others = world.dataset.splits
    splits = (train.model_copy(update={"root": "0" * 64}), *others)
    return dataset_forgery(world, world.dataset.model_copy(update={"splits": splits}))


def a_page_that_ends_elsewhere(world: World) -> Expected:
    train, *others = world.dataset.splits
    page = train.pages[0].model_copy(update={"last": "f" * 64})
    splits = (train.model_copy(update={"pages": (page,)}), *others)
    return dataset_forgery(world, world.dataset.model_copy(update={"splits": splits}))


def forge(world: World, ref: Ref, body: bytes, *parents: Ref) -> str:
    """A record that is whole in itself, put past the store's own checks."""
    schema = json.loads(body)["schema"]
    row = {"kind": ref.kind, "id": bytes.fromhex(ref.id), "schema": schema, "body": body}
    tamper(world.store, records.insert().values(row))
    for position, parent in enumerate(parents):
        edge = {"child": key_of(ref), "position": position, "parent": key_of(parent)}
        tamper(world.store, edges.insert().values(edge))
    return ref


CHANGES: list[Change] = [
    another_parent, a_lost_edge, swapped_edges, an_edge_too_many, edge_of_an_erased_record,
    another_schema_number, another_kind, an_impossible_kind, another_name,
    a_body_gone_without_a_tombstone, a_tombstone_for_the_living, another_reason_on_a_tombstone,
    another_day_on_a_tombstone, a_lost_tombstone, another_cost, a_making_row_of_another_record,
    another_day_of_a_memo, another_output_of_a_memo, a_lost_output_of_a_memo,
    an_altered_reply, an_altered_text_of_a_reply, another_cost_of_a_call, another_key_of_a_call,
    another_outcome_of_a_call, a_call_of_another_language_model,
    a_call_that_hides_what_it_repeats, a_reply_that_is_gone_without_an_erasure,
    another_size_of_a_blob, a_lost_use_of_a_blob, another_hash_of_an_export, a_changed_export,
    a_lost_export, a_quote_that_does_not_stand_there, a_chunk_beyond_its_document,
    a_document_of_another_length, a_quote_of_a_document_that_is_not_there,
    a_quote_of_an_erased_document, a_forked_chain, a_decision_after_one_about_something_else,
    another_root_of_a_dataset, another_root_of_a_split, a_page_that_ends_elsewhere,
]  # fmt: skip  # fmt: skip
