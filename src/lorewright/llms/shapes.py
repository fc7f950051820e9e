"""From a pydantic shape to the JSON Schema that providers enforce."""

import json
import re
from collections.abc import Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from pydantic import BaseModel

from lorewright.llms.wire import Shape

_REFERENCE = re.compile(r'"#/\$defs/([^"]+)"')
KEPT = frozenset(
    {"$ref", "additionalProperties", "anyOf", "const", "description", "enum", "items", "properties",
     "required", "type"}
)  # fmt: skip
"""What every provider's strict mode understands."""
SAID = {
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "pattern": "matching {}",
}
"""Bounds that strict modes refuse; they are said in words, and checked when the answer is here."""
NEEDLESS = frozenset(
    {"$defs", "default", "discriminator", "examples", "format", "oneOf", "title", "uniqueItems"}
)
"""What may be left out: it is checked when the answer is here, or stands there in other words."""


@cache
def shape_of(model: type[BaseModel]) -> Shape:
    """The shape to ask for: every property required, no other allowed, bounds said in words.

    Raises:
        ValueError: when strict modes have no words for a part of the shape: a mapping with free
            keys, a shape that holds itself, entries that differ by their place.
    """
    schema = model.model_json_schema()
    known: Mapping[str, Any] = schema.get("$defs", {})
    if _holds_itself(known):
        raise ValueError(f"the shape {model.__name__} holds itself and cannot be asked for")
    return Shape(model.__name__, _strict(schema, known))


def _strict(part: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in part:  # written out: not every server follows references
        return _strict(known[part["$ref"].rpartition("/")[2]], known) | _description(part)
    if unknown := part.keys() - KEPT - NEEDLESS - SAID.keys():
        raise ValueError(f"a shape with {', '.join(sorted(unknown))} cannot be asked for")
    strict = {name: value for name, value in part.items() if name in KEPT} | _description(part)
    if strict.get("type") == "object":
        if "properties" not in part:
            raise ValueError("a shape with free keys cannot be asked for")
        strict["properties"] = {
            name: _strict(inner, known) for name, inner in part["properties"].items()
        }
        strict["required"] = list(strict["properties"])
        strict["additionalProperties"] = False
    if "items" in part:
        strict["items"] = _strict(part["items"], known)
    if choices := part.get("anyOf") or part.get("oneOf"):
        strict["anyOf"] = [_strict(one, known) for one in choices]
    return strict


def _holds_itself(known: Mapping[str, Any]) -> bool:
    """Whether following the references of a part comes back to it."""
    names = {name: set(_REFERENCE.findall(json.dumps(part))) for name, part in known.items()}
    try:
        TopologicalSorter(names).prepare()
    except CycleError:
        return True
    return False


def _description(part: Mapping[str, Any]) -> dict[str, str]:
    bounds = [said.format(part[name]) for name, said in SAID.items() if name in part]
    parts = [*([part["description"]] if "description" in part else []), *bounds]
    return {"description": "; ".join(parts)} if parts else {}
