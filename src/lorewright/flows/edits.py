"""What reviewers change when they edit: lengths, and the words that they strike out or put in."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from statistics import mean
from typing import NamedTuple

LEAST_EDITS = 2
"""What a single edit changes is an accident; what two change alike is a habit."""
LONGEST = 4
"""Longer runs of words are the matter of one answer, and no habit."""
MOST_NOTES = 5
"""Of each sort."""
OTHER_LENGTH = 0.15
"""From this share on an answer has become shorter or longer."""


class Edit(NamedTuple):
    """An answer before and after a reviewer."""

    before: str
    after: str


def habits(edits: Sequence[Edit]) -> Iterator[str]:
    """What reviewers do again and again, a sentence each.

    The words are compared as they stand, by the longest runs that both answers share (Ratcliff
    and Obershelp). A run counts once for each edit in which it comes or goes.
    """
    changed = [edit for edit in edits if edit.before != edit.after]
    if len(changed) < LEAST_EDITS:
        return
    yield from _about_lengths(changed)
    struck, added = Counter[str](), Counter[str]()
    for edit in changed:
        out, into = _changes(edit)
        struck.update(out)
        added.update(into)
    for verb, counts in (("strike out", struck), ("put in", added)):
        for words, count in _frequent(counts):
            yield f"reviewers {verb} {words!r} ({count} of {len(changed)} edits)"


def _about_lengths(edits: Sequence[Edit]) -> Iterator[str]:
    before, after = (
        mean(len(words.split()) for words in side) for side in zip(*edits, strict=True)
    )
    if abs(after - before) > OTHER_LENGTH * before:
        verb = "shorten" if after < before else "lengthen"
        yield (
            f"reviewers {verb} answers: from {before:.0f} words to {after:.0f} on average over "
            f"{len(edits)} edits"
        )


def _changes(edit: Edit) -> tuple[set[str], set[str]]:
    """The short runs of words that went, and those that came."""
    old, new = edit.before.split(), edit.after.split()
    struck: set[str] = set()
    added: set[str] = set()
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for _, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        for run, into in ((old[old_start:old_end], struck), (new[new_start:new_end], added)):
            if 0 < len(run) <= LONGEST:
                into.add(" ".join(run).strip(".,;:!?"))
    same = struck & added | {""}
    return struck - same, added - same


def _frequent(counts: Counter[str]) -> Iterable[tuple[str, int]]:
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [one for one in ranked if one[1] >= LEAST_EDITS][:MOST_NOTES]
