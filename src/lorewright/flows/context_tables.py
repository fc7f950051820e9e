"""The counts behind a context: how hard its chunks are, and what was not taken."""

from collections.abc import Sequence

from lorewright.pictures import Table
from lorewright.records import Complexity, PairsTried, QuarantinedPart, Unread


def complexity_table(found: Complexity) -> Table:
    """How many chunks there are of each band and level."""
    rows = [(f"readability: {one.name}", f"{one.chunks:,}") for one in found.readability]
    rows.append(("readability: no sentence", f"{found.unmeasured:,}"))
    rows += ((f"difficulty: {one.level}", f"{one.chunks:,}") for one in found.difficulty)
    rows.append(("difficulty: not known", f"{found.unknown_difficulty:,}"))
    middle = (
        "" if found.median is None else f"; the LIX of the chunk in the middle is {found.median}"
    )
    return Table(f"Chunks by their words and sentences{middle}", ("What", "Chunks"), tuple(rows))


def counts_table(
    pairs: PairsTried, quarantined: Sequence[QuarantinedPart], unread: Sequence[Unread], aside: int
) -> Table:
    """What became of everything that could have been said."""
    rows = [
        ("pairs of chunks that share rare words", f"{pairs.found:,}"),
        ("of them related", f"{pairs.related:,}"),
        ("of them looked at and not related", f"{pairs.unrelated:,}"),
        ("of them not answered", f"{pairs.failed:,}"),
        ("of them beyond the limit, not looked at", f"{pairs.left_out:,}"),
        ("chunks that serve the book and not its subject, not read", f"{aside:,}"),
        ("chunks that could not be read", f"{sum(one.chunks for one in unread):,}"),
        *(
            (f"turned down: {one.part.replace('_', ' ')}, {one.reason.replace('_', ' ')}",
             f"{one.count:,}")
            for one in quarantined
        ),
    ]  # fmt: skip
    return Table("Nothing is dropped unseen", ("What", "Count"), tuple(rows))
