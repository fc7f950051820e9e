"""From the names in an order to what they stand for, and what carrying it out will take."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lorewright.flows.pair_bench import Bench
from lorewright.generate.pairs import (
    COMPANIONS,
    LEVELS,
    PROMPTS,
    Commission,
    Order,
    Place,
    Subject,
    TaskForm,
    Written,
    companions,
    filled,
)
from lorewright.jobs import Forecast
from lorewright.lineage import Ref
from lorewright.llms import Rendered
from lorewright.records import Chunk, Example, KeyFact
from lorewright.similarity import exact_digest

PAIR_TOKENS = {1: (120, 500), 2: (120, 550), 3: (160, 700), 4: (200, 900)}
"""The fewest and the most tokens of one pair without follow-ups, at each level."""
FOLLOW_UP_TOKENS = (80, 700)
"""What the follow-ups of one pair add."""


def subjects_of(
    bench: Bench, document: Ref, facts: Mapping[Ref, Sequence[KeyFact]]
) -> list[Subject]:
    """The chunks of a document as planning sees them."""
    chunks = bench.chunks(document)
    beside = companions(
        bench.store.document(document), chunks, most=COMPANIONS, related=bench.related(document)
    )
    return [
        Subject(
            chunk=chunk.ref,
            document=document,
            chunk_type=chunk.chunk_type,
            characters=chunk.end - chunk.start,
            companions=beside[chunk.ref],
            facts=tuple(
                Place(fact.ref, tuple((one.start, one.end) for one in fact.evidence))
                for fact in facts.get(chunk.ref, ())
            ),
        )
        for chunk in chunks
    ]


def commission_of(bench: Bench, order: Order) -> Commission:
    """An order with everything that its names stand for."""
    store = bench.store
    return Commission(
        order=order,
        document=store.document(order.document),
        chunks=tuple(bench.chunk(order.document, chunk) for chunk in order.chunks),
        facts={fact.ref: fact for fact in store.get_many(order.facts(), KeyFact)},
        asked=tuple(store.get_many(order.asked, Example)),
        surroundings=bench.surroundings(order.document),
        notes=bench.choice.notes,
    )


def forecasts_of(bench: Bench, orders: Iterable[Order]) -> Iterator[Forecast]:
    """The calls for `orders`, level by level."""
    by_level: defaultdict[int, list[Order]] = defaultdict(list)
    for order in orders:
        by_level[order.level].append(order)
    for level, ours in sorted(by_level.items()):
        prompt = bench.prompts[PROMPTS[level]]
        characters = shared = 0
        seen: set[str] = set()
        for order in ours:
            rendered = filled(commission_of(bench, order), order, prompt, bench.settings.pairs)
            prefix = "\n".join(one.text for one in rendered.messages[:-1])
            characters += characters_of(rendered)
            shared += len(prefix) if prefix in seen else 0
            seen.add(prefix)
        wants = sum(len(order.wants) for order in ours) / len(ours)
        follow_ups = sum(order.follow_ups for order in ours) / len(ours)
        least, most = (
            round(each * wants + more * follow_ups)
            for each, more in zip(PAIR_TOKENS[level], FOLLOW_UP_TOKENS, strict=True)
        )
        yield Forecast(prompt.name, len(ours), characters, shared, (least, most))


def characters_of(rendered: Rendered) -> int:
    """How long a prompt is, all its messages together."""
    return sum(len(one.text) for one in rendered.messages)


def as_written(example: Example) -> Written:
    """What planning needs to know of a pair."""
    return Written(
        example=example.ref,
        chunks=tuple(ref for ref in example.made_from if ref.kind == Chunk.kind),
        level=next(number for number, level in LEVELS.items() if level is example.level),
        form=TaskForm(example.task_form),
        spans=tuple((one.start, one.end) for one in example.evidence),
        question=exact_digest(_first_question(example)),
    )


def _first_question(example: Example) -> str:
    return next(turn.text for turn in example.turns if turn.role == "user")
