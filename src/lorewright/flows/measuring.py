"""How varied a set of examples is, and how much of its documents it speaks of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lorewright import curate
from lorewright.flows.current import living_documents
from lorewright.flows.knowledge import KnownShare, known_share_of
from lorewright.flows.ratings import Ratings, ratings_of
from lorewright.lineage import Ref
from lorewright.measures import (
    EntityBalance,
    Held,
    HoldOutReach,
    Lengths,
    Mixture,
    UsablePairs,
    distinct,
    entity_balance,
    hold_out_reach,
    lengths,
    mixture,
    mtld,
    near_duplicate_share,
    usable_pairs,
)
from lorewright.records import FROM_DOCUMENTS, Dataset, Example, Split
from lorewright.store import Store, examples


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """How much of one document stands in the evidence of the examples."""

    document: Ref
    title: str
    characters: int
    """With content, as `curate.coverage` counts them."""
    covered: int
    sections: int
    sections_covered: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A set of examples in numbers."""

    examples: int
    questions: Lengths
    answers: Lengths
    distinct_1: float | None
    """Of the answers."""
    distinct_2: float | None
    mtld: float | None
    """Of the answers; None without a word that occurs twice."""
    usable: UsablePairs
    near_duplicate_questions: float | None
    """Share of the questions that nearly repeat an earlier one."""
    forms: Mixture
    levels: Mixture
    entities: EntityBalance
    sources: tuple[SourceCoverage, ...]
    """Every current document, also one of which nothing is taught."""
    ratings: Ratings
    knowledge: KnownShare


def measure(
    store: Store, names: Sequence[Ref], *, threshold: Decimal, terms: Iterable[str] = ()
) -> Measured:
    """Measure the examples `names` against the current documents.

    Args:
        store: where they are.
        names: the examples.
        threshold: the Jaccard similarity from which two questions are nearly the same.
        terms: words that count as entities beside capitalised phrases.

    Raises:
        NotYet: when there are no documents.
    """
    questions: list[str] = []
    answers: list[str] = []
    forms: list[str] = []
    levels: list[str] = []
    spans: defaultdict[Ref, set[tuple[int, int]]] = defaultdict(set)
    for example in store.get_many(names, Example):
        questions.append(example.question)
        answers.append(example.answer)
        forms.append(example.task_form)
        levels.append(example.level.value)
        for one in example.evidence:
            spans[one.document].add((one.start, one.end))
    return Measured(
        examples=len(questions),
        questions=lengths(questions),
        answers=lengths(answers),
        distinct_1=distinct(answers, 1),
        distinct_2=distinct(answers, 2),
        mtld=mtld(answers),
        usable=usable_pairs(answers),
        near_duplicate_questions=near_duplicate_share(questions, threshold=threshold),
        forms=mixture(forms),
        levels=mixture(levels, wanted=[level.value for level in FROM_DOCUMENTS]),
        entities=entity_balance(answers, terms=terms),
        sources=tuple(_sources(store, spans)),
        ratings=ratings_of(store, names),
        knowledge=known_share_of(store, names),
    )


def held_out_of(store: Store, dataset: Dataset) -> HoldOutReach | None:
    """How near what `dataset` trains on comes to its transfer set.

    The recall set is near by design: its answers are taught, and only its questions are new.

    Returns:
        None where the dataset has no transfer set.

    Raises:
        MissingExtra: when numpy or scikit-learn is not installed.
    """

    def texts(split: Split) -> Iterator[Held]:
        for example in examples(store, dataset, split):
            yield Held(example.ref, (f"{example.question}\n{example.answer}",))

    return hold_out_reach(list(texts(Split.TRANSFER)), texts(Split.TRAIN))


def _sources(
    store: Store, spans: defaultdict[Ref, set[tuple[int, int]]]
) -> Iterable[SourceCoverage]:
    for ref in living_documents(store):
        document = store.document(ref)
        found = curate.coverage(document, spans[ref])
        yield SourceCoverage(
            document=ref,
            title=document.title,
            characters=found.characters,
            covered=found.covered,
            sections=len(found.sections),
            sections_covered=found.sections_covered,
        )
