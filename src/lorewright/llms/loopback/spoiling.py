"""Ways in which the words of an answer can be off: what language models do to JSON."""

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from lorewright.llms.loopback.asked import Asked
from lorewright.llms.loopback.said import Said

REFUSAL = "I am sorry, but I cannot help with that."
CUT_AT = 0.6
_FIRST_GAP = re.compile(r'(: "[^"\\ ]*) ')

Spoiler = Callable[[Said, Asked], Said]


def _as_text(change: Callable[[str], str]) -> Spoiler:
    return lambda said, _asked: replace(said, text=change(said.text))


def _cut(text: str) -> str:
    """`text` as far as somewhere in its middle, inside a word if there is one."""
    at = int(len(text) * CUT_AT)
    while at < len(text) - 1 and not (text[at - 1].isalpha() and text[at].isalpha()):
        at += 1
    return text[:at]


def _python(said: Said, _asked: Asked) -> Said:
    return said if said.value is None else replace(said, text=repr(said.value))


def _changed(change: Callable[[Any, Mapping[str, Any]], Any]) -> Spoiler:
    """A spoiler that makes another value of the answer's."""

    def spoil(said: Said, asked: Asked) -> Said:
        if said.value is None or asked.schema is None:
            return said
        value = change(deepcopy(said.value), asked.schema)
        return replace(said, text=json.dumps(value, ensure_ascii=False), value=value)

    return spoil


def _without_a_field(value: Any, _schema: Mapping[str, Any]) -> Any:
    """`value` without the last field of its innermost last object."""
    inner: Any = value
    while True:
        rows: list[Any] = [one for one in inner.values() if _is_list_of_objects(one)]
        if not rows:
            break
        inner = rows[0][-1]
    if inner:
        inner.popitem()
    return value


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[-1], dict)  # pyright: ignore[reportUnknownArgumentType] - JSON of any shape


def _with_a_wrong_choice(value: Any, schema: Mapping[str, Any]) -> Any:
    """`value` with a choice that is none; without any choice in it, with a field too few."""
    return value if _spoilt_choice(value, schema) else _without_a_field(value, schema)


def _spoilt_choice(value: Any, schema: Mapping[str, Any]) -> bool:
    for name, part in schema.get("properties", {}).items():
        inner = value.get(name)
        if "enum" in part and isinstance(inner, str):
            value[name] = f"{inner}!!"
            return True
        if part.get("type") == "object" and _spoilt_choice(inner, part):
            return True
        if _is_list_of_objects(inner) and _spoilt_choice(inner[-1], part.get("items", {})):
            return True
    return False


def _bare(value: Any, _schema: Mapping[str, Any]) -> Any:
    lists: list[Any] = [one for one in value.values() if isinstance(one, list)]
    return lists[0] if len(lists) == 1 else [value]


SPOILERS: dict[str, Spoiler] = {
    "fence": _as_text(lambda text: f"```json\n{text}\n```"),
    "prose_around": _as_text(
        lambda text: (
            f"Here it is [as asked], in {{JSON}}:\n{text}\nTell me [anytime] about {{more}}."
        )
    ),
    "prose_and_fence": _as_text(lambda text: f"Here it is:\n\n```json\n{text}\n```\n\nGood luck!"),
    "think": _as_text(lambda text: f'<think>Should it be {{"a": 1}} or [2]?</think>\n\n{text}'),
    "think_for_ever": _as_text(lambda text: f"<think>Perhaps {text} or rather"),
    "byte_order_mark": _as_text(lambda text: f"\ufeff{text}"),
    "trailing_comma": _as_text(lambda text: f"{text[:-1]},{text[-1:]}"),
    "python_quotes": _python,
    "raw_newline": _as_text(lambda text: _FIRST_GAP.sub(r"\1\n", text, count=1)),
    "unescaped_quotes": _as_text(lambda text: _FIRST_GAP.sub(r'\1 "so" ', text, count=1)),
    "truncated": lambda said, _asked: replace(said, text=_cut(said.text), ending="length"),
    "truncated_end": lambda said, _asked: replace(said, text=said.text[:-1], ending="length"),
    "lying_stop": lambda said, _asked: replace(said, text=_cut(said.text)),
    "lying_stop_end": lambda said, _asked: replace(said, text=said.text[:-1]),
    "stop_at_length": lambda said, _asked: replace(said, ending="length"),
    "odd_stop": lambda said, _asked: replace(said, ending="odd"),
    "wrong_enum": _changed(_with_a_wrong_choice),
    "missing_field": _changed(_without_a_field),
    "bare_array": _changed(_bare),
    "twice": _as_text(lambda text: f"{text}\n\nOr rather:\n\n{text.replace(' the ', ' a ')}"),
    "empty": _as_text(lambda _text: ""),
    "refusal": lambda _said, _asked: Said(REFUSAL, "refusal"),
    "refusal_text": lambda _said, _asked: Said(REFUSAL),
    "content_filter": lambda _said, _asked: Said("", "filter"),
    "no_usage": lambda said, _asked: replace(said, counts_tokens=False),
}
