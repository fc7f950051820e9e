from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lorewright.curate.dealing import deal
from lorewright.records import Split
from lorewright.settings import CurationSettings

GROUPS = st.sets(st.text("abcdef0123", min_size=1, max_size=6), max_size=60)
SHARES = st.decimals(0, Decimal("0.49"), places=2)


def settings(transfer: Decimal | str = "0.15", valid: Decimal | str = "0.08") -> CurationSettings:
    return CurationSettings(transfer_share=Decimal(transfer), valid_share=Decimal(valid))


@given(GROUPS, SHARES, SHARES)
def test_the_shares_are_kept_to_the_nearest_section(
    groups: set[str], transfer: Decimal, valid: Decimal
) -> None:
    counts = Counter(deal(groups, settings(transfer, valid)).values())

    least = 1 if transfer and len(groups) >= 5 else 0
    assert counts.total() == len(groups)
    assert counts[Split.TRAIN] >= min(1, len(groups))
    assert counts[Split.TRANSFER] <= max(least, transfer * len(groups) + Decimal("0.5"))
    assert counts[Split.TRANSFER] >= min(least, len(groups) - 1)
    assert counts[Split.VALID] <= valid * len(groups) + Decimal("0.5")


@given(GROUPS, st.text("ghij", min_size=1))
def test_one_more_section_moves_at_most_one_across_each_border(groups: set[str], more: str) -> None:
    before, after = deal(groups, settings()), deal({*groups, more}, settings())

    moved = [group for group in groups if before[group] != after[group]]
    assert len(moved) <= 2
    assert all(Split.TRAIN in {before[group], after[group]} for group in moved)


def test_a_share_of_a_hundred_sections_is_met() -> None:
    counts = Counter(deal([str(at) for at in range(100)], settings()).values())

    assert counts == {Split.TRAIN: 77, Split.TRANSFER: 15, Split.VALID: 8}


def test_five_sections_give_one_to_the_transfer_test() -> None:
    counts = Counter(deal("abcde", settings("0.01")).values())

    assert counts[Split.TRANSFER] == 1


def test_no_transfer_test_is_made_where_none_is_wanted() -> None:
    assert Split.TRANSFER not in deal("abcdefgh", settings("0")).values()


def test_another_seed_deals_otherwise() -> None:
    groups = [str(at) for at in range(40)]

    assert deal(groups, CurationSettings(seed=1)) != deal(groups, CurationSettings(seed=2))


def test_shares_that_leave_nothing_to_train_on_are_refused() -> None:
    with pytest.raises(ValidationError, match="leave nothing to train on"):
        settings("0.6", "0.4")
