"""Which sections are taught and which are held out."""

from collections.abc import Collection

from lorewright.curate.draw import draw, share_of
from lorewright.records import Split
from lorewright.settings import CurationSettings

ENOUGH_TO_TRANSFER = 5
"""From this many groups on at least one is kept for the transfer test."""


def deal(groups: Collection[str], settings: CurationSettings) -> dict[str, Split]:
    """A split for every group: TRANSFER, VALID or TRAIN, in the shares that are set.

    Groups are drawn in an order that the seed and their own names fix. The transfer test takes
    from its beginning and the valid split from its end, so that a group that is added moves
    at most one other across each border, and never from one held-out split into the other.
    At least one group is left to train on.
    """
    order = sorted(groups, key=lambda group: draw(settings.seed, "split", group))
    count = len(order)
    transfer = share_of(count, settings.transfer_share)
    if settings.transfer_share and count >= ENOUGH_TO_TRANSFER:
        transfer = max(1, transfer)
    transfer = min(transfer, max(0, count - 1))
    valid = min(share_of(count, settings.valid_share), max(0, count - 1 - transfer))
    dealt = dict.fromkeys(order, Split.TRAIN)
    dealt.update(dict.fromkeys(order[:transfer], Split.TRANSFER))
    dealt.update(dict.fromkeys(order[count - valid :], Split.VALID))
    return dealt
