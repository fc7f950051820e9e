"""What rules say about a document, and the catalogue of what can be said."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from analyze.passages import a_text
from builders import a_categorisation, a_recipe
from lorewright.analyze import Categories, categorise, load_categories
from lorewright.errors import BadSettings, UsageError
from lorewright.records import CategoryField, Document, Moment

OURS = load_categories(None)
RECIPE = a_recipe("describe").ref
EVIDENCE = """# Yields

Brown (2011), Grey (2012) and Green (2014) counted.
They saw 4 % in May, 8 per cent in June and 3 points in July.

| month | yield |
|---|---|
| May | 4 |

![a field](field.png)
"""


def said(document: Document, field: str, catalogue: Categories = OURS) -> CategoryField:
    fields = categorise(document, catalogue, recipe=RECIPE).fields
    return next(one for one in fields if one.field == field)


def test_every_field_of_the_catalogue_is_answered_in_order() -> None:
    found = categorise(a_text(EVIDENCE), OURS, recipe=RECIPE)

    assert tuple(one.field for one in found.fields) == OURS.fields
    assert len(OURS.fields) == 9
    assert len(OURS.category) == 11


def test_what_is_counted_is_evidence() -> None:
    found = said(a_text(EVIDENCE), "evidence_type")

    assert dict(zip(found.values, found.cues, strict=True)) == {
        "Metrics/KPIs": "3 figures with their measure",
        "Data Tables": "1 tables",
        "Screenshots/Visuals": "1 images",
        "External References": "3 sources with a year",
    }


def test_two_of_a_kind_are_no_evidence_yet() -> None:
    found = said(a_text("Brown (2011) and Grey (2012) saw 4 % and 5 %.\n"), "evidence_type")

    assert found.values == ()
    assert found.reason is not None


def test_sections_with_numbered_steps_make_a_guide() -> None:
    steps = "".join(f"# Task {n}\n\nTo do it:\n\n1. Begin.\n2. End.\n\n" for n in range(3))
    prose = "".join(f"# Thought {n}\n\nIt was good.\n\n" for n in range(10))

    assert said(a_text(steps), "content_format").cues == ("numbered steps in 3 of 3 sections",)
    assert not said(a_text(steps + prose), "content_format").values


def test_moments_make_a_transcript() -> None:
    words = "Good morning. Good evening.\n"
    moment = Moment(start=0, end=13, from_ms=0, until_ms=10)

    assert said(a_text(words, moments=(moment,)), "content_format").values == ("Transcript",)


@pytest.mark.parametrize("field", ["belonging", "category", "authorship", "disclosure_risk"])
def test_what_only_the_owner_knows_is_left_to_the_owner(field: str) -> None:
    found = said(a_text(EVIDENCE), field)

    assert not found.values
    assert "only the owner" in str(found.reason)


def test_a_catalogue_of_ones_own_replaces_ours(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'belonging = ["no", "hardly", "some", "much", "all"]\n'
        '[[category]]\nkey = "recipes"\nname = "Recipes"\nvalue = "high"\nmeaning = "food"\n'
        '[[tag]]\nkey = "evidence_type"\nmeaning = "proof"\nselect = "many"\n'
        'values = ["Tasting", "Data Tables"]\n',
        encoding="utf-8",
    )
    mine = load_categories(file)

    assert mine.fields == ("belonging", "category", "evidence_type")
    assert said(a_text(EVIDENCE), "evidence_type", mine).values == ("Data Tables",)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("belonging = [", "not valid TOML"),
        ('belonging = ["a"]\ncategory = []\ntag = []\n', "belonging"),
        (
            'belonging = ["1", "2", "3", "4", "5"]\ntag = []\n'
            + '[[category]]\nkey = "a"\nname = "A"\nvalue = "high"\nmeaning = ""\n' * 2,
            "'a' stands there twice|is off",
        ),
    ],
)
def test_a_broken_catalogue_is_an_error_of_the_settings(
    text: str, complaint: str, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(BadSettings, match=complaint) as caught:
        load_categories(file)

    assert caught.value.where == str(file)


def test_a_catalogue_that_is_not_there_is_an_error_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        load_categories(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("field", "word", "value"),
    [
        ("belonging", "4", "4"),
        ("category", "training_materials", "training_materials"),
        ("category", "training materials & educational content", "training_materials"),
        ("authorship", "team member", "Team Member"),
        ("disclosure_risk", "4", "4 High"),
    ],
)
def test_a_value_is_known_by_its_key_its_name_or_its_number(
    field: str, word: str, value: str
) -> None:
    assert OURS.chosen(field, word) == value


def test_a_value_or_field_that_there_is_not_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="no value of authorship") as caught:
        OURS.chosen("authorship", "me")
    assert "Team Member" in str(caught.value.hint)
    with pytest.raises(UsageError, match="no field 'colour'") as caught:
        OURS.chosen("colour", "red")
    assert "gating_level" in str(caught.value.hint)


def test_a_categorisation_says_every_field_once_and_with_a_reason() -> None:
    whole = a_categorisation()

    with pytest.raises(ValidationError, match="every field once"):
        whole.model_copy(update={"fields": (*whole.fields, *whole.fields)})
    with pytest.raises(ValidationError, match="made from its document"):
        whole.model_copy(update={"made_from": (RECIPE,)})
    with pytest.raises(ValidationError, match="says why it has none"):
        CategoryField(field="belonging")
    with pytest.raises(ValidationError, match="has its cue"):
        CategoryField(field="belonging", values=("4",))
