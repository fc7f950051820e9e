"""What is written is read back the same, whatever stands in it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_source
from evaluate.scenarios.drafts import a_candidate
from lorewright.errors import UsageError
from lorewright.evaluate.scenarios import ENDINGS, Draft, Row, draft_of, rows_in, written
from lorewright.records import Emotion, Scenario, ScenarioPurpose

TEXT = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00\r\x1c\x1d\x1e\x1f\x85"),
    min_size=1,
    max_size=20,
).filter(lambda text: text == text.strip() and not text.startswith("["))
SCENARIOS = st.builds(
    Scenario,
    scenario_id=TEXT,
    family=TEXT,
    purpose=st.sampled_from(ScenarioPurpose),
    persona=st.none() | TEXT,
    topic=st.none() | TEXT,
    situation=TEXT,
    messages=st.lists(TEXT, min_size=1, max_size=3).map(tuple),
    emotional_state=st.none()
    | st.builds(
        Emotion,
        primary=TEXT.filter(lambda text: not text.startswith("{")),
        secondary=st.none() | TEXT,
        intensity=st.integers(0, 100).map(lambda cents: Decimal(cents) / 100),
    ),
    expected=st.lists(TEXT, max_size=3).map(tuple),
    made_from=st.just((a_source().ref,)),
)


def read_back(content: str, ending: str) -> list[Draft]:
    rows = [row for row in rows_in(content.encode(), f"a{ending}") if isinstance(row, Row)]
    drafts = [draft_of(row) for row in rows]
    return [one for one in drafts if isinstance(one, Draft)]


@pytest.mark.parametrize("ending", ENDINGS)
@given(scenario=SCENARIOS)
def test_a_scenario_comes_back_as_it_was(scenario: Scenario, ending: str) -> None:
    (draft,) = read_back(written([scenario], ending), ending)

    assert draft.family is not None
    # Compared by value: an intensity of 0.80 comes back as 0.8.
    assert draft.as_record(draft.family, scenario.made_from).model_dump() == scenario.model_dump()


def test_no_cell_is_a_formula() -> None:
    content = written([a_candidate(message="=1+1", situation="-x", topic="@y")], ".csv")

    assert "'-x" in content
    assert "'@y" in content
    assert ",=1" not in content


def test_another_ending_is_refused() -> None:
    with pytest.raises(UsageError, match=r"\.xlsx"):
        written([a_candidate()], ".xlsx")
