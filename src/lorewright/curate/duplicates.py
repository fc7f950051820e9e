"""Examples that say again what another one says.

Two questions about the same words are wanted: they show whether a fact was learnt or a
sentence. So an example is a repetition only when its question is asked already, and with it
either the same passage is cited or the whole conversation is nearly the same.
"""

from collections.abc import Callable, Mapping, Sequence

from lorewright.curate.curation import TurnedDown
from lorewright.curate.item import Cited, Item
from lorewright.lineage import Ref
from lorewright.records import Document
from lorewright.similarity import exact_digest, jaccard, near_duplicates, shingles


def exact_duplicates(items: Sequence[Item]) -> dict[Ref, TurnedDown]:
    """Those that say the same words as an earlier one, turn by turn."""
    first: dict[bytes, Ref] = {}
    found: dict[Ref, TurnedDown] = {}
    for item in items:
        said = b"".join(exact_digest(part) for part in item.parts())
        other = first.setdefault(said, item.name)
        if other != item.name:
            detail = f"{other.short} says the same, word for word"
            found[item.name] = TurnedDown("exact_duplicate", detail, other)
    return found


def asked_twice(
    items: Sequence[Item], *, documents: Mapping[Ref, Document], threshold: float
) -> dict[Ref, TurnedDown]:
    """Those whose question was asked in nearly the same words about the same passage."""
    grounded = [item for item in items if item.evidence]

    def question_in_its_section(index: int) -> list[str]:
        # Only questions about one section are compared, or the wordings that a whole
        # document's questions share would propose all of them to each other.
        item = grounded[index]
        document, start, _ = item.evidence[0]
        place = f"{document} {documents[document].section_at(start).start} "
        return shingles(item.question, salt=place)

    twins = near_duplicates(
        len(grounded),
        question_in_its_section,
        threshold=threshold,
        if_also=lambda one, other: same_passage(grounded[one].evidence, grounded[other].evidence),
    )
    found: dict[Ref, TurnedDown] = {}
    for twin in twins:
        other = grounded[twin.earlier].name
        detail = (
            f"{other.short} asks nearly the same about the same passage "
            f"(similarity {twin.jaccard:.2f})"
        )
        found[grounded[twin.later].name] = TurnedDown("near_duplicate", detail, other)
    return found


def said_twice(items: Sequence[Item], *, threshold: float) -> dict[Ref, TurnedDown]:
    """Those that ask and answer in nearly the same words, wherever the words are from."""

    def part(index: int, of: Callable[[Item], str]) -> list[str]:
        return shingles(of(items[index]))

    def is_asked_alike(one: int, other: int) -> bool:
        first, second = (part(index, lambda item: item.question) for index in (one, other))
        return jaccard(first, second) >= threshold

    twins = near_duplicates(
        len(items),
        lambda index: part(index, lambda item: item.whole),
        threshold=threshold,
        if_also=is_asked_alike,
    )
    found: dict[Ref, TurnedDown] = {}
    for twin in twins:
        other = items[twin.earlier].name
        detail = f"{other.short} says nearly the same (similarity {twin.jaccard:.2f})"
        found[items[twin.later].name] = TurnedDown("near_duplicate", detail, other)
    return found


def same_passage(one: Sequence[Cited], other: Sequence[Cited]) -> bool:
    """Whether at least half of what the one with less evidence cites is cited by the other."""
    shared = sum(
        max(0, min(a.end, b.end) - max(a.start, b.start))
        for a in one
        for b in other
        if a.document == b.document
    )
    lengths = (sum(cited.end - cited.start for cited in all_) for all_ in (one, other))
    return 2 * shared >= min(lengths)
