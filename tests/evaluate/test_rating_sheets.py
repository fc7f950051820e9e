"""A sheet gives nobody away, and what somebody makes of it is used or named, row by row."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.rated_arms import ARMS, BASE, lines_of, some_arms, some_scenarios
from lorewright.evaluate.blinding import Blind
from lorewright.evaluate.dimensions import profile
from lorewright.evaluate.judging.cases import answered
from lorewright.evaluate.rating_lines import BOTH_BAD, TIE
from lorewright.evaluate.sheets import (
    Layout,
    Reading,
    columns_of,
    guide_of,
    read_rows,
    rows_of,
)

CRITERIA = profile("criteria")
RATER = "Ada Byron"
Cells = dict[str, str]


def a_layout(
    scenarios: int = 10,
    *,
    rater: str = RATER,
    turns: int = 1,
    attention: int = 0,
    repeats: str = "0.1",
) -> Layout:
    asked = some_scenarios(scenarios, turns=turns)
    return Layout(
        blind=Blind(b"s" * 32, "session", rater),
        scenarios={one.scenario_id: one for one in asked},
        arms=some_arms(asked),
        profile=CRITERIA,
        repeats=Decimal(repeats),
        attention=attention,
    )


def filled(
    layout: Layout,
    *,
    rater: str = RATER,
    value: Callable[[str], str] = lambda _arm: "4",
    preference: str = "a",
) -> list[tuple[int, Cells]]:
    """The rows as somebody brings them back who rates every arm the same way."""
    rows: list[tuple[int, Cells]] = []
    seen: set[int] = set()
    for line, cells in enumerate(rows_of(layout, sheet="session-criteria", rater=rater), start=2):
        row = layout.by_code[cells["code"]]
        said = "" if row.block in seen else preference
        seen.add(row.block)
        values = dict.fromkeys(CRITERIA.keys, value(row.arm))
        rows.append((line, {**cells, **values, "preference": said, "reason": "so it is"}))
    return rows


def read(layout: Layout, rows: list[tuple[int, Cells]], *, rater: str = RATER) -> Reading:
    return read_rows(layout, rows, rater=rater)


def asked_of(layout: Layout) -> int:
    """Answers and preferences that are asked for, attention left out."""
    rows = [row for row in layout.rows if not row.is_attention]
    return len(rows) + len({row.block for row in rows})


def change(rows: list[tuple[int, Cells]], at: int, **cells: str) -> list[tuple[int, Cells]]:
    line, before = rows[at]
    return [*rows[:at], (line, {**before, **cells}), *rows[at + 1 :]]


@given(st.integers(1, 12), st.integers(1, 2), st.integers(0, 2), st.text(min_size=1, max_size=9))
def test_what_is_filled_in_comes_back_whole(
    scenarios: int, turns: int, attention: int, rater: str
) -> None:
    name = " ".join(rater.split()) or "Ada"
    layout = a_layout(scenarios, turns=turns, attention=attention, rater=name)
    values = {"tuned": "5", "prompted-base": "3", "neutral-control": "?"}

    reading = read(layout, filled(layout, rater=name, value=values.__getitem__), rater=name)

    assert reading.requested == reading.accepted == asked_of(layout)
    assert not reading.troubles
    for line in reading.ratings:
        expected = {"tuned": 5.0, "prompted-base": 3.0, "neutral-control": None}
        assert line.value == expected[line.arm]
    once = [line for line in reading.ratings if line.repeat == 0]
    assert len(once) == scenarios * turns * len(ARMS) * len(CRITERIA.keys)


@given(st.text(max_size=5), st.integers(1, 2))
def test_a_sheet_names_no_arm_no_base_and_no_scenario(rater: str, turns: int) -> None:
    layout = a_layout(5, turns=turns, attention=2, rater=rater)

    for cells in rows_of(layout, sheet="session-criteria", rater=rater):
        house = {key: said for key, said in cells.items() if key != "rater"}
        for name in (*ARMS, BASE):
            assert name not in repr(house)
        assert "s-00" not in cells["code"] + cells["letter"] + cells["block"] + cells["situation"]


def test_a_preference_is_read_by_letters_and_kept_by_arms() -> None:
    layout = a_layout(8, repeats="0")

    reading = read(layout, filled(layout, preference="b>a=c"))

    best = {row.scenario.scenario_id: row.arm for row in layout.rows if row.letter == "B"}
    assert len(reading.votes) == 8 * 3
    for vote in reading.votes:
        is_about_best = best[vote.scenario] in {vote.first, vote.second}
        assert vote.preferred == (best[vote.scenario] if is_about_best else TIE)


def test_all_may_be_bad_in_a_sheet() -> None:
    layout = a_layout(3)

    reading = read(layout, filled(layout, preference="bad"))

    assert {vote.preferred for vote in reading.votes} == {BOTH_BAD}


def test_repeats_come_back_as_repeats() -> None:
    layout = a_layout(10, repeats="0.2")

    reading = read(layout, filled(layout))

    repeated = {line.scenario for line in reading.ratings if line.repeat == 1}
    assert len(repeated) == 2
    assert repeated == {vote.scenario for vote in reading.votes if vote.repeat == 1}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"code": "0" * 12}, "an unknown code"),
        ({"code": ""}, "an unknown code"),
        ({"rater": ""}, "the rater's name is missing"),
        ({"rater": "Ben"}, "another rater's row"),
        ({"voice": "6"}, "a value outside the scale"),
        ({"voice": "0"}, "a value outside the scale"),
        ({"voice": "3.5"}, "a value outside the scale"),
        ({"voice": "-1e300"}, "no number"),
        ({"voice": "NaN"}, "no number"),
        ({"voice": "inf"}, "no number"),
        ({"voice": "good"}, "no number"),
        ({"voice": ""}, "filled in by half"),
    ],
)
def test_a_row_that_cannot_be_used_says_why_and_the_others_count(cells: Cells, reason: str) -> None:
    layout = a_layout(4, repeats="0")
    rows = filled(layout)

    reading = read(layout, change(rows, 1, **cells))

    assert [(one.line, one.reason) for one in reading.troubles] == [(rows[1][0], reason)]
    assert reading.failed[reason] == 1
    left = 1 if "code" in cells else 0  # the row that was meant is gone as well
    assert reading.failed["the row is gone"] == left
    assert reading.requested == asked_of(layout) + left
    whole = {(line.scenario, line.arm) for line in reading.ratings}
    assert len(whole) == len(layout.rows) - 1


def test_an_answer_that_was_altered_is_not_rated_and_its_block_has_no_preference() -> None:
    layout = a_layout(4, repeats="0")

    reading = read(layout, change(filled(layout), 1, answer="Something nicer."))

    assert [one.reason for one in reading.troubles] == ["the answer was altered"]
    assert reading.failed == {"the answer was altered": 2}  # a row and a preference
    assert reading.requested == asked_of(layout)
    assert len({vote.scenario for vote in reading.votes}) == 3


def test_an_empty_row_is_counted_and_is_no_trouble() -> None:
    layout = a_layout(4, repeats="0")
    rows = change(filled(layout), 2, **dict.fromkeys(CRITERIA.keys, ""))

    reading = read(layout, rows)

    assert reading.failed == {"left empty": 1}
    assert reading.troubles == []


def test_a_row_that_is_gone_is_counted() -> None:
    layout = a_layout(4, repeats="0")

    reading = read(layout, filled(layout)[:-1])

    assert reading.failed == {"the row is gone": 1}
    assert reading.requested == asked_of(layout)


def test_of_a_row_that_stands_there_twice_the_first_one_counts() -> None:
    layout = a_layout(2, repeats="0")
    rows = filled(layout)
    line, first = rows[0]
    rows.append((line + 50, {**first, "voice": "1"}))

    reading = read(layout, rows)

    assert reading.failed == {"the same row twice": 1}
    assert {one.value for one in reading.ratings} == {4.0}


@pytest.mark.parametrize(
    ("said", "reason"), [("d", "no order of the letters"), ("b", "two preferences for one block")]
)
def test_a_preference_that_is_none_says_why(said: str, reason: str) -> None:
    layout = a_layout(3, repeats="0")

    reading = read(layout, change(filled(layout), 1, preference=said))

    assert reading.failed == {reason: 1}
    assert len(reading.ratings) == len(layout.rows) * len(CRITERIA.keys)
    assert len({vote.scenario for vote in reading.votes}) == 2


def test_the_same_preference_may_stand_in_every_row_of_a_block() -> None:
    layout = a_layout(3, repeats="0")

    reading = read(layout, change(filled(layout), 1, preference="A"))

    assert not reading.failed


def test_who_prefers_what_was_said_to_somebody_else_did_not_read() -> None:
    layout = a_layout(10, attention=2)
    rows = filled(layout)

    careful, careless = list(rows), list(rows)
    for at, (_, cells) in enumerate(rows):
        row = layout.by_code[cells["code"]]
        if row.is_attention:
            right = next(one.letter for one in layout.blocks[row.block] if not one.is_decoy)
            wrong = next(one.letter for one in layout.blocks[row.block] if one.is_decoy)
            careful = change(careful, at, preference=right)
            careless = change(careless, at, preference=wrong)

    assert (read(layout, careful).attended, read(layout, careful).distracted) == (2, 0)
    assert (read(layout, careless).attended, read(layout, careless).distracted) == (0, 2)
    assert read(layout, careful).requested == asked_of(layout)


def test_a_decoy_is_an_answer_that_was_given_to_another_family() -> None:
    layout = a_layout(10, attention=3)
    decoys = [row for row in layout.rows if row.is_decoy]

    assert len(decoys) == 3
    for row in decoys:
        other = next(name for name in layout.scenarios if f"for {name} " in row.answer)
        assert layout.scenarios[other].family != row.scenario.family


def test_an_answer_that_did_not_come_has_no_row() -> None:
    asked = some_scenarios(3)
    lost = lines_of("tuned", asked, failing=lambda scenario, _turn: scenario == "s-001")
    layout = Layout(
        blind=Blind(b"s" * 32, "session", RATER),
        scenarios={one.scenario_id: one for one in asked},
        arms={**some_arms(asked, "prompted-base"), "tuned": answered(lost)},
        profile=CRITERIA,
        repeats=Decimal(0),
        attention=0,
    )

    assert len(layout.rows) == 5
    assert read(layout, filled(layout)).requested == 5 + 2  # one block has nothing to compare


def test_every_rater_has_a_sheet_of_their_own() -> None:
    ada, ben = a_layout(rater="Ada"), a_layout(rater="Ben")

    assert not ada.by_code.keys() & ben.by_code.keys()
    assert [row.scenario for row in ada.rows] != [row.scenario for row in ben.rows]


def test_spaces_and_ends_of_lines_are_no_alteration() -> None:
    layout = a_layout(2, repeats="0")
    rows = filled(layout)

    reading = read(layout, change(rows, 0, answer=f" {rows[0][1]['answer']}\r\n"))

    assert not reading.troubles


def test_the_guide_has_every_column_that_is_filled_in_with_its_anchors() -> None:
    guide = guide_of(CRITERIA)

    for one in CRITERIA.dimensions:
        assert all(anchor in guide for anchor in (one.key, one.question, *one.anchors))
    assert "Never mocks." in guide_of(CRITERIA, "Never mocks.")
    assert columns_of(CRITERIA)[-2:] == ("preference", "reason")
