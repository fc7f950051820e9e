"""The same work by Lorewright: asked, validated, located, stored, under its durable run engine.

Every item becomes an example whose evidence is the span of the quote in its document; the call
stands in the ledger with its raw reply, and each piece has its memo. The passages are stored
before, as a reading of documents would leave them.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import items
from pydantic import BaseModel, JsonValue

from lorewright.flows.durable import Ordered, PricedHandler
from lorewright.flows.runs import run_work, start_run, work_for_others
from lorewright.generate.pairs.quoting import quoted
from lorewright.jobs import Forecast, Step, WaitingPiece, WaitingPrepared
from lorewright.jobs.steward import Pace
from lorewright.lineage import Ref
from lorewright.llms import Asker, Message, Purpose, Rendered, ask
from lorewright.records import (
    Chunk,
    ChunkType,
    Document,
    Example,
    Level,
    Prompt,
    Recipe,
    Record,
    Rejection,
    Turn,
)
from lorewright.records.document import Section
from lorewright.records.source import Source
from lorewright.settings import Settings
from lorewright.settings.teacher import TeacherSettings
from lorewright.store import Store, Workspace

WORK = "bench"
PER_DOCUMENT = 100
RECIPE = Recipe(step=WORK, settings={})
STEP = Step(WORK, "1", RECIPE.ref)


class Item(BaseModel):
    """What the language model is to say of a passage."""

    question: str
    answer: str
    quote: str


def settings_for(url: str | None, at_once: int, database: str | None) -> Settings:
    """Those of a workspace that asks a free server of one's own."""
    free = Decimal(0)
    teacher = TeacherSettings(
        model="openai:bench", url=url, at_once=at_once, input_price=free, output_price=free
    )
    return Settings(teacher=teacher, database=database)


def prepare(store: Store, count: int) -> None:
    """Store the passages of the first `count` items, a hundred to a document."""
    prompt = prompt_record()
    store.put(RECIPE, prompt)
    for first in range(0, count, PER_DOCUMENT):
        document = _read(store, range(first, min(first + PER_DOCUMENT, count)))
        store.put(*_chunks(document))


def _read(store: Store, numbers: range) -> Document:
    passages = [items.passage(number) for number in numbers]
    words = "\n\n".join(passages)
    blob = store.put_blob(words.encode())
    source = Source(
        file_name=f"passages {numbers[0]}.txt", media_type="text/plain", content=blob, licence="CC0"
    )
    document = Document(
        title="Passages",
        reader="bench 1",
        text=blob,
        length=len(words),
        sections=(Section(heading="Passages", level=1, start=0, end=len(words)),),
        made_from=(source.ref,),
    )
    store.put(source, document)
    return document.with_text(words)


def _chunks(document: Document) -> Iterator[Chunk]:
    start = 0
    for ordinal, passage in enumerate(document.words.split("\n\n"), 1):
        yield Chunk(
            document=document.ref,
            start=start,
            end=start + len(passage),
            chunk_type=ChunkType.CHAPTER_SEQUENTIAL,
            ordinal=ordinal,
            confidence=Decimal(1),
            cue="bench",
            made_from=(document.ref, RECIPE.ref),
        )
        start += len(passage) + 2


def prompt_record() -> Prompt:
    """The prompt as it stands in lineage."""
    return Prompt(name="bench/item", text=items.SYSTEM)


class Bench:
    """The work over every stored passage; see `lorewright.jobs.Priced`."""

    def __init__(self, store: Store, asker: Asker) -> None:
        self.step = STEP
        self._store = store
        self._asker = asker
        self._prompt = prompt_record()

    def shards(self) -> Iterator[tuple[str, ...]]:
        """A document and its chunks."""
        for document in self._store.names("document"):
            yield (document, *self._store.children([document], kind="chunk"))

    def pieces(self, shard: tuple[str, ...]) -> Iterator[WaitingPiece]:
        """One for each passage of a document."""
        name, *chunks = map(Ref.parse, shard)
        document = self._store.document(name)
        for chunk in self._store.get_many(chunks, Chunk):
            yield WaitingPiece(str(chunk.ref.short), self._begin(document, chunk))

    def forecasts(self) -> Iterator[Forecast]:
        """None; nobody estimates here."""
        return iter(())

    def _begin(self, document: Document, chunk: Chunk) -> Callable[[], WaitingPrepared]:
        async def work() -> Iterable[Record]:
            return [await self._item(document, chunk)]

        inputs = (document.ref, chunk.ref, self._prompt.ref, self._asker.model)
        return lambda: WaitingPrepared(inputs, work)

    async def _item(self, document: Document, chunk: Chunk) -> Record:
        passage = document.words[chunk.start : chunk.end]
        messages = (Message("system", items.SYSTEM), Message("user", passage))
        rendered = Rendered(self._prompt, messages)
        purpose = Purpose("bench/item", (document.ref,))
        item = (await ask(self._asker, rendered, Item, purpose)).value
        found = quoted([item.quote], document, [chunk])
        parents = (chunk.ref, document.ref, RECIPE.ref, self._prompt.ref, self._asker.model)
        if found.fault is not None:
            return Rejection(
                step="pairs",
                outcome="rejected",
                reason=found.fault.reason,
                detail=found.fault.detail,
                made_from=parents,
            )
        return Example(
            turns=(Turn(role="user", text=item.question), Turn(role="assistant", text=item.answer)),
            level=Level.CHUNK_PURE,
            task_form="locate",
            teacher="pairs",
            evidence=found.evidence,
            made_from=parents,
        )


def plan(
    store: Store, _settings: Settings, asker: Asker, _choice: Mapping[str, JsonValue]
) -> Iterable[Bench]:
    """The only work there is."""
    yield Bench(store, asker)


def order(max_cost: Decimal | None = None) -> dict[str, JsonValue]:
    """The request of the run, the same in every process."""
    return Ordered({}, 0, "openai:bench", "bench", max_cost).as_request()


def export(store: Store, out: Path) -> int:
    """Write every example as the other tools write their items, and count them."""
    count = 0
    with out.open("w", encoding="utf-8") as file:
        for example in store.get_many(store.names("example"), Example):
            evidence = example.evidence[0]
            number = items.number_in(evidence.quote)
            item = {"question": example.question, "answer": example.answer}
            file.write(json.dumps({"number": number, **item, "quote": evidence.quote}) + "\n")
            count += 1
    return count


def main() -> int:
    """Prepare a workspace, do the work in it, join it as a worker, or export what it holds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("role", choices=("prepare", "run", "order", "work", "export"))
    parser.add_argument("--url")
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--database")
    told = parser.parse_args()
    workspace = Workspace(told.out / "workspace")
    settings = settings_for(told.url, told.at_once, told.database)
    if told.role == "prepare":
        workspace.make()
    with workspace.open(settings) as store:
        if told.role == "prepare":
            prepare(store, told.count)
            return 0
        if told.role == "export":
            return 0 if export(store, told.out / "items.jsonl") else 1
        if told.role == "order":
            start_run(store, WORK, order())
            return 0
        handlers = {WORK: PricedHandler(store, settings, plan)}
        if told.role == "work":
            work_for_others(store, handlers, until_idle=True, pace=Pace())
            return 0
        view = run_work(store, WORK, order(), handlers=handlers)
        return 0 if view.counts.made == told.count else 1


if __name__ == "__main__":
    sys.exit(main())
