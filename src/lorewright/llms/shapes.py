"""From a pydantic shape to the JSON Schema that providers enforce."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from lorewright.llms.wire import Shape

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
    "pattern": "matching {}",
}
"""Bounds that strict modes refuse; they are said in words, and checked when the answer is here."""


@cache
def shape_of(model: type[BaseModel]) -> Shape:
    """The shape to ask for: every property required, no other allowed, bounds said in words.

    Raises:
        ValueError: when the shape holds a mapping with free keys, which strict modes refuse.
    """
    schema = model.model_json_schema()
    known: Mapping[str, Any] = schema.get("$defs", {})
    return Shape(model.__name__, _strict(schema, known))


def _strict(part: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in part:  # written out: not every server follows references
        return _strict(known[part["$ref"].rpartition("/")[2]], known) | _description(part)
    strict = {name: value for name, value in part.items() if name in KEPT} | _description(part)
    if "allOf" in part:
        raise ValueError("a shape that joins others cannot be asked for")
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
    if "anyOf" in part:
        strict["anyOf"] = [_strict(one, known) for one in part["anyOf"]]
    return strict


def _description(part: Mapping[str, Any]) -> dict[str, str]:
    bounds = [said.format(part[name]) for name, said in SAID.items() if name in part]
    parts = [*([part["description"]] if "description" in part else []), *bounds]
    return {"description": "; ".join(parts)} if parts else {}
