"""A conversation is scored by its form: each part, the sum, and the tier that it comes to."""

from decimal import Decimal
from typing import Literal, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.talks import ENTRIES, content_of
from lorewright.conversations.catalogues import Arc, Tier
from lorewright.conversations.enriching import (
    LENGTHS,
    REVISE_BELOW,
    TIER_FROM,
    WEIGHTS,
    Band,
    band_of,
    points_of,
    quality_of,
    tier_of,
)
from lorewright.records import QualityParts, QualityTier


class Line(NamedTuple):
    role: Literal["user", "assistant"]
    text: str


def lines(count: int, *, length: int = 200) -> list[Line]:
    """Messages in turn, each with another opening, none of which asks."""
    return [
        Line(("user", "assistant")[at % 2], f"{at:03}".ljust(length, "x")) for at in range(count)
    ]


def arc() -> Arc:
    assert ENTRIES.arc is not None
    return ENTRIES.arc


def parts(count: int, *, along: Arc | None = None, length: int = 200) -> QualityParts:
    return quality_of(lines(count, length=length), along).parts


@pytest.mark.parametrize(
    ("count", "score"), [(3, 3), (4, 5), (5, 5), (6, 10), (8, 10), (10, 10), (12, 5), (13, 4)]
)
def test_turns_are_held_against_the_range_of_the_arc(count: int, score: int) -> None:
    assert band_of(arc()) == Band(4, 6, 10, 12)
    if count == 5:
        assert parts(count, along=arc()).turn_count == 6
    else:
        assert parts(count, along=arc()).turn_count == score


@pytest.mark.parametrize(
    ("count", "score"), [(5, "3"), (6, "5"), (7, "6"), (8, "10"), (16, "10"), (20, "5"), (21, "4")]
)
def test_without_an_arc_turns_are_held_against_the_table(count: int, score: str) -> None:
    assert parts(count).turn_count == Decimal(score)


def test_an_arc_of_one_exchange_has_a_band_too() -> None:
    short = arc().model_copy(update={"fewest_turns": 1, "most_turns": 1})

    assert band_of(short) == Band(1, 2, 2, 4)
    assert parts(2, along=short).turn_count == 10


@pytest.mark.parametrize(
    ("length", "score"), [(100, "10"), (1400, "10"), (2100, "5"), (2101, "4"), (1750, "6")]
)
def test_lengths_are_held_against_the_tier(length: int, score: str) -> None:
    assert parts(12, length=length).length == Decimal(score)


def test_a_conversation_that_is_short_as_a_whole_has_no_more_than_the_lowest() -> None:
    assert parts(8, length=120).length == 3
    assert parts(10, length=100).length == 10


def test_each_tier_of_arcs_has_its_own_lengths() -> None:
    grave = arc().model_copy(update={"tier": Tier.SCENARIO})

    assert set(LENGTHS) == set(Tier)
    assert parts(8, along=arc(), length=1450).length < 10
    assert parts(8, along=grave, length=1450).length == 10


ORDERLY = lines(8)
ADVISOR, CLIENT = Line("assistant", "y" * 200), Line("user", "z" * 200)


@pytest.mark.parametrize(
    ("said", "score"),
    [
        pytest.param(ORDERLY, "10", id="as it should be"),
        pytest.param(ORDERLY[1:], "8", id="advisor first"),
        pytest.param([*ORDERLY, ADVISOR], "8.5", id="twice in a row"),
        pytest.param([*ORDERLY, ADVISOR, ADVISOR], "6", id="three times in a row"),
        pytest.param([*ORDERLY[:-1], Line("assistant", "yes")], "9.5", id="short"),
        pytest.param([*ORDERLY, CLIENT], "10", id="odd"),
    ],
)
def test_structure_loses_for_what_is_out_of_order(said: list[Line], score: str) -> None:
    assert quality_of(said).parts.structure == Decimal(score)


def test_confidence_gains_by_signs_of_care_and_loses_by_signs_of_filling_in() -> None:
    even = lines(8)
    same = [line._replace(text="The same words again and again, for as long as it takes, and on.")
            for line in even]  # fmt: skip
    asking = [
        line._replace(text=line.text + "?") if at in {0, 2} else line
        for at, line in enumerate(even)
    ]
    nagging = [line._replace(text=line.text + "?") for line in even]
    uneven = [*even[:-1], Line("assistant", "w" * 9_000)]

    assert quality_of(even).parts.confidence == Decimal(10)
    assert quality_of(same).parts.confidence == Decimal("6.5")
    assert quality_of(asking).parts.confidence == Decimal(10)
    assert quality_of(nagging).parts.confidence == Decimal("9.5")
    assert quality_of(uneven).parts.confidence == Decimal(8)


def test_nothing_at_all_can_be_scored() -> None:
    assert 0 <= quality_of([]).score <= 10


@given(
    st.lists(
        st.builds(Line, st.sampled_from(["user", "assistant"]), st.text(max_size=900)), max_size=30
    ),
    st.booleans(),
)
def test_every_score_is_the_weighted_sum_between_0_and_10(
    said: list[Line],
    has_arc: bool,  # noqa: FBT001 - drawn
) -> None:
    found = quality_of(said, arc() if has_arc else None)
    told = found.parts.model_dump()
    total = sum((weight * told[name] for name, weight in WEIGHTS.items()), Decimal(0))

    assert all(0 <= part <= 10 for part in told.values())
    assert found.score == total.quantize(Decimal("0.01"))
    assert 0 <= found.score <= 10
    assert 1 <= found.grade <= 5
    assert found.tier is tier_of(found.score)
    assert found.needs_revision == (found.score < REVISE_BELOW)


def test_the_weights_are_a_whole() -> None:
    assert set(WEIGHTS) == set(QualityParts.model_fields)
    assert sum(WEIGHTS.values()) == 1


@pytest.mark.parametrize(
    ("score", "points", "tier"),
    [
        ("10", "5", QualityTier.SEED_DATASET),
        ("8.75", "4.5", QualityTier.SEED_DATASET),
        ("8.74", "4.496", QualityTier.PRODUCTION),
        ("6.25", "3.5", QualityTier.PRODUCTION),
        ("6.24", "3.496", QualityTier.EXPERIMENTAL),
        ("3.75", "2.5", QualityTier.EXPERIMENTAL),
        ("3.74", "2.496", QualityTier.REJECTED),
        ("0", "1", QualityTier.REJECTED),
    ],
)
def test_tiers_begin_where_the_scale_from_1_to_5_says(
    score: str, points: str, tier: QualityTier
) -> None:
    assert points_of(Decimal(score)) == Decimal(points)
    assert tier_of(Decimal(score)) is tier
    assert {tier for tier, _ in TIER_FROM} == set(QualityTier)


def test_a_good_conversation_along_its_arc_is_a_seed() -> None:
    content = content_of()

    assert content.parts.turn_count == 10
    assert content.tier is QualityTier.SEED_DATASET
    assert {turn.quality_score for turn in content.turns if turn.role == "assistant"} == {5}
