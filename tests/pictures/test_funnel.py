"""The funnel: requested is accepted and rejected and failed, and one sees it."""

import pytest

from lorewright.errors import BadRecord
from lorewright.pictures import Counts, Losses, funnel
from pictures.drawings import cells, number, shapes, words
from pictures.invented import some_counts


def test_counts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(
        BadRecord, match=r"10 requested is not 7 accepted \+ 2 rejected \+ 0 failed"
    ):
        Counts(requested=10, accepted=7, rejected=(Losses("fragment", 2),))


def test_the_reading_is_the_sum() -> None:
    counts = Counts(requested=10, accepted=7, rejected=(Losses("too_short", 2),), failed=1)

    assert funnel(counts).reading == (
        "10 requested = 7 accepted + 2 rejected + 1 failed; 70 % accepted. "
        "The most frequent reason: too short (2)."
    )


def test_the_lost_bars_lead_from_the_requested_to_the_accepted() -> None:
    picture = funnel(some_counts())

    (whole,) = shapes(picture, "bar-whole")
    lost = shapes(picture, "bar-lost")
    (kept,) = shapes(picture, "bar-kept")
    ends = [number(bar, "x") + number(bar, "width") for bar in (whole, *lost)]
    starts = [number(bar, "x") for bar in lost]
    assert ends[1] == pytest.approx(ends[0], abs=0.2)
    assert ends[2:] == pytest.approx(starts[:-1], abs=0.2)
    assert starts[-1] == pytest.approx(number(kept, "x") + number(kept, "width"), abs=0.2)


def test_rare_reasons_are_drawn_together_and_listed_apart() -> None:
    rejected = tuple(Losses(f"reason_{place}", 20 - place) for place in range(12))
    total = sum(lost.count for lost in rejected)

    picture = funnel(Counts(requested=total + 5, accepted=5, rejected=rejected))

    assert "Rejected: 4 other reasons" in words(picture)
    assert len(shapes(picture, "bar-lost")) == 9
    assert len([name for name in cells(picture) if name.startswith("Rejected")]) == 12


def test_failures_have_a_bar_of_their_own() -> None:
    picture = funnel(Counts(requested=3, accepted=2, failed=1))

    assert len(shapes(picture, "bar-failed")) == 1
    assert cells(picture)["Failed"] == ("1", "33 %")
