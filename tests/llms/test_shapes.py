"""What is asked for is what every provider's strict mode can enforce, and nothing is lost."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from lorewright.llms import shape_of


class Inner(BaseModel):
    kind: Literal["a", "b"]
    note: str | None = None


class Left(BaseModel):
    side: Literal["left"]


class Right(BaseModel):
    side: Literal["right"]


class Outer(BaseModel):
    """All that a shape may hold."""

    words: str = Field(min_length=3, max_length=80, pattern="^[a-z]+$")
    mark: int = Field(ge=1, le=10, description="how good it is")
    share: float = Field(gt=0, lt=1)
    inner: list[Inner] = Field(min_length=1, max_length=5)
    one: Inner
    turn: Annotated[Left | Right, Field(discriminator="side")]


class Free(BaseModel):
    anything: dict[str, int]


class Tree(BaseModel):
    branches: list["Tree"]


class Placed(BaseModel):
    pair: tuple[int, str]


def objects_in(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every object that a schema describes, however deep."""
    parts: list[dict[str, Any]] = []

    def keep(part: dict[str, Any]) -> dict[str, Any]:
        parts.append(part)
        return part

    json.loads(json.dumps(schema), object_hook=keep)
    return [part for part in parts if part.get("type") == "object"]


def test_every_object_requires_all_its_properties_and_allows_no_other() -> None:
    objects = objects_in(shape_of(Outer).schema)

    assert len(objects) == 5
    assert all(one["required"] == list(one["properties"]) for one in objects)
    assert all(one["additionalProperties"] is False for one in objects)


def test_references_are_written_out() -> None:
    assert "$ref" not in str(shape_of(Outer).schema)
    assert "$defs" not in shape_of(Outer).schema


def test_bounds_are_said_in_words() -> None:
    parts = shape_of(Outer).schema["properties"]

    assert parts["words"]["description"] == (
        "at least 3 characters; at most 80 characters; matching ^[a-z]+$"
    )
    assert parts["mark"]["description"] == "how good it is; at least 1; at most 10"
    assert parts["share"]["description"] == "more than 0; less than 1"
    assert parts["inner"]["description"] == "at least 1 entries; at most 5 entries"


def test_a_choice_between_shapes_is_kept() -> None:
    turn = shape_of(Outer).schema["properties"]["turn"]

    assert [one["properties"]["side"]["const"] for one in turn["anyOf"]] == ["left", "right"]


@pytest.mark.parametrize("shape", [Free, Tree, Placed])
def test_what_no_strict_mode_has_words_for_is_refused_at_once(shape: type[BaseModel]) -> None:
    with pytest.raises(ValueError, match="cannot be asked for"):
        shape_of(shape)
