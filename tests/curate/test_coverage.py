import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.builders import a_document
from lorewright.curate import coverage
from lorewright.curate.coverage import merged
from lorewright.curate.sections import body_of

TEXT = (
    "Ahead of it.\n\n# One\n\nRest is good.\n\n# Empty\n\n"
    "# Contents\n\nOne, two.\n\n# Two\n\nTea and more.\n"
)
HANDBOOK = a_document(TEXT)
SPANS = st.lists(
    st.tuples(st.integers(0, len(TEXT)), st.integers(0, 30)).map(
        lambda pair: (pair[0], min(pair[0] + pair[1], len(TEXT)))
    ),
    max_size=8,
)


def test_headings_bare_sections_and_apparatus_are_no_content() -> None:
    found = coverage(HANDBOOK, [])

    assert [one.section.heading for one in found.sections] == ["", "One", "Two"]
    assert [one.characters for one in found.sections] == [10, 11, 11]
    assert found.character_share == found.section_share == 0.0


def test_a_whole_document_covers_all_of_its_content() -> None:
    found = coverage(HANDBOOK, [(0, len(TEXT))])

    assert found.character_share == found.section_share == 1.0


def test_overlapping_evidence_counts_once() -> None:
    at = TEXT.index("Rest is")

    found = coverage(HANDBOOK, [(at, at + 7), (at + 5, at + 7), (at, at + 4)])

    assert found.covered == len("Restis")
    assert found.sections_covered == 1
    assert found.section_share == pytest.approx(1 / 3)


@given(SPANS)
def test_coverage_is_what_counting_characters_gives(spans: list[tuple[int, int]]) -> None:
    inside = {at for start, end in spans for at in range(start, end) if not TEXT[at].isspace()}

    found = coverage(HANDBOOK, spans)

    for one in found.sections:
        body = body_of(HANDBOOK, one.section)
        assert one.covered == len(inside & set(range(body.start, body.end)))


@given(SPANS)
def test_a_union_holds_the_same_characters_once(spans: list[tuple[int, int]]) -> None:
    union = merged(spans)

    points = [at for start, end in union for at in range(start, end)]
    assert sorted({at for start, end in spans for at in range(start, end)}) == points


def test_a_document_without_content_has_no_share() -> None:
    assert coverage(a_document("# Contents\n"), []).character_share == 0.0
