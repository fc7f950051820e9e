"""What two chunks have to do with each other, with the words on both sides."""

from typing import Literal, NamedTuple

from pydantic import BaseModel, Field

from lorewright.analyze.context.quoting import NOT_FOUND, Claim, Stretch, Tally, quarantined
from lorewright.analyze.context.shelf import Shelf
from lorewright.analyze.context.teacher import Teacher
from lorewright.llms import ask, render
from lorewright.records import (
    Chunk,
    ContextNotes,
    DifferingTerm,
    Document,
    Relation,
    RelationKind,
)

Said = Literal[
    "elaborates",
    "exemplifies",
    "supports",
    "contradicts",
    "precedes",
    "prerequisite_of",
    "refers_to",
]


class Side(NamedTuple):
    """One of the two chunks."""

    document: Document
    chunk: Chunk

    @property
    def words(self) -> str:
        """What it says."""
        return self.document.words[self.chunk.start : self.chunk.end]

    def stretch(self, shelf: Shelf) -> Stretch:
        """Where its quotes are looked for."""
        return Stretch(self.document, self.chunk.start, self.chunk.end, shelf)


class _Edge(BaseModel):
    relation: Said
    runs: Literal["from_first_to_second", "from_second_to_first"]
    why: str = Field(min_length=1, max_length=300, description="one sentence")
    first_quotes: list[str] = Field(description="one or two sentences of the first, copied")
    second_quotes: list[str] = Field(description="one or two sentences of the second, copied")


class PairEdges(BaseModel):
    """What is asked about two chunks of one document; no relations when there is none."""

    relations: list[_Edge] = Field(max_length=7)


class _Word(BaseModel):
    term: str = Field(min_length=1, max_length=80, description="as both passages write it")
    difference: str = Field(min_length=1, max_length=300, description="one sentence")
    first_quotes: list[str] = Field(description="a sentence of the first that uses it, copied")
    second_quotes: list[str] = Field(description="a sentence of the second that uses it, copied")


class PairEdgesAndWords(PairEdges):
    """What is asked about chunks of two documents."""

    differing_terms: list[_Word] = Field(max_length=12)


async def relate(first: Side, second: Side, *, titles: str, teacher: Teacher) -> ContextNotes:
    """Ask what two chunks have to do with each other.

    A relation counts when words on both sides are found. Chunks of different documents are
    also asked for words that they use in different senses.

    Raises:
        ModelError: when the teacher gives no answer that can be used.
    """
    shape = PairEdges if first.document == second.document else PairEdgesAndWords
    rendered = render(teacher.prompt, title=titles, first=first.words, second=second.words)
    owners = tuple(dict.fromkeys((first.document.ref, second.document.ref)))
    answer = await ask(teacher.asker, rendered, shape, teacher.purpose(*owners))
    shelf, tally = Shelf(), Tally()
    desk = _Desk(first, second, shelf, tally)
    relations = [found for one in answer.value.relations if (found := desk.relation(one))]
    differing: list[DifferingTerm] = []
    if isinstance(answer.value, PairEdgesAndWords):
        differing = [found for one in answer.value.differing_terms if (found := desk.word(one))]
    return ContextNotes(
        made_from=(*owners, first.chunk.ref, second.chunk.ref, *teacher.parents),
        documents=owners,
        level=0,
        relations=_each_kind_once(relations),
        differing=tuple(differing),
        quarantined=quarantined(tally),
        evidence=shelf.evidence,
    )


class _Desk(NamedTuple):
    """Where the answer about one pair is checked."""

    first: Side
    second: Side
    shelf: Shelf
    tally: Tally

    def relation(self, said: _Edge) -> Relation | None:
        places = self._on_both_sides(said)
        if places is None:
            self.tally[Claim("relations", NOT_FOUND)] += 1
            return None
        ends = (self.first.chunk.ref, places[0]), (self.second.chunk.ref, places[1])
        source, target = ends if said.runs == "from_first_to_second" else ends[::-1]
        return Relation(
            relation=RelationKind(said.relation),
            source=source[0],
            target=target[0],
            why=said.why,
            source_evidence=source[1],
            target_evidence=target[1],
        )

    def word(self, said: _Word) -> DifferingTerm | None:
        uses = [side.stretch(self.shelf).first_use(said.term) for side in (self.first, self.second)]
        places = self._on_both_sides(said)
        if places is None or not all(uses):
            self.tally[Claim("differing_terms", NOT_FOUND)] += 1
            return None
        return DifferingTerm(
            term=said.term, difference=said.difference, first=places[0], second=places[1]
        )

    def _on_both_sides(self, said: _Edge | _Word) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        first = self.first.stretch(self.shelf).places(said.first_quotes, self.tally)
        second = self.second.stretch(self.shelf).places(said.second_quotes, self.tally)
        return (first, second) if first and second else None


def _each_kind_once(relations: list[Relation]) -> tuple[Relation, ...]:
    """Of relations of one kind and direction the first."""
    found: dict[tuple[str, str], Relation] = {}
    for one in relations:
        found.setdefault((one.relation, one.source), one)
    return tuple(found.values())
