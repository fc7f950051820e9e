"""Drafts of one set that are another one again."""

from collections.abc import Iterable
from typing import NamedTuple

from lorewright.evaluate.scenarios.draft import Draft
from lorewright.evaluate.scenarios.rows import BadRow
from lorewright.similarity import exact_digest


class Sifted(NamedTuple):
    """Drafts that stand once, and those that do not."""

    drafts: tuple[Draft, ...]
    repeated: tuple[BadRow, ...]


def without_repeats(drafts: Iterable[Draft]) -> Sifted:
    """The first of every id and of every wording; case and punctuation tell none apart."""
    kept: list[Draft] = []
    repeated: list[BadRow] = []
    ids, wordings = dict[str, int](), dict[tuple[bytes, ...], Draft]()
    for draft in drafts:
        said = tuple(map(exact_digest, draft.messages))
        if draft.scenario_id in ids:
            detail = f"{draft.scenario_id!r} is the id of row {ids[draft.scenario_id]:,} already"
            repeated.append(BadRow(draft.number, "same_id", detail))
        elif said in wordings:
            first = wordings[said]
            detail = f"{draft.scenario_id!r} says the same as {first.scenario_id!r}"
            repeated.append(BadRow(draft.number, "repeated", detail))
        else:
            ids[draft.scenario_id], wordings[said] = draft.number, draft
            kept.append(draft)
    return Sifted(tuple(kept), tuple(repeated))
