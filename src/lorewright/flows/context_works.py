"""Asking a teacher about documents as wholes: work in levels, each over what the last one made.

The works come one by one, and each is planned from what the store holds by then: relations
between chunks, notes about groups of chunks, notes put together level by level, contexts. A run
that is cut off goes on where it was, since every answer is kept under what it was made from.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import count

from lorewright.analyze import context
from lorewright.analyze.context import Given, Pair, Side
from lorewright.errors import NotYet
from lorewright.flows.context_desk import (
    NOTES,
    RELATIONS,
    THEMES,
    ContextChoice,
    Desk,
    gathered,
    group_inputs,
    pair_inputs,
)
from lorewright.flows.naming import parents
from lorewright.jobs import Forecast, Priced, Step, WaitingPiece, WaitingPrepared
from lorewright.lineage import Ref
from lorewright.llms import Asker
from lorewright.records import ContextNotes, Record
from lorewright.settings import Settings
from lorewright.store import Store

GROUPS_PER_SHARD = 8
PAIRS_PER_SHARD = 16
NOTES_TOKENS = (300, 1800)
THEMES_TOKENS = (50, 1200)
RELATION_TOKENS = (20, 500)
THEMES_CHARACTERS = 1600
"""Of the themes of one group, as far as can be said before it was read."""


def context_works(
    store: Store, settings: Settings, asker: Asker, choice: ContextChoice | None = None
) -> Iterator[Priced]:
    """The works that make the contexts of documents, each to be done before the next is asked for.

    Asked for without doing them, they say what the whole would cost.
    """
    desk = Desk(store, settings, asker, choice or ContextChoice())
    yield RelationWork(desk)
    yield NotesWork(desk)
    yield from joins(partial(knots_of, desk), partial(JoinWork, desk))
    yield ComposeWork(desk)


class RelationWork:
    """What pairs of chunks of one document have to do with each other."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.step: Step = desk.step(RELATIONS)

    def shards(self) -> Iterable[tuple[str, ...]]:
        """Documents with some of their pairs, as the places of their chunks."""
        for document in self._desk.documents:
            pairs = self._desk.pairs(self._desk.layout(document)).chosen
            names = [f"{one.first}-{one.second}" for one in pairs]
            yield from ((document, *some) for some in parted(names, PAIRS_PER_SHARD))

    def pieces(self, shard: tuple[str, ...]) -> Iterable[WaitingPiece]:
        """A piece for each pair."""
        document, *names = shard
        layout = self._desk.layout(Ref.parse(document))
        for name in names:
            first, second = places(name)
            label = f"{layout.document.ref.short} chunks {first + 1} and {second + 1}"
            yield WaitingPiece(label, self._begin(layout.document.ref, Pair(first, second, ())))

    def forecasts(self) -> Iterable[Forecast]:
        """A call for each pair that was not looked at."""
        calls = characters = 0
        for document in self._desk.documents:
            layout = self._desk.layout(document)
            for pair in self._desk.pairs(layout).chosen:
                if self._desk.made(self.step, pair_inputs(layout, pair)) is None:
                    calls += 1
                    characters += sum(
                        len(layout.words(layout.chunks[at])) for at in (pair.first, pair.second)
                    )
        yield from forecast(self._desk, RELATIONS, calls, characters, RELATION_TOKENS)

    def _begin(self, document: Ref, pair: Pair) -> Callable[[], WaitingPrepared]:
        def begin() -> WaitingPrepared:
            layout = self._desk.layout(document)
            sides = (Side(layout.document, layout.chunks[at]) for at in (pair.first, pair.second))
            first, second = sides

            async def work() -> Iterable[Record]:
                teacher = self._desk.teacher(RELATIONS)
                titles = context.title_of_pair(first.document, second.document)
                return [await context.relate(first, second, titles=titles, teacher=teacher)]

            return WaitingPrepared(pair_inputs(layout, pair), work)

        return begin


class NotesWork:
    """Notes about groups of consecutive chunks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.step: Step = desk.step(NOTES)

    def shards(self) -> Iterable[tuple[str, ...]]:
        """Documents with some of their groups, as the places of first and last chunk."""
        for document in self._desk.documents:
            groups = self._desk.groups(self._desk.layout(document))
            names = [f"{one.start}-{one.stop - 1}" for one in groups]
            yield from ((document, *some) for some in parted(names, GROUPS_PER_SHARD))

    def pieces(self, shard: tuple[str, ...]) -> Iterable[WaitingPiece]:
        """A piece for each group."""
        document, *names = shard
        for name in names:
            first, last = places(name)
            ref = Ref.parse(document)
            label = f"{ref.short} chunks {first + 1} to {last + 1}"
            yield WaitingPiece(label, self._begin(ref, range(first, last + 1)))

    def forecasts(self) -> Iterable[Forecast]:
        """A call for each group that was not read, and those that will put the notes together."""
        calls = characters = joins = 0
        for document in self._desk.documents:
            layout = self._desk.layout(document)
            open_groups = [
                group for group, notes in self._desk.notes_of_groups(layout) if notes is None
            ]
            calls += len(open_groups)
            characters += sum(
                len(layout.words(layout.chunks[at])) for group in open_groups for at in group
            )
            if open_groups:
                joins += self._expected_joins(len(self._desk.groups(layout)))
        yield from forecast(self._desk, NOTES, calls, characters, NOTES_TOKENS)
        at_once = self._desk.settings.context.notes_at_once
        expected = joins * at_once * THEMES_CHARACTERS
        yield from forecast(self._desk, THEMES, joins, expected, THEMES_TOKENS)

    def _expected_joins(self, notes: int) -> int:
        """How many calls put `notes` notes together, when each has as many as it can."""
        calls = 0
        while notes > 1:
            notes = -(-notes // self._desk.settings.context.notes_at_once)
            calls += notes
        return calls

    def _begin(self, document: Ref, group: range) -> Callable[[], WaitingPrepared]:
        def begin() -> WaitingPrepared:
            layout = self._desk.layout(document)
            chunks = [layout.chunks[at] for at in group]

            async def work() -> Iterable[Record]:
                teacher, title = self._desk.teacher(NOTES), layout.document.title
                return [await context.take_notes(layout, chunks, title=title, teacher=teacher)]

            return WaitingPrepared(group_inputs(layout, group), work)

        return begin


Knots = Sequence[tuple[Ref, tuple[Ref, ...]]]
"""Documents with notes of theirs that belong together."""


class JoinWork:
    """One level of the tree: notes that lie side by side become one.

    Args:
        desk: where the documents lie.
        knots: what is put together.
        corpus: what the notes are called when they are about all documents of the desk.
    """

    def __init__(self, desk: Desk, knots: Knots = (), *, corpus: str | None = None) -> None:
        self._desk = desk
        self._knots = knots
        self._corpus = corpus
        self.step: Step = desk.step(THEMES)

    def shards(self) -> Iterable[tuple[str, ...]]:
        """A document with the notes that are put together."""
        return ((document, *notes) for document, notes in self._knots)

    def pieces(self, shard: tuple[str, ...]) -> Iterable[WaitingPiece]:
        """One piece: the notes of the shard."""
        document, *notes = map(Ref.parse, shard)
        yield WaitingPiece(f"{document.short} {len(notes)} notes", self._begin(document, notes))

    def forecasts(self) -> Iterable[Forecast]:
        """A call for each group of notes that is not put together yet."""
        waiting = [
            notes
            for document, notes in self._knots
            if self._desk.made(self.step, (document, *notes)) is None
        ]
        lengths = (
            context.themes_length(one)
            for notes in waiting
            for one in self._desk.store.get_many(notes, ContextNotes)
        )
        yield from forecast(self._desk, THEMES, len(waiting), sum(lengths), THEMES_TOKENS)

    def _begin(self, document: Ref, notes: Sequence[Ref]) -> Callable[[], WaitingPrepared]:
        async def work() -> Iterable[Record]:
            read = list(self._desk.store.get_many(notes, ContextNotes))
            teacher, of = self._desk.teacher(THEMES), self._owners(document)
            above = parents(self._desk.store, of, *notes, *teacher.parents)
            title = self._corpus or self._desk.store.document(document).title
            return [await context.join(read, title=title, teacher=teacher, parents=above)]

        return lambda: WaitingPrepared((document, *notes), work)

    def _owners(self, document: Ref) -> list[Ref]:
        """The documents that are quoted, each a parent, so that erasing one reaches the notes."""
        return [*self._desk.documents] if self._corpus else [document]


class ComposeWork:
    """The context of each document from all that was noted; asks nobody."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.step: Step = desk.composing([RELATIONS, NOTES, THEMES])

    def shards(self) -> Iterable[tuple[str, ...]]:
        """A document each."""
        return ((document,) for document in self._desk.documents)

    def pieces(self, shard: tuple[str, ...]) -> Iterable[WaitingPiece]:
        """One piece: the document."""
        (document,) = map(Ref.parse, shard)
        yield WaitingPiece(f"{document.short} context", lambda: self._begin(document))

    def forecasts(self) -> Iterable[Forecast]:
        """Nothing is asked."""
        return ()

    def _begin(self, document: Ref) -> WaitingPrepared:
        desk, layout = self._desk, self._desk.layout(document)
        groups = list(desk.notes_of_groups(layout))
        taken = [ref for _, ref in groups if ref is not None]
        level = desk.level(document, taken)
        if not taken or level.knots:
            raise NotYet(
                f"the notes about {document.short} are not put together yet",
                hint="run the same command again; what was asked is not asked again",
            )
        pairs = desk.pairs(layout)
        step = desk.step(RELATIONS)
        found = (desk.made(step, pair_inputs(layout, pair)) for pair in pairs.chosen)
        related = [ref for ref in found if ref is not None]
        known = desk.analyses(document)
        inputs = (document, *level.notes, *related, *(one.ref for one in known))
        unread = tuple((group[0], group[-1]) for group, ref in groups if ref is None)

        async def work() -> Iterable[Record]:
            store = desk.store
            given = Given(
                notes=store.get(level.notes[0], ContextNotes),
                pairs=tuple(store.get_many(related, ContextNotes)),
                analyses=known,
                found=pairs.found,
                asked=len(pairs.chosen),
                groups=len(groups),
                unread=unread,
            )
            above = (
                document,
                *level.notes,
                *gathered(store, related),
                *gathered(store, [one.ref for one in layout.chunks]),
                *gathered(store, [one.ref for one in known]),
                self.step.recipe,
                desk.asker.model,
            )
            return [context.compose(layout, given, teacher=desk.teacher_name, parents=above)]

        return WaitingPrepared(inputs, work)


def knots_of(desk: Desk, tier: int) -> Knots:
    """What is put together in one tier of the trees of all documents."""
    found: list[tuple[Ref, tuple[Ref, ...]]] = []
    for document in desk.documents:
        notes = [ref for _, ref in desk.notes_of_groups(desk.layout(document)) if ref is not None]
        found += ((document, knot) for knot in desk.knots(document, notes, tier))
    return found


def joins(knots: Callable[[int], Knots], work: Callable[[Knots], Priced]) -> Iterator[Priced]:
    """A work for each tier, done or not, as far up as is known.

    A tier that is done is a work as well: every process counts the works of a run and must
    come to the same number, whenever it begins to count.
    """
    for tier in count():
        found = knots(tier)
        if not found:
            return
        yield work(found)


def forecast(
    desk: Desk, name: str, calls: int, characters: int, tokens: tuple[int, int]
) -> Iterator[Forecast]:
    """What some calls with one prompt will be; none for no calls."""
    if calls:
        own = len(desk.prompt(name).text)
        yield Forecast(name, calls, characters + calls * own, output_tokens=tokens)


def parted(names: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    """Names in rows of at most `most`."""
    return (tuple(names[at : at + most]) for at in range(0, len(names), most))


def places(name: str) -> tuple[int, int]:
    """Two places from a name such as `3-17`."""
    first, _, second = name.partition("-")
    return int(first), int(second)
