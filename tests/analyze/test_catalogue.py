"""The catalogue of dimensions and the record that holds them say the same."""

import types
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin

import annotated_types
import pytest
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from lorewright.analyze import RULES, Dimension, Dimensions, the_agreements, the_dimensions
from lorewright.records import ChunkFields, ChunkType

FACTS = [one for one in the_dimensions().dimension if one.kept == "fact"]


def shape_of(field: FieldInfo) -> Any:
    """The type of a field without `None` and without its limits."""
    inner = [one for one in get_args(field.annotation) if one is not types.NoneType]
    is_union = get_origin(field.annotation) in {types.UnionType, Literal} or len(inner) == 1
    return inner[0] if inner and is_union else field.annotation


def limits_of(field: FieldInfo) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in field.metadata:
        match one:
            case annotated_types.MinLen():
                found["min"] = one.min_length
            case annotated_types.MaxLen():
                found["max"] = one.max_length
            case annotated_types.Ge():
                found["least"] = one.ge
            case annotated_types.Le():
                found["most"] = one.le
            case _:
                pass
    return found


def test_there_are_sixty_dimensions_and_five() -> None:
    origins = [one.origin for one in the_dimensions().dimension]

    assert [origins[:60].count(o) for o in ("inherited", "mechanical", "reader")] == [8, 17, 35]
    assert origins[60:] == ["reader"] * 5


@pytest.mark.parametrize("dimension", FACTS, ids=lambda one: one.name)
def test_the_record_takes_the_values_and_limits_of_the_catalogue(dimension: Dimension) -> None:
    field = ChunkFields.model_fields[dimension.name]
    shape, limits = shape_of(field), limits_of(field)

    if dimension.values:
        assert issubclass(shape, StrEnum)
        assert tuple(shape) == dimension.values
    if dimension.type == "texts":
        assert get_origin(shape) is tuple
        assert limits.get("min", 1) == (dimension.min_items or 1)
        assert limits.get("max") == dimension.max_items
    elif dimension.type == "text":
        assert limits.get("max") == dimension.max_characters
    elif dimension.type == "decimal":
        assert (limits["least"], limits["most"]) == (dimension.least, dimension.most)
    elif dimension.type == "integer" and dimension.least is not None:
        assert limits["least"] == dimension.least


def test_a_summary_has_at_most_the_words_of_the_catalogue() -> None:
    most = the_dimensions().called("chunk_summary_1s").max_words
    assert most is not None
    place = {
        "doc_id": "document:1", "doc_title": "", "chunk_id": "document:1#C001", "char_start": 0,
        "char_end": 9, "token_count": 1, "overlap_tokens": 0, "chunk_handle": "a-c001",
    }  # fmt: skip

    assert ChunkFields.model_validate({**place, "chunk_summary_1s": "a " * most})
    with pytest.raises(ValidationError, match="at most 30 words"):
        ChunkFields.model_validate({**place, "chunk_summary_1s": "a " * (most + 1)})


def test_ten_dimensions_are_expected_of_every_type_and_each_is_asked_of_it() -> None:
    for kind, names in the_dimensions().expected.items():
        assert len(set(names)) == 10
        assert all(kind in the_dimensions().called(name).types for name in names)
    assert set(the_dimensions().expected) == set(ChunkType)


def test_every_rule_fills_a_dimension_that_takes_a_reader_and_was_measured() -> None:
    assert len({rule.field for rule in RULES}) == len(RULES)
    assert {rule.field for rule in RULES} == set(the_agreements())
    for rule in RULES:
        assert the_dimensions().called(rule.field).origin == "reader"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"dimension": "twice"}, "two dimensions are called 'doc_id'"),
        ({"dimension": "fewer"}, "not those of the record"),
        ({"expected": {"CER": ("beauty",)}}, "expected that there is not"),
    ],
)
def test_a_catalogue_that_contradicts_itself_is_refused(
    change: dict[str, Any], complaint: str
) -> None:
    whole = the_dimensions().model_dump()
    rows = list(whole["dimension"])
    lists = {"twice": [*rows, rows[0]], "fewer": rows[:-1]}
    if change.get("dimension") in lists:
        change = {"dimension": lists[change["dimension"]]}

    with pytest.raises(ValidationError, match=complaint):
        Dimensions.model_validate({**whole, **change})


def test_shares_travel_exactly() -> None:
    assert all(isinstance(one.all, Decimal) for one in the_agreements().values())
