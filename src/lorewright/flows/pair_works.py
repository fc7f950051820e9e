"""The two kinds of work of pair writing: to find key facts, and to carry out orders."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from lorewright.flows.pair_bench import Bench
from lorewright.flows.pair_orders import characters_of, commission_of, forecasts_of
from lorewright.generate.pairs import (
    FACTS_PROMPT,
    PROMPTS,
    Order,
    facts_prompt,
    key_facts,
    most_facts,
    write_pairs,
)
from lorewright.jobs import Forecast, Step, WaitingPiece, WaitingPrepared
from lorewright.lineage import Ref
from lorewright.records import Chunk, KeyFact, Record
from lorewright.store import memo_key

SHARD = 16
"""Calls of one shard, about."""
FACT_TOKENS = (30, 150)
"""The fewest and the most tokens of one key fact with its quotes."""


class FactWork:
    """Find the key facts of every chunk; a piece is one chunk.

    Args:
        bench: what is at hand.
        foreseen: the orders that are likely to follow, for an estimate before any fact is known.
    """

    def __init__(self, bench: Bench, foreseen: Callable[[], Iterable[Order]]) -> None:
        self.bench = bench
        self.step = bench.facts_step
        self._foreseen = foreseen

    def shards(self) -> Iterator[tuple[str, ...]]:
        """A document, then some of its chunks."""
        for document in self.bench.documents:
            names = [chunk.ref for chunk in self.bench.chunks(document)]
            for at in range(0, len(names), SHARD):
                yield (document, *names[at : at + SHARD])

    def pieces(self, shard: tuple[str, ...]) -> Iterator[WaitingPiece]:
        """One piece for each chunk of the shard."""
        document, *chunks = map(Ref.parse, shard)
        for chunk in chunks:
            yield WaitingPiece(f"{chunk.short} facts", self._begin(document, chunk))

    def forecasts(self) -> Iterator[Forecast]:
        """The calls for facts, and those of the first round as far as they can be foreseen.

        What pairs are ordered depends on the facts, and what later rounds order on the answers.
        """
        waiting = 0
        for document in self.bench.documents:
            open_chunks = [
                chunk
                for chunk in self.bench.chunks(document)
                if self._made(document, chunk.ref) is None
            ]
            waiting += len(open_chunks)
            yield self._forecast(document, open_chunks)
        if waiting:
            yield from forecasts_of(self.bench, self._foreseen())

    def facts(self, document: Ref) -> dict[Ref, list[KeyFact]] | None:
        """The facts of each chunk of a document; None when some were not asked for yet."""
        found: dict[Ref, list[KeyFact]] = {}
        for chunk in self.bench.chunks(document):
            made = self._made(document, chunk.ref)
            if made is None:
                return None
            names = [ref for ref in made if ref.kind == KeyFact.kind]
            found[chunk.ref] = list(self.bench.store.get_many(names, KeyFact))
        return found

    def made(self) -> list[Ref]:
        """Everything that the pieces made, as far as they are done."""
        return [
            ref
            for document in self.bench.documents
            for chunk in self.bench.chunks(document)
            for ref in self._made(document, chunk.ref) or ()
        ]

    def _inputs(self, document: Ref, chunk: Ref) -> tuple[Ref, ...]:
        return document, chunk, self.bench.prompts[FACTS_PROMPT].ref, self.bench.asker.model

    def _made(self, document: Ref, chunk: Ref) -> list[Ref] | None:
        return _memo(self.bench, self.step, self._inputs(document, chunk))

    def _begin(self, document: Ref, chunk: Ref) -> Callable[[], WaitingPrepared]:
        bench, prompt = self.bench, self.bench.prompts[FACTS_PROMPT]

        async def work() -> Iterable[Record]:
            return await key_facts(
                bench.store.document(document),
                bench.chunk(document, chunk),
                asker=bench.asker,
                prompt=prompt,
                settings=bench.settings.pairs,
                hand=bench.hand(prompt, self.step),
            )

        return lambda: WaitingPrepared(self._inputs(document, chunk), work)

    def _forecast(self, document: Ref, chunks: Sequence[Chunk]) -> Forecast:
        settings, prompt = self.bench.settings.pairs, self.bench.prompts[FACTS_PROMPT]
        read = self.bench.store.document(document)
        most = [most_facts(chunk.end - chunk.start, settings) for chunk in chunks]
        return Forecast(
            purpose=FACTS_PROMPT,
            calls=len(chunks),
            input_characters=sum(
                characters_of(facts_prompt(read, chunk, count, prompt))
                for chunk, count in zip(chunks, most, strict=True)
            ),
            output_tokens=(FACT_TOKENS[0], FACT_TOKENS[1] * max(most, default=1)),
        )


class OrderWork:
    """Carry out orders; a piece is one of them.

    Args:
        bench: what is at hand.
        orders: those of one round.
    """

    def __init__(self, bench: Bench, orders: Sequence[Order] = ()) -> None:
        self.bench = bench
        self.step = bench.pairs_step
        self.orders = tuple(orders)

    def shards(self) -> Iterator[tuple[str, ...]]:
        """The names of the orders, which say all that there is to do."""
        for at in range(0, len(self.orders), SHARD):
            yield tuple(order.name for order in self.orders[at : at + SHARD])

    def pieces(self, shard: tuple[str, ...]) -> Iterator[WaitingPiece]:
        """One piece for each order."""
        for name in shard:
            order = Order.read(name)
            label = f"{order.chunks[0].short} level {order.level}"
            yield WaitingPiece(label, self._begin(order))

    def forecasts(self) -> Iterator[Forecast]:
        """The calls for the orders that are not carried out."""
        yield from forecasts_of(
            self.bench, (order for order in self.orders if self.made(order) is None)
        )

    def made(self, order: Order) -> list[Ref] | None:
        """What came of an order; None when it is not settled."""
        return _memo(self.bench, self.step, self._inputs(order))

    def _inputs(self, order: Order) -> tuple[Ref, ...]:
        prompt = self.bench.prompts[PROMPTS[order.level]]
        return order.document, order.ref, prompt.ref, self.bench.asker.model

    def _begin(self, order: Order) -> Callable[[], WaitingPrepared]:
        bench, prompt = self.bench, self.bench.prompts[PROMPTS[order.level]]

        async def work() -> Iterable[Record]:
            return await write_pairs(
                commission_of(bench, order),
                asker=bench.asker,
                prompt=prompt,
                settings=bench.settings.pairs,
                hand=bench.hand(prompt, self.step),
            )

        return lambda: WaitingPrepared(self._inputs(order), work, weight=len(order.wants))


def _memo(bench: Bench, step: Step, inputs: tuple[Ref, ...]) -> list[Ref] | None:
    key = memo_key(step.name, code=step.code, inputs=inputs, recipe=step.recipe)
    return bench.store.memo(key)
