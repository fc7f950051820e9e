from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lorewright.prose import sentences


def words_of(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text, 0, len(text))]


def test_a_full_stop_ends_a_sentence() -> None:
    assert words_of("Clay shrinks. It dries first.") == ["Clay shrinks.", "It dries first."]


def test_an_abbreviation_ends_none() -> None:
    assert words_of("Dr. Ode fired the kiln. It held.") == ["Dr. Ode fired the kiln.", "It held."]


def test_offsets_are_those_of_the_whole_text() -> None:
    text = "Heading\n\nClay shrinks. It dries."

    first, second = sentences(text, 9, len(text))

    assert text[first.start : first.end] == "Clay shrinks."
    assert text[second.start : second.end] == "It dries."


def test_nothing_holds_no_sentence() -> None:
    assert sentences("", 0, 0) == []
    assert sentences("  \n ", 0, 4) == []


@given(st.text(alphabet="abC. !?\n\"'\u2019—-_é,", max_size=80))
@settings(max_examples=200, deadline=None)
def test_sentences_are_in_order_trimmed_and_leave_no_word_out(text: str) -> None:
    spans = sentences(text, 0, len(text))
    covered = "".join(text[start:end] for start, end in spans)

    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(text[a:b] == text[a:b].strip() and a < b for a, b in spans)
    assert [c for c in text if c.isalpha()] == [c for c in covered if c.isalpha()]
