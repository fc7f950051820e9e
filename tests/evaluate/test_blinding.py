"""Orders and names are drawn by a secret: the same again, and nothing to be seen from outside."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lorewright.evaluate.blinding import CODE_CHARACTERS, Blind

SECRET = b"s" * 32
NAMES = st.lists(st.text(), unique=True)


@given(NAMES, st.text(), st.text())
def test_an_order_is_the_same_again_whatever_order_the_names_come_in(
    names: list[str], session: str, rater: str
) -> None:
    blind = Blind(SECRET, session, rater)

    assert blind.order(names, "x") == Blind(SECRET, session, rater).order(reversed(names), "x")
    assert sorted(blind.order(names)) == sorted(names)


@given(NAMES)
def test_letters_begin_with_a_and_leave_nobody_out(names: list[str]) -> None:
    letters = Blind(SECRET, "s", "Ada").letters(names[:26], "scenario")

    assert sorted(letters.values()) == sorted(names[:26])
    assert "".join(letters) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(letters)]


def test_another_rater_another_secret_and_another_evaluation_have_other_orders() -> None:
    names = [f"s{number}" for number in range(30)]
    blinds = (
        Blind(SECRET, "one", "Ada"),
        Blind(SECRET, "one", "Ben"),
        Blind(SECRET, "two", "Ada"),
        Blind(b"t" * 32, "one", "Ada"),
    )

    assert len({tuple(blind.order(names)) for blind in blinds}) == 4
    assert len({blind.code("x") for blind in blinds}) == 4


def test_every_arm_stands_under_every_letter_about_as_often() -> None:
    blind = Blind(SECRET, "s", "Ada")
    first = Counter(blind.letters(("base", "tuned"), str(number))["A"] for number in range(2_000))

    # Half, give or take four standard deviations.
    assert abs(first["tuned"] - 1_000) < 4 * (2_000 / 4) ** 0.5


def test_a_code_tells_nothing_and_is_no_other_one() -> None:
    blind = Blind(SECRET, "s", "Ada")
    codes = {blind.code("s1", "tuned", str(turn)) for turn in range(1_000)}

    assert len(codes) == 1_000
    assert all(len(code) == CODE_CHARACTERS and "tuned" not in code for code in codes)
    assert blind.code("a", "bc") != blind.code("ab", "c")


@given(st.integers(0, 50), st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("0.5")]))
def test_a_share_is_rounded_up(count: int, share: Decimal) -> None:
    names = [str(number) for number in range(count)]
    chosen = Blind(SECRET, "s", "Ada").chosen(names, share, "repeats")

    assert share * count <= len(chosen) < share * count + 1
    assert len(set(chosen)) == len(chosen)
