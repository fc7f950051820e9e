"""From character spans to tokens: which tokens carry loss."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from lorewright.errors import BadMask


def token_labels(
    offsets: Iterable[tuple[int, int]], spans: Sequence[tuple[int, int]]
) -> list[bool]:
    """Say for each token whether it carries loss: all of its characters lie in one span.

    A token without characters carries none. A token that straddles a border is refused: it
    joins what the prompt says with what the assistant says, so a serving engine, which
    tokenizes the prompt alone, would never produce it.

    Args:
        offsets: the characters `[start, end)` of each token, in reading order.
        spans: the characters that carry loss, in order and apart.

    Returns:
        One value per token.

    Raises:
        BadMask: when a token straddles the border of a span.
    """
    if any(right[0] < left[1] for left, right in pairwise(spans)):
        raise BadMask("the spans that carry loss overlap or are out of order")
    labels: list[bool] = []
    at = 0
    for start, end in offsets:
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        labels.append(at < len(spans) and _is_inside(start, end, *spans[at]))
    return labels


def _is_inside(start: int, end: int, first: int, last: int) -> bool:
    if start == end or end <= first:
        return False
    if start < first or end > last:
        raise BadMask(
            f"the token of characters {start}-{end} straddles the border of {first}-{last}",
            hint="strip the white space around the answer, or use a chat template that sets "
            "the assistant's words apart with a control token",
        )
    return True
