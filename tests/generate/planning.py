"""Chunks, facts and accepted pairs for tests of planning, without a document."""

import hashlib

from hypothesis import strategies as st

from lorewright.generate.pairs import Order, Place, Subject, Target, Want, Written
from lorewright.lineage import Ref
from lorewright.records import ChunkType
from lorewright.settings import PairSettings

DOCUMENT = Ref("document", "d" * 64)
ROOM = 10_000
"""Characters of the document that belong to one chunk, so that no two overlap."""


def name(kind: str, *what: object) -> Ref:
    return Ref(kind, hashlib.sha256(repr(what).encode()).hexdigest())


def a_subject(
    number: int = 0,
    *,
    characters: int = 1200,
    facts: int = 2,
    companions: int = 1,
    kind: ChunkType = ChunkType.CHAPTER_SEQUENTIAL,
) -> Subject:
    start = number * ROOM
    return Subject(
        chunk=name("chunk", number),
        document=DOCUMENT,
        chunk_type=kind,
        characters=characters,
        companions=tuple(name("chunk", number + 1 + one) for one in range(companions)),
        facts=tuple(
            Place(name("fact", number, one), ((start + 50 * one, start + 50 * one + 40),))
            for one in range(facts)
        ),
    )


@st.composite
def subjects(draw: st.DrawFn, *, most: int = 12) -> list[Subject]:
    return [
        a_subject(
            number,
            characters=draw(st.integers(40, 2400)),
            facts=draw(st.integers(0, 2)),
            companions=draw(st.integers(0, 2)),
            kind=draw(st.sampled_from(list(ChunkType))),
        )
        for number in range(draw(st.integers(1, most)))
    ]


@st.composite
def targets(draw: st.DrawFn) -> Target:
    levels = draw(st.sets(st.integers(1, 4), min_size=1))
    return Target(
        settings=PairSettings(
            pairs_per_chunk=draw(st.integers(1, 15)), pairs_per_call=draw(st.integers(1, 7))
        ),
        levels=tuple(sorted(levels)),
        pairs_per_document=draw(st.none() | st.integers(0, 120)),
    )


def a_target(*, levels: tuple[int, ...] = (1, 2, 3), total: int | None = None) -> Target:
    return Target(settings=PairSettings(), levels=levels, pairs_per_document=total)


def carried_out(order: Order, subject: Subject) -> list[Written]:
    """What a faultless teacher would write."""
    return [written(order, want, subject, at) for at, want in enumerate(order.wants)]


def written(order: Order, want: Want, subject: Subject, at: int) -> Written:
    places = {place.fact: place.spans for place in subject.facts}
    behind = int(subject.chunk.id[:4], 16)
    spans = places[want.fact] if want.fact else ((10_000_000 + behind, 10_000_040 + behind),)
    what = (order.name, at)
    return Written(
        example=name("example", what),
        chunks=order.chunks,
        level=order.level,
        form=want.form,
        spans=spans,
        question=hashlib.sha256(repr(what).encode()).digest(),
    )
