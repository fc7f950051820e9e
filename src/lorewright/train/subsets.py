"""Part of the examples: nested, so that a smaller part lies within every larger one.

What belongs together is taken together: a conversation with its continuations, and a fact in all
the forms that ask for it. Half of either would be another lesson and not a smaller one.
"""

import hashlib
from collections.abc import Sequence

from lorewright.errors import Refused

_WHERE = "training.examples"


def subset(groups: Sequence[str], most: int, *, seed: int) -> list[int]:
    """Choose whole groups until the next one would make it more than `most` examples.

    The groups stand in an order that the seed and their own names fix, and the choice is the
    beginning of it. So the choice for fewer is part of the choice for more, and an example that
    is added elsewhere moves no other.

    Args:
        groups: what each example belongs to, in the order of the examples.
        most: how many are wanted; a few fewer come when the next group is too large.
        seed: decides the order.

    Returns:
        The places of the chosen examples, ascending.

    Raises:
        Refused: when there are not so many, or the first group alone has more.
    """
    if most > len(groups):
        raise Refused(
            f"{most:,} examples are asked for, and the training split has {len(groups):,}",
            where=_WHERE,
            hint=f"ask for at most {len(groups):,}, or generate and curate more",
        )
    members: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    chosen: list[int] = []
    for group in sorted(members, key=lambda name: _draw(name, seed)):
        if len(chosen) + len(members[group]) > most:
            if not chosen:
                raise Refused(
                    f"{len(members[group]):,} examples belong together, and only {most:,} are "
                    "asked for",
                    where=_WHERE,
                    hint=f"ask for {len(members[group]):,} or more, or set another training.seed",
                )
            break
        chosen += members[group]
    return sorted(chosen)


def _draw(group: str, seed: int) -> bytes:
    return hashlib.sha256(f"subset:{seed}:{group}".encode()).digest()
