"""Records keep the promises that the store and `erase` rest on."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from lorewright.records import KINDS, Blob, Record


def parts_of(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every pydantic class inside an annotation, however deep."""
    for inner in get_args(annotation):
        yield from parts_of(inner)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from parts_of(field.annotation)


def holds_a_blob(kind: type[Record]) -> bool:
    return Blob in set(parts_of(kind))


def test_the_search_sees_blobs_inside_tuples_of_values() -> None:
    assert holds_a_blob(KINDS["dataset"])
    assert not holds_a_blob(KINDS["person"])


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_record_with_blobs_says_which_ones_it_cites(kind: type[Record]) -> None:
    says_so = kind.cited_blobs is not Record.cited_blobs

    assert says_so == holds_a_blob(kind)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_record_is_frozen_and_takes_no_unknown_field(kind: type[Record]) -> None:
    assert kind.model_config.get("frozen") is True
    assert kind.model_config.get("extra") == "forbid"


def kinds_below(shape: type[Record]) -> Iterator[type[Record]]:
    """Every class of the package that gives itself a kind, however deep."""
    for below in shape.__subclasses__():
        if "kind" in vars(below) and below.__module__.startswith("lorewright."):
            yield below
        yield from kinds_below(below)


def test_every_kind_of_record_is_listed_under_its_own_name() -> None:
    assert {shape.kind: shape for shape in kinds_below(Record)} == KINDS
