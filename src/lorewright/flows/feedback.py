"""What reviewers and judges have to say to whoever writes the next examples.

Everything here is counted from decisions, edits and ratings; nothing is learnt and nothing is
kept, so the same decisions always say the same. People come first: where enough of them have
decided about a task form, ratings of it do not count.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean
from typing import NamedTuple

from lorewright.flows.current import current_documents
from lorewright.flows.edits import Edit, habits
from lorewright.flows.pair_bench import PairChoice
from lorewright.flows.ratings import newest_judgements
from lorewright.generate.pairs import TaskForm
from lorewright.lineage import Ref
from lorewright.records import (
    Chunk,
    Criterion,
    Document,
    Example,
    Judgement,
    Person,
    Review,
    Standing,
)
from lorewright.store import Store, reviews

ENOUGH = 3
"""Fewer decisions or ratings say nothing about a task form."""
ENOUGH_OF_A_CHUNK = 2
"""So many rejections, and nothing accepted, and a chunk is no ground for examples."""
MOSTLY = 0.5
"""A form of which more than this share is rejected is avoided."""
RARELY = 0.2
"""One of which at most this share is rejected is wanted."""
POOR, GOOD = Decimal(6), Decimal("8.5")
"""Mean ratings below which a form is avoided, and from which it is wanted."""
MOST_REASONS = 10
NO_HEADING = "(before any heading)"


class Tally(NamedTuple):
    """What was decided about the examples that share something."""

    of: str
    """`task form`, `level` or `section`."""
    name: str
    accepted: int
    edited: int
    rejected: int
    reasons: tuple[tuple[str, int], ...]
    """Why they were rejected, in the reviewers' words, the most frequent first."""
    mean_rating: Decimal | None
    """None when none was judged."""
    judged: int

    @property
    def decided(self) -> int:
        """How many people decided about."""
        return self.accepted + self.edited + self.rejected


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a planner heeds; empty when nobody has decided or judged anything.

    The notes hold words of reviewers and of answers: in a prompt they are material, never
    instructions of ours, and stand fenced.
    """

    avoid_forms: tuple[str, ...]
    wanted_forms: tuple[str, ...]
    notes: tuple[str, ...]
    rejected_chunks: tuple[Ref, ...]
    """Chunks of which reviewers rejected everything."""
    tallies: tuple[Tally, ...] = ()
    """What all of it rests on."""


def feedback_of(store: Store) -> Feedback:
    """Everything that was said about examples of the current documents.

    It counts for later examples too, so it takes in all that ever were, in whatever run and
    with whatever settings.

    Raises:
        NotYet: when there are no documents.
    """
    said = list(_said_about(store))
    tallies = tuple(_tallies(said))
    forms = [tally for tally in tallies if tally.of == "task form"]
    return Feedback(
        avoid_forms=tuple(tally.name for tally in forms if _opinion(tally) is False),
        wanted_forms=tuple(tally.name for tally in forms if _opinion(tally) is True),
        notes=(*_reasons_in_words(said), *habits(_edits(store, said)), *_weakest(said)),
        rejected_chunks=tuple(_rejected_chunks(said)),
        tallies=tallies,
    )


def heeded(choice: PairChoice, feedback: Feedback) -> PairChoice:
    """What is asked for, with what was said about earlier examples.

    Forms that only another generator knows are left out: nothing of them can be asked for.
    """
    known = set(TaskForm)
    return choice._replace(
        avoid_forms=tuple(form for form in feedback.avoid_forms if form in known),
        prefer_forms=tuple(form for form in feedback.wanted_forms if form in known),
        notes=feedback.notes,
        leave_out=feedback.rejected_chunks,
    )


class _Said(NamedTuple):
    """One example with what was said about it."""

    example: Example
    section: str
    review: Review
    judgement: Judgement | None


def _said_about(store: Store) -> Iterator[_Said]:
    decided = reviews(store)
    judged = {one.example for one in store.get_many(store.names(Judgement.kind), Judgement)}
    judgements = newest_judgements(store, judged)
    current = current_documents(store)
    documents = {one.ref: one for one in store.get_many(current, Document)}
    names = sorted({name for name in decided if _stands(decided[name])} | judged)
    for example in store.get_many(names, Example):
        cited = {one.document for one in example.evidence}
        is_an_edit = any(ref.kind == Person.kind for ref in example.made_from)
        if cited <= documents.keys() and not is_an_edit:
            review = decided.get(example.ref, Review())
            section = _section_of(documents, example)
            yield _Said(example, section, review, judgements.get(example.ref))


def _stands(review: Review) -> bool:
    return review.standing is not Standing.UNREVIEWED


def _section_of(documents: Mapping[Ref, Document], example: Example) -> str:
    if not example.evidence:
        return "(no evidence)"
    first = example.evidence[0]
    document = documents[first.document]
    section = document.section_at(first.start)
    headings = [heading for heading in (*section.path, section.heading) if heading]
    return " > ".join([document.title, *(headings or [NO_HEADING])])


def _tallies(said: Iterable[_Said]) -> Iterator[Tally]:
    groups: defaultdict[tuple[str, str], list[_Said]] = defaultdict(list)
    for one in said:
        groups["task form", one.example.task_form].append(one)
        groups["level", one.example.level].append(one)
        groups["section", one.section].append(one)
    for (of, name), ours in sorted(groups.items()):
        counts = Counter(one.review.standing for one in ours)
        ratings = [one.judgement.mean for one in ours if one.judgement]
        yield Tally(
            of=of,
            name=str(name),
            accepted=counts[Standing.ACCEPTED],
            edited=counts[Standing.EDITED],
            rejected=counts[Standing.REJECTED],
            reasons=tuple(_reasons(ours)),
            mean_rating=mean(ratings).quantize(Decimal("0.01")) if ratings else None,
            judged=len(ratings),
        )


def _reasons(said: Iterable[_Said]) -> list[tuple[str, int]]:
    counts = Counter(
        one.review.decision.why
        for one in said
        if one.review.decision and one.review.standing is Standing.REJECTED
    )
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _opinion(tally: Tally) -> bool | None:
    """Whether more of a form is wanted; None when too few said anything, or they disagree."""
    if tally.decided >= ENOUGH:
        share = tally.rejected / tally.decided
        return False if share > MOSTLY else True if share <= RARELY else None
    if tally.mean_rating is None or tally.judged < ENOUGH:
        return None
    return False if tally.mean_rating < POOR else True if tally.mean_rating >= GOOD else None


def _reasons_in_words(said: Iterable[_Said]) -> Iterator[str]:
    for why, count in _reasons(said)[:MOST_REASONS]:
        times = "once" if count == 1 else f"{count} times"
        yield f"reviewers rejected {times}: {why}"


def _edits(store: Store, said: Iterable[_Said]) -> list[Edit]:
    new = {one.review.edited: one.example for one in said if one.review.edited}
    edited = {example.ref: example for example in store.get_many(sorted(new), Example)}
    return [Edit(new[ref].answer, edited[ref].answer) for ref in sorted(edited)]


def _weakest(said: Iterable[_Said]) -> Iterator[str]:
    """What judges find weakest, when it is weak."""
    scores: defaultdict[Criterion, list[int]] = defaultdict(list)
    for one in said:
        for criterion, score in (one.judgement.scores if one.judgement else {}).items():
            scores[criterion].append(score)
    means: Mapping[Criterion, float] = {
        criterion: mean(ours) for criterion, ours in scores.items() if len(ours) >= ENOUGH
    }
    weakest = min(means, key=lambda one: means[one], default=None)
    if weakest is not None and means[weakest] < GOOD:
        count = len(scores[weakest])
        yield f"judges find {weakest} weakest: {means[weakest]:.1f} of 10 over {count:,} examples"


def _rejected_chunks(said: Iterable[_Said]) -> list[Ref]:
    counts: defaultdict[Ref, Counter[Standing]] = defaultdict(Counter)
    for one in said:
        for ref in one.example.made_from:
            if ref.kind == Chunk.kind:
                counts[ref][one.review.standing] += 1
    return sorted(
        chunk
        for chunk, found in counts.items()
        if found[Standing.REJECTED] >= ENOUGH_OF_A_CHUNK
        and not found[Standing.ACCEPTED] + found[Standing.EDITED]
    )
