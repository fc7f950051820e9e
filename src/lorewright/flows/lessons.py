"""Which examples of a dataset are learnt from, and which of them belong together."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import islice

from lorewright import train
from lorewright.lineage import Ref
from lorewright.records import Dataset, Example, Split
from lorewright.settings import TrainingSettings
from lorewright.similarity import exact_digest
from lorewright.store import Store, examples

AT_ONCE = 256
"""Examples in memory at a time."""


def taught(store: Store, data: Dataset, settings: TrainingSettings) -> Iterator[Example]:
    """What an adapter learns from: the training split, or the part of it that is asked for.

    Raises:
        Refused: when more is asked for than there is.
    """
    if settings.examples is None:
        yield from examples(store, data, Split.TRAIN)
        return
    groups = {example.ref: lesson_of(example) for example in examples(store, data, Split.TRAIN)}
    chosen = train.subset([*groups.values()], settings.examples, seed=settings.seed)
    names = [*groups]
    wanted = iter([names[place] for place in chosen])
    while batch := list(islice(wanted, AT_ONCE)):
        yield from store.get_many(batch, Example)


def count_taught(store: Store, data: Dataset, settings: TrainingSettings) -> int:
    """How many examples an adapter learns from.

    Raises:
        Refused: when more is asked for than there is.
    """
    if settings.examples is None:
        membership = data.membership(Split.TRAIN)
        return membership.count if membership else 0
    return sum(1 for _ in taught(store, data, settings))


def lesson_of(example: Example) -> str:
    """The lesson that an example belongs to: what cites the same words, or one conversation.

    A conversation without evidence and its continuations open with the same words.
    """
    if example.evidence:
        spans = sorted({(str(one.document), one.start, one.end) for one in example.evidence})
        return "fact " + " ".join(f"{document}:{start}-{end}" for document, start, end in spans)
    return _opening(example)


def held_out_units(store: Store, data: Dataset) -> Mapping[str, str]:
    """What each watched example counts under: a section of a document, or a conversation.

    Examples of one section share its words, so that they are no independent witnesses.
    """
    starts = dict[Ref, list[int]]()
    units: dict[str, str] = {}
    for example in examples(store, data, Split.VALID):
        if not example.evidence:
            units[str(example.ref)] = _opening(example)
            continue
        first = min(example.evidence, key=lambda one: (one.document, one.start))
        if first.document not in starts:
            sections = store.document(first.document).sections
            starts[first.document] = [section.start for section in sections]
        section = bisect_right(starts[first.document], first.start)
        units[str(example.ref)] = f"section {first.document}:{section}"
    return units


def answer_characters(store: Store, data: Dataset) -> Mapping[str, int]:
    """How many characters the assistant says in each watched example."""
    return {
        str(example.ref): sum(len(turn.text) for turn in example.turns if turn.role == "assistant")
        for example in examples(store, data, Split.VALID)
    }


def _opening(example: Example) -> str:
    opening = next((turn.text for turn in example.turns if turn.role == "user"), example.answer)
    return f"conversation {exact_digest(opening).hex()}"
