"""An analysis gives every dimension a value or a reason, and rests on exact words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from analyze.passages import a_text
from builders import a_chunk, a_recipe, a_source, an_analysis
from lorewright.analyze import analyses_of, chunks_of, the_agreements, the_dimensions
from lorewright.records import (
    ChunkAnalysis,
    ChunkFields,
    ChunkType,
    Document,
    Moment,
    PageRange,
    SourceType,
    Unknown,
)
from lorewright.settings import ChunkSettings

RECIPE = a_recipe("describe").ref
WORDS = """# Pumps

A pump moves water from one place to another. Brown (2011) found that 40 of 60 pumps leak.

To prime a pump:

1. Close the outlet valve.
2. Fill the housing with water and oil.
3. Open the vent until no air comes out.
"""


def analyses(document: Document, *, media_type: str = "text/markdown") -> list[ChunkAnalysis]:
    source = a_source(document.words).model_copy(update={"media_type": media_type})
    chunks = chunks_of(document, settings=ChunkSettings(), recipe=RECIPE)
    return list(analyses_of(document, source, chunks, recipe=RECIPE))


def the_procedure(document: Document) -> ChunkAnalysis:
    return next(
        one for one in analyses(document) if one.fields.chunk_type is ChunkType.INSTRUCTIONAL_UNIT
    )


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=300))
def test_every_dimension_has_a_value_or_a_reason_whatever_the_text(words: str) -> None:
    document = a_text(f"# A heading\n\nA first sentence stands here. {words}\n")

    for one in analyses(document):
        known = set(one.fields.filled())
        assert all(
            bool(one.reason_for(name)) != (name in known) for name in ChunkFields.model_fields
        )
        assert all(document.words[each.start : each.end] == each.quote for each in one.evidence)


def test_the_same_chunk_is_described_the_same_way() -> None:
    assert [one.ref for one in analyses(a_text(WORDS))] == [
        one.ref for one in analyses(a_text(WORDS))
    ]


def test_what_is_inherited_and_where_it_stands_is_exact() -> None:
    document = a_text(WORDS, author="Ada", date="2030-01")
    fields = analyses(document)[0].fields

    assert (fields.doc_id, fields.doc_title) == (document.ref, "A handbook")
    assert (fields.author, fields.doc_date, fields.source_type) == (
        "Ada", "2030-01", SourceType.MARKDOWN,
    )  # fmt: skip
    assert fields.chunk_id == f"{document.ref}#C001"
    assert fields.chunk_handle == "pumps-c001"
    assert (fields.char_start, fields.char_end) == (0, len(WORDS.rstrip()))
    assert fields.token_count == 45
    assert fields.overlap_tokens == 0


def test_pages_are_those_that_the_chunk_touches() -> None:
    document = a_text(WORDS, pages=(
        PageRange(number=3, start=0, end=40), PageRange(number=4, start=40, end=len(WORDS)),
    ))  # fmt: skip
    fields = analyses(document)[0].fields

    assert (fields.page_start, fields.page_end) == (3, 4)
    assert analyses(a_text(WORDS))[0].reason_for("page_start") == "the file has no pages"


def test_words_that_somebody_said_are_a_transcript() -> None:
    moment = Moment(start=0, end=len(WORDS), from_ms=0, until_ms=9)

    assert analyses(a_text(WORDS, moments=(moment,)))[0].fields.source_type is (
        SourceType.TRANSCRIPT
    )


def test_a_kind_of_file_that_is_not_listed_is_left_open() -> None:
    one = analyses(a_text(WORDS), media_type="text/plain")[0]

    assert one.fields.source_type is None
    assert "text/plain" in str(one.reason_for("source_type"))


def test_a_procedure_has_its_steps_with_the_words_they_rest_on() -> None:
    one = the_procedure(a_text(WORDS))
    ground = one.ground_of("steps_json")

    assert ground is not None
    assert [one.evidence[at].quote for at in ground.evidence] == [
        "Close the outlet valve.",
        "Fill the housing with water and oil.",
        "Open the vent until no air comes out.",
    ]
    assert ground.agreement == the_agreements()["steps_json"].all
    assert one.accuracy == 10


def test_a_rule_that_agrees_too_little_fills_nothing_and_says_so() -> None:
    one = analyses(a_text(WORDS))[0]
    weak = [name for name, found in the_agreements().items() if not found.is_enough]

    assert weak
    for name in weak:
        assert getattr(one.fields, name) is None
    assert "0.70 is needed" in str(one.reason_for("key_terms"))


def test_what_no_rule_fills_takes_a_teacher_and_other_types_are_not_asked() -> None:
    one = analyses(a_text(WORDS))[0]

    assert "teacher" in str(one.reason_for("audience"))
    assert "not asked" in str(one.reason_for("steps_json"))


def test_rules_for_english_say_nothing_about_another_language() -> None:
    one = analyses(a_text(WORDS, language="de"))[0]

    assert one.fields.chunk_type is None
    assert "'de'" in str(one.reason_for("chunk_summary_1s"))
    assert (one.precision, one.accuracy) == (1, None)


def test_precision_counts_what_is_expected_of_the_type() -> None:
    one = the_procedure(a_text(WORDS))
    expected = the_dimensions().expected[ChunkType.INSTRUCTIONAL_UNIT]
    filled = set(one.fields.filled())

    assert one.precision == sum(name in filled for name in expected) == 2


def test_a_handle_is_short_and_plain_in_every_script() -> None:
    long = "Über die Möglichkeit, Pumpen ohne Öl und ohne jede Aufsicht zu betreiben"

    handles = [
        analyses(a_text(f"# {heading}\n\nWords stand here.\n"))[0].fields.chunk_handle
        for heading in (long, "泵的维护")
    ]

    assert handles == ["uber-die-moglichkeit-pumpen-ohne-ol-und-ohne-c001", "chunk-c001"]
    assert all(len(one) <= 50 for one in handles)


def test_an_analysis_that_leaves_a_dimension_out_is_refused() -> None:
    whole = an_analysis()
    less = Unknown(reason="it takes a teacher", fields=whole.unknown[0].fields[1:])

    with pytest.raises(ValidationError, match="a value, or one reason"):
        whole.model_copy(update={"unknown": (less,)})
    with pytest.raises(ValidationError, match="beyond the evidence"):
        whole.model_copy(update={"evidence": ()})
    grounds = (whole.grounds[0].model_copy(update={"field": "claim"}),)
    with pytest.raises(ValidationError, match="only what has a value"):
        whole.model_copy(update={"grounds": grounds})
    with pytest.raises(ValidationError, match="made from its chunk"):
        whole.model_copy(update={"made_from": (a_chunk().ref,)})


def test_places_that_contradict_themselves_are_refused() -> None:
    fields = an_analysis().fields.model_dump()

    with pytest.raises(ValidationError, match="behind its start"):
        ChunkFields.model_validate({**fields, "char_end": 0})
    with pytest.raises(ValidationError, match="or neither"):
        ChunkFields.model_validate({**fields, "page_start": 2})
    with pytest.raises(ValidationError, match="comes before its first"):
        ChunkFields.model_validate({**fields, "page_start": 2, "page_end": 1})
    with pytest.raises(ValidationError, match="factual_confidence"):
        ChunkFields.model_validate({**fields, "factual_confidence_0_1": Decimal("1.01")})
