"""The block of YAML on top of a card, which model hubs read."""

import json
import re
from collections.abc import Mapping
from typing import Any

_NOT_PLAIN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def front_matter(values: Mapping[str, Any]) -> str:
    """`values` between two lines of dashes; None and empty lists are left out.

    Text is always quoted: an unquoted `no`, `1.0` or `a: b` would be read as something else.
    """
    lines = ["---"]
    for name, value in values.items():
        if value is not None and value != []:
            lines += _lines(name, value, "")
    return "\n".join([*lines, "---", ""])


def _lines(name: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, list):
        lines = [f"{indent}{name}:"]
        for item in value:  # pyright: ignore[reportUnknownVariableType] - text or mappings
            lines += _item(item, indent)
        return lines
    return [f"{indent}{name}: {_scalar(value)}"]


def _item(item: Any, indent: str) -> list[str]:
    if not isinstance(item, Mapping):
        return [f"{indent}- {_scalar(item)}"]
    lines: list[str] = []
    for name, value in item.items():  # pyright: ignore[reportUnknownVariableType] - as above
        lines += _lines(str(name), value, f"{indent}  ")  # pyright: ignore[reportUnknownArgumentType] - as above
    return [f"{indent}- {lines[0].strip()}", *lines[1:]]


def _scalar(value: Any) -> str:
    if isinstance(value, bool | int):
        return json.dumps(value)
    text = json.dumps(str(value), ensure_ascii=False)
    return _NOT_PLAIN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
