"""A workspace in which an adapter was trained and tested, made up without training anything."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from builders import a_base, a_blob, a_chunk, a_recipe, a_rejection
from lorewright.flows.naming import set_newest
from lorewright.lineage import Ref
from lorewright.records import (
    Adapter,
    Comparison,
    Dataset,
    Document,
    Example,
    Finding,
    Level,
    Section,
    SetFinding,
    Source,
    Split,
    StoredFile,
    Turn,
    Verdict,
)
from lorewright.store import HeldOut, Rejected, Store, freeze

PUMPS = """# Pumps

Check the oil of every pump once a week. A pump that runs dry is damaged within minutes.

# Valves

Close the inlet valve first. Turn it clockwise until it stops.
"""
KILNS = """# Kilns & <glazes>

A kiln that cools too fast cracks every pot in it. Open it no sooner than the next morning.
"""
WEIGHTS = bytes(range(256)) * 8


class MadeUp(NamedTuple):
    """The records that a release is made of."""

    sources: tuple[Source, ...]
    documents: tuple[Document, ...]
    examples: tuple[Example, ...]
    dataset: Dataset
    adapter: Adapter
    verdict: Verdict | None


def make_up(
    store: Store,
    *,
    finding: Finding | None = Finding.LEARNED_CONTENT,
    licence: str = "CC-BY-4.0",
) -> MadeUp:
    """Keep two sources and everything down to an adapter, and a verdict unless it is None."""
    pumps = _document(store, PUMPS, "pumps.md", licence=licence, author="Ada Pümp", date="1901")
    kilns = _document(
        store, KILNS, "kilns.html", licence="CC0-1.0", origin="https://example.org/kilns?a=1&b={2}"
    )
    recipe, curation = (
        a_recipe("generate", min_answer_words=6),
        a_recipe(
            "curate", min_answer_words=3, near_duplicate_jaccard="0.80", max_form_share="0.40"
        ),
    )
    store.put(recipe, curation)
    examples = tuple(_examples(pumps[1], recipe.ref, 9, 49)) + tuple(
        _examples(kilns[1], recipe.ref, 20, 70)
    )
    chunk = a_chunk(pumps[1])
    rejection = a_rejection(pumps[1]).model_copy(update={"made_from": (chunk.ref, recipe.ref)})
    store.put(*examples, chunk, rejection)
    dataset = _dataset(store, (pumps[1], kilns[1]), curation.ref, examples)
    adapter = _adapter(store, dataset)
    verdict = _verdict(store, adapter, finding) if finding else None
    set_newest(store, dataset.ref)
    set_newest(store, adapter.ref)
    return MadeUp((pumps[0], kilns[0]), (pumps[1], kilns[1]), examples, dataset, adapter, verdict)


def _document(
    store: Store,
    words: str,
    file_name: str,
    *,
    licence: str,
    author: str | None = None,
    date: str | None = None,
    origin: str | None = None,
) -> tuple[Source, Document]:
    store.put_blob(words.encode())
    source = Source(
        file_name=file_name,
        media_type="text/html" if file_name.endswith("html") else "text/markdown",
        content=a_blob(words.encode()),
        licence=licence,
        origin=origin,
    )
    starts = [at for at in range(len(words)) if words.startswith("# ", at)]
    sections = tuple(
        Section(heading=words[start + 2 : words.index("\n", start)], level=1, start=start, end=end)
        for start, end in zip(starts, [*starts[1:], len(words)], strict=True)
    )
    document = Document(
        title=f"On {file_name}",
        author=author,
        date=date,
        language="en",
        reader="markdown 1",
        text=a_blob(words.encode()),
        length=len(words),
        sections=sections,
        made_from=(source.ref,),
    ).with_text(words)
    store.put(source, document)
    return source, document


def _examples(document: Document, recipe: Ref, start: int, end: int) -> Iterator[Example]:
    for number in range(8):
        evidence = document.cite(start, end)
        yield Example(
            turns=(
                Turn(role="user", text=f"{document.title}: what does rule {number} say?"),
                Turn(role="assistant", text=evidence.quote),
            ),
            level=Level.CHUNK_PURE,
            task_form="procedure" if number % 2 else "reason",
            teacher="extractive",
            evidence=(evidence,),
            made_from=(document.ref, recipe),
        )


def _dataset(
    store: Store, documents: tuple[Document, ...], recipe: Ref, examples: tuple[Example, ...]
) -> Dataset:
    *taken, turned_down = sorted(one.ref for one in examples)
    splits = (Split.TRAIN, Split.TRAIN, Split.VALID, Split.RECALL)
    members: list[tuple[Split, Ref] | Rejected] = [
        (splits[place % len(splits)], ref) for place, ref in enumerate(taken)
    ]
    members.append(Rejected(turned_down, "near_duplicate", "as another"))
    dataset = freeze(
        store,
        "coach",
        members,
        made_from=(*(one.ref for one in documents), recipe),
        held_out=[HeldOut(documents[0].ref, documents[0].sections[1].start, Split.TRANSFER)],
    )
    store.put(dataset)
    return dataset


def _adapter(store: Store, dataset: Dataset) -> Adapter:
    config = {"base_model_name_or_path": "pocket", "peft_type": "LORA", "r": 16}
    history = "".join(json.dumps({"step": step, "loss": 2 / step}) + "\n" for step in range(1, 31))
    base_files = store.put_blob(b"weights")
    assert base_files.size
    recipe = a_recipe("train", rank=16, learning_rate="0.006")
    base = a_base(dataset.ref)
    adapter = Adapter(
        role="tuned",
        files=(
            StoredFile(
                path="adapter_config.json", blob=store.put_blob(json.dumps(config).encode())
            ),
            StoredFile(path="adapter_model.safetensors", blob=store.put_blob(WEIGHTS)),
        ),
        history=store.put_blob(history.encode()),
        steps=30,
        loss_tokens=1_234,
        train_loss=Decimal("0.066667"),
        held_out_loss=None,
        made_from=(dataset.ref, base.ref, recipe.ref),
    )
    store.put(recipe, base, adapter)
    return adapter


def _verdict(store: Store, adapter: Adapter, finding: Finding) -> Verdict:
    verdict = Verdict(
        scope="pocket",
        comparisons=tuple(
            Comparison(
                split=Split.RECALL,
                arm="tuned",
                against=against,
                items=40,
                mean_difference=Decimal("0.120000"),
                low=Decimal("0.080000"),
                high=Decimal("0.160000"),
                p_value=Decimal("0.000100"),
                effect_size=Decimal("0.900000"),
            )
            for against in ("base", "permuted-control")
        ),
        findings=(
            SetFinding(split=Split.RECALL, finding=finding, sentence="it was found on 40 items"),
        ),
        scores=store.put_blob(b"scores"),
        permutations=10_000,
        seed=7,
        made_from=(adapter.ref, *adapter.made_from[:1]),
    )
    store.put(verdict)
    return verdict


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` by its name there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
