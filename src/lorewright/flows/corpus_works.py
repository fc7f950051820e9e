"""Asking a teacher what several documents share and where they part.

It rests on the contexts that a teacher made of each of them: their themes are put together in a
tree as notes are, and chunks of different documents that share rare words are compared.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from lorewright.analyze import context
from lorewright.analyze.context import CorpusGiven, Pair, Side
from lorewright.errors import NotYet, UsageError
from lorewright.flows.context_desk import BETWEEN, THEMES, Between, ContextChoice, Desk, gathered
from lorewright.flows.context_works import (
    PAIRS_PER_SHARD,
    RELATION_TOKENS,
    JoinWork,
    Knots,
    forecast,
    joins,
    parted,
    places,
)
from lorewright.flows.known_contexts import context_of
from lorewright.flows.naming import parents
from lorewright.jobs import Forecast, Priced, Step, WaitingPiece, WaitingPrepared
from lorewright.lineage import Ref
from lorewright.llms import Asker
from lorewright.records import ContextNotes, DocumentContext, Record
from lorewright.settings import Settings
from lorewright.store import Store

ALL_OF_THEM = "several documents"
"""What the themes of a corpus are themes of."""


def corpus_works(
    store: Store, settings: Settings, asker: Asker, choice: ContextChoice | None = None
) -> Iterator[Priced]:
    """The works that make the context of several documents, one after the other.

    Raises:
        UsageError: when it is one document only.
        NotYet: when a document has no context of a teacher's.
    """
    corpus = Corpus(Desk(store, settings, asker, choice or ContextChoice()))
    corpus.refuse_too_soon()
    yield BetweenWork(corpus)
    yield from joins(corpus.knots, corpus.join)
    yield ComposeCorpusWork(corpus)


@dataclass
class Corpus:
    """Several documents on one desk, each with its context."""

    desk: Desk

    @cached_property
    def contexts(self) -> tuple[DocumentContext, ...]:
        """What a teacher said about each document."""
        if len(self.desk.documents) < 2:
            raise UsageError("a corpus has two documents or more, and this is one")
        return tuple(map(self._context, self.desk.documents))

    def refuse_too_soon(self) -> None:
        """Stop before anything is asked when the contexts are not there.

        Raises:
            UsageError: when it is one document only.
            NotYet: when a document has no context of a teacher's.
        """
        if not self.contexts:
            raise NotYet("there are no documents to see together")

    @cached_property
    def ref(self) -> Ref:
        """One name for all contexts."""
        return gathered(self.desk.store, [one.ref for one in self.contexts])[0]

    @cached_property
    def leaves(self) -> tuple[Ref, ...]:
        """The themes of each document as notes, which are kept."""
        return tuple(self.desk.store.put(*map(context.notes_from, self.contexts)))

    @cached_property
    def between(self) -> Between:
        """The pairs of chunks that are compared."""
        return self.desk.between()

    def knots(self, tier: int) -> Knots:
        """What is put together in one tier of the tree."""
        return [(self.ref, knot) for knot in self.desk.knots(self.ref, self.leaves, tier)]

    def join(self, knots: Knots) -> JoinWork:
        """The work that puts some notes together."""
        return JoinWork(self.desk, knots, corpus=ALL_OF_THEM)

    def inputs(self, pair: Pair) -> tuple[Ref, ...]:
        """What the notes about a pair are made from."""
        first, second = (self.between.chunks[at] for at in (pair.first, pair.second))
        return first.document, second.document, first.ref, second.ref

    def side(self, at: int) -> Side:
        """A chunk with its document."""
        chunk = self.between.chunks[at]
        return Side(self.between.layout_of(chunk).document, chunk)

    def _context(self, document: Ref) -> DocumentContext:
        found = context_of(self.desk.store, self.desk.settings, document)
        if found is None or found.teacher == context.RULES:
            raise NotYet(
                f"no teacher has seen {document.short} as a whole",
                hint="a corpus is put together from the contexts of its documents",
            )
        return found


class BetweenWork:
    """What chunks of different documents have to do with each other."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self.step: Step = corpus.desk.step(BETWEEN)

    def shards(self) -> Iterable[tuple[str, ...]]:
        """The corpus with some pairs, as places in the row of all its chunks."""
        names = [f"{one.first}-{one.second}" for one in self._corpus.between.pairs.chosen]
        return ((self._corpus.ref, *some) for some in parted(names, PAIRS_PER_SHARD))

    def pieces(self, shard: tuple[str, ...]) -> Iterable[WaitingPiece]:
        """A piece for each pair."""
        for name in shard[1:]:
            first, second = places(name)
            sides = self._corpus.side(first), self._corpus.side(second)
            label = " and ".join(f"{one.document.ref.short} {one.chunk.ref.short}" for one in sides)
            yield WaitingPiece(label, self._begin(Pair(first, second, ()), *sides))

    def forecasts(self) -> Iterable[Forecast]:
        """A call for each pair that was not compared."""
        corpus = self._corpus
        calls = characters = 0
        for pair in corpus.between.pairs.chosen:
            if corpus.desk.made(self.step, corpus.inputs(pair)) is None:
                calls += 1
                characters += sum(len(corpus.side(at).words) for at in (pair.first, pair.second))
        return forecast(corpus.desk, BETWEEN, calls, characters, RELATION_TOKENS)

    def _begin(self, pair: Pair, first: Side, second: Side) -> Callable[[], WaitingPrepared]:
        async def work() -> Iterable[Record]:
            titles = context.title_of_pair(first.document, second.document)
            teacher = self._corpus.desk.teacher(BETWEEN)
            return [await context.relate(first, second, titles=titles, teacher=teacher)]

        return lambda: WaitingPrepared(self._corpus.inputs(pair), work)


class ComposeCorpusWork:
    """The context of all documents together from what was noted; asks nobody."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self.step: Step = corpus.desk.composing([BETWEEN, THEMES])

    def shards(self) -> Iterable[tuple[str, ...]]:
        """The corpus."""
        return ((self._corpus.ref,),)

    def pieces(self, shard: tuple[str, ...]) -> Iterable[WaitingPiece]:
        """One piece."""
        del shard
        yield WaitingPiece("corpus context", self._begin)

    def forecasts(self) -> Iterable[Forecast]:
        """Nothing is asked."""
        return ()

    def _begin(self) -> WaitingPrepared:
        corpus, desk = self._corpus, self._corpus.desk
        level = desk.level(corpus.ref, corpus.leaves)
        if level.knots:
            raise NotYet(
                "the themes of the documents are not put together yet",
                hint="run the same command again; what was asked is not asked again",
            )
        step, pairs = desk.step(BETWEEN), corpus.between.pairs
        found = (desk.made(step, corpus.inputs(pair)) for pair in pairs.chosen)
        related = [ref for ref in found if ref is not None]

        async def work() -> Iterable[Record]:
            given = CorpusGiven(
                notes=desk.store.get(level.notes[0], ContextNotes),
                pairs=tuple(desk.store.get_many(related, ContextNotes)),
                found=pairs.found,
                asked=len(pairs.chosen),
            )
            return [self._composed(given, level.notes, related)]

        return WaitingPrepared((corpus.ref, *level.notes, *related), work)

    def _composed(self, given: CorpusGiven, notes: Sequence[Ref], related: Sequence[Ref]) -> Record:
        corpus, desk = self._corpus, self._corpus.desk
        above = parents(
            desk.store,
            [*desk.documents],
            corpus.ref,
            *notes,
            *gathered(desk.store, related),
            self.step.recipe,
            desk.asker.model,
        )
        documents = desk.documents
        return context.compose_corpus(documents, given, teacher=desk.teacher_name, parents=above)
