"""A number is dealt out by shares, to the last one."""

from hypothesis import given
from hypothesis import strategies as st

from lorewright.conversations.catalogues import catalogues
from lorewright.evaluate.scenarios import ARC, PERSONA, quotas, shares_of


def test_fifty_are_dealt_as_the_shares_say() -> None:
    known = catalogues()

    by_arc = quotas(50, list(known.arcs), shares_of(ARC, {}))

    assert by_arc["couple_conflict_to_alignment"] == 8
    assert by_arc["shame_to_acceptance"] == 7
    assert by_arc["crisis_to_referral"] == 5
    named = shares_of(ARC, {})
    assert sum(count for arc, count in by_arc.items() if arc not in named) == 5
    assert quotas(50, ["anxious_planner", "pragmatic_optimist"], shares_of(PERSONA, {})) == {
        "anxious_planner": 26,
        "pragmatic_optimist": 24,
    }


def test_the_operators_shares_take_their_place() -> None:
    assert shares_of(ARC, {"a": 1}) == {"a": 1}
    assert quotas(10, ["a", "b", "c"], {"a": 3, "b": 2}) == {"a": 6, "b": 4, "c": 0}


def test_without_a_share_all_get_as_many() -> None:
    assert quotas(7, ["a", "b", "c"], {"x": 5}) == {"a": 3, "b": 2, "c": 2}


@given(
    st.integers(0, 300),
    st.lists(st.sampled_from("abcdefgh"), min_size=1, unique=True),
    st.dictionaries(st.sampled_from([*"abcd", "rest"]), st.integers(0, 20)),
)
def test_the_parts_are_the_whole_and_none_is_a_whole_one_off(
    total: int, keys: list[str], shares: dict[str, int]
) -> None:
    dealt = quotas(total, keys, shares)

    assert sum(dealt.values()) == total
    assert all(count >= 0 for count in dealt.values())
