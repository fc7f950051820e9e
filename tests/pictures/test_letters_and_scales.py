"""Widths of words, round numbers, markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from lorewright.pictures.figures import counted, plain, share
from lorewright.pictures.letters import room_for, shorten, wrap
from lorewright.pictures.markup import element
from lorewright.pictures.scale import Scale, tick_label, ticks


@given(st.text(max_size=300), st.floats(20, 500))
def test_shortened_words_fit(words: str, room: float) -> None:
    assert room_for(shorten(words, room)) <= room


def test_words_that_fit_stay_whole_and_others_end_in_an_ellipsis() -> None:
    assert shorten("  a   short\nline ", 200) == "a short line"
    assert shorten("a line that is far too long for this", 60).endswith("…")


def test_letters_of_double_width_and_none_are_known() -> None:
    assert room_for("漢字") > room_for("ab")
    assert room_for("e\N{COMBINING ACUTE ACCENT}") == room_for("e")


@given(st.text(alphabet="abc de", max_size=200), st.integers(1, 5))
def test_wrapped_lines_are_few_and_fit(words: str, lines: int) -> None:
    wrapped = wrap(words, 80, lines=lines)

    assert len(wrapped) <= lines
    assert all(room_for(line) <= 80 for line in wrapped)
    if not any("…" in line for line in wrapped):
        assert " ".join(wrapped).split() == words.split()


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 9))
def test_ticks_enclose_the_range_and_are_not_too_many(low: float, width: float, about: int) -> None:
    marks = ticks(low, low + width, about=about)

    step = marks[1] - marks[0]
    assert marks[0] <= low + step * 1e-6
    assert marks[-1] >= low + width - step * 1e-6
    assert len(marks) <= about + 3


def test_ticks_are_round() -> None:
    assert ticks(0, 350, about=8) == [0, 50, 100, 150, 200, 250, 300, 350]
    assert ticks(-0.05, 1.96, about=5) == [-0.5, 0, 0.5, 1, 1.5, 2]
    assert len(ticks(3, 3, about=4)) > 1


@pytest.mark.parametrize(
    ("number", "step", "label"),
    [
        (0.5, 0.5, "0.5"),
        (-2.0, 1, "\N{MINUS SIGN}2"),
        (12_000, 2_000, "12,000"),
        (0.25, 0.25, "0.25"),
    ],
)
def test_a_tick_has_the_decimals_of_its_step(number: float, step: float, label: str) -> None:
    assert tick_label(number, step) == label


def test_a_scale_may_run_downwards() -> None:
    assert Scale(0, 10, 100, 0)(2.5) == 75


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(1, 3, "33 %"), (0, 3, "0 %"), (1, 1000, "< 1 %"), (999, 1000, "> 99 %"), (3, 3, "100 %")],
)
def test_a_share_never_rounds_to_nothing_or_to_all(part: int, whole: int, text: str) -> None:
    assert share(part, whole) == text
    assert share(part, 0) == "\N{EN DASH}"


def test_numbers_come_with_their_nouns() -> None:
    assert counted(1, "example") == "1 example"
    assert counted(1204, "example") == "1,204 examples"
    assert plain("near_duplicate") == "near duplicate"


def test_markup_escapes_words_and_keeps_markup() -> None:
    assert element("text", '<b>"&', x=1.25, class_="a", fill=None) == (
        '<text x="1.2" class="a">&lt;b&gt;&#34;&amp;</text>'
    )
    assert element("g", Markup("<i></i>"), stroke_width=2.0) == '<g stroke-width="2"><i></i></g>'
    assert element("g", id='"><script>') == '<g id="&#34;&gt;&lt;script&gt;"></g>'
