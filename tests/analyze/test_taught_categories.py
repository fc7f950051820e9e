"""Where a document belongs, as a teacher says it: values of the catalogue, with words found."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyze.passages import a_text
from analyze.recital import a_teacher, chosen
from builders import a_document, a_recipe
from lorewright.analyze import load_categories
from lorewright.analyze.teaching import about_document, ask_where_it_belongs
from lorewright.analyze.teaching.categorising import EXCERPTS, excerpts, shape_for
from lorewright.errors import BadReply
from lorewright.llms import shape_of
from lorewright.records import Categorisation, CategoryField, Section
from scripted import MODEL, ScriptedAsker

CATALOGUE = load_categories(None)
WORDS = "# Pumps\n\nA pump moves water. Oil it once a week.\n"


def asked(spoil: dict[str, object] | None = None, words: str = WORDS) -> Categorisation:
    teacher = a_teacher({"categorise": spoil or {}})
    parents = (a_recipe("categorise").ref, MODEL.ref)
    return asyncio.run(ask_where_it_belongs(a_text(words), CATALOGUE, teacher, made_from=parents))


def field(found: Categorisation, name: str) -> CategoryField:
    return next(one for one in found.fields if one.field == name)


def test_every_question_of_the_catalogue_has_values_or_a_reason() -> None:
    found = asked()

    assert tuple(one.field for one in found.fields) == CATALOGUE.fields
    assert field(found, "category").values == ("training_materials",)
    assert field(found, "belonging").values == ("4",)
    assert "nothing in the excerpts" in str(field(found, "gating_level").reason)


def test_of_the_words_that_speak_for_a_value_only_the_places_are_kept() -> None:
    (cue,) = field(asked(), "category").cues

    start, end = map(int, cue.split()[3].split("-"))
    assert WORDS[start:end] == "A pump moves water. Oil it once a week."
    assert "water" not in asked().model_dump_json()


@pytest.mark.parametrize(
    ("quotes", "why"),
    [(["what pumps sing at night"], "does not stand in the document"), ([], "named no words")],
)
def test_a_value_without_words_that_speak_for_it_does_not_count(
    quotes: list[str], why: str
) -> None:
    found = asked({"category": chosen(["training_materials"], *quotes)})

    assert not field(found, "category").values
    assert why in str(field(found, "category").reason)
    assert field(found, "authorship").values


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": chosen(["poetry"])},
        {"category": chosen(["knowledge_base", "training_materials"])},
        {"belonging": 6},
        {"beauty": chosen(["great"])},
        {"authorship": chosen(["Nobody"])},
        {"authorship": "Customer"},
    ],
)
def test_what_the_catalogue_does_not_have_is_asked_for_again_and_then_fails(
    wrong: dict[str, object],
) -> None:
    with pytest.raises(BadReply):
        asked(wrong)


def test_a_long_document_is_shown_in_parts_from_all_of_it() -> None:
    text = a_text("# Pumps\n\n" + "\n".join(f"Line {at} is about pumps." for at in range(5_000)))
    teacher = a_teacher()

    spans = excerpts(text)
    said = about_document(text, CATALOGUE, teacher).messages

    assert spans[0].start == 0
    assert spans[-1].end == text.length
    assert f"12000 of {text.length} characters" in said[1].text
    assert isinstance(teacher.asker, ScriptedAsker)
    for category in CATALOGUE.category:
        assert f"{category.key}: {category.name}" in said[2].text


@given(st.integers(1, 200_000))
def test_excerpts_never_overlap_and_are_never_more_than_they_may_be(length: int) -> None:
    section = Section(heading="", level=0, start=0, end=length)
    text = a_document("x").model_copy(update={"length": length, "sections": (section,)})

    spans = excerpts(text)

    assert 0 < sum(one.end - one.start for one in spans) <= EXCERPTS
    assert all(one.end <= two.start for one, two in pairwise(spans))
    assert spans[-1].end == length


def test_the_shape_lists_the_values_that_the_catalogue_has() -> None:
    schema = shape_of(shape_for(CATALOGUE)).schema["properties"]

    assert tuple(schema) == CATALOGUE.fields
    for tag in CATALOGUE.tag:
        values = schema[tag.key]["properties"]["chosen"]
        assert tuple(values["items"]["enum"]) == tag.values
        assert ("at most 1 entries" in values.get("description", "")) == (tag.select == "one")
