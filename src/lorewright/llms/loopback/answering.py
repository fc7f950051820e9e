"""An answer of the shape that was asked for, put together from the words of the prompt."""

import math
import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from lorewright.llms.loopback.fields import (
    Purpose,
    bounds_of,
    is_empty_when_good,
    is_mark,
    is_no_when_good,
    pattern_in,
    purpose_of,
)
from lorewright.llms.loopback.scenes import Scene, Scenes
from lorewright.llms.loopback.stage import Stage
from lorewright.llms.loopback.wording import phrase_of, question_about
from lorewright.llms.reading import CHARACTERS_PER_TOKEN

Schema = Mapping[str, Any]

USUAL_ENTRIES = 3
USUAL_NUMBERS = 5
GOOD_SHARE = 0.7
"""Marks are drawn from above this share of their range: a rehearsal goes well as a rule."""
SLIPS = 0.03
"""The share of yes-or-no questions whose answer is not the usual one."""
_NAMELESS = frozenset({"value", "values"})
"""Fields that are named for their form; what they hold is named by the field above."""
_SLUG = re.compile(r"[^a-z0-9]+")


class Answerer:
    """Makes one answer; the same lot and the same stage make the same one.

    Args:
        stage: what the prompt holds.
        lot: where what is not given comes from.
        typical_tokens: the median length of an answer's texts; None leaves them short.
        spread: how much lengths differ, as the standard deviation of their logarithm.
    """

    def __init__(
        self, stage: Stage, lot: Random, *, typical_tokens: int | None = None, spread: float = 0.0
    ) -> None:
        self._stage = stage
        self._lot = lot
        self._scenes = Scenes(stage, lot)
        self._characters = 0
        if typical_tokens is not None:
            drawn = lot.lognormvariate(math.log(typical_tokens), spread)
            self._characters = round(CHARACTERS_PER_TOKEN * drawn)

    def answer(self, schema: Schema) -> Any:
        """A value that `schema` allows."""
        return self._value(schema, "", self._scenes.draw())

    def prose(self) -> str:
        """An answer that needs no shape."""
        return self._told("answer", self._scenes.draw(), None, None)

    def _value(self, schema: Schema, name: str, scene: Scene) -> Any:
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choice(schema["enum"], scene)
        if "anyOf" in schema:
            return self._any(schema, name, scene)
        return self._by_type(schema, name, scene)

    def _by_type(self, schema: Schema, name: str, scene: Scene) -> Any:
        match _type(schema):
            case "object":
                return self._object(schema, name, scene)
            case "array":
                return self._array(schema, name, scene)
            case "string":
                return self._text(schema, name, scene)
            case "integer" | "number":
                return self._number(schema, name)
            case "boolean":
                return is_no_when_good(name) == (self._lot.random() < SLIPS)
            case _:
                return None

    def _choice(self, options: Sequence[Any], scene: Scene) -> Any:
        """What the line of the prompt wants that this scene stands for, else any."""
        choices = self._stage.choices
        wanted = choices[scene.number] if scene.number < len(choices) else None
        return wanted if wanted in options else self._lot.choice(options)

    def _any(self, schema: Schema, name: str, scene: Scene) -> Any:
        options: list[Schema] = [one for one in schema["anyOf"] if one.get("type") != "null"]
        if not options or (len(options) < len(schema["anyOf"]) and is_empty_when_good(name)):
            return None
        chosen = self._lot.choice(options)
        said = [one["description"] for one in (schema, chosen) if one.get("description")]
        return self._value({**chosen, "description": "; ".join(said)}, name, scene)

    def _object(self, schema: Schema, name: str, scene: Scene) -> dict[str, Any]:
        parts: Mapping[str, Schema] = schema.get("properties", {})
        if name and any(_is_quote(one, part) for one, part in parts.items()):
            scene = self._scenes.draw(scene.number)
        return {
            one: self._value(part, name if name and one in _NAMELESS else one, scene)
            for one, part in parts.items()
        }

    def _array(self, schema: Schema, name: str, scene: Scene) -> list[Any]:
        items: Schema = schema.get("items", {"type": "string"})
        least, most = bounds_of(schema, "entries")
        if is_empty_when_good(name) and not least:
            return []
        if _type(items) == "string" and _is_quote(name, schema):
            quotes = (self._scenes.side_of(name, scene), *scene.beside, *scene.following)
            count = max(1 + len(scene.beside), least or 1)
            return list(dict.fromkeys(quotes))[: count if most is None else min(count, most)]
        if "id" in items.get("properties", {}) and self._stage.ids:
            return self._by_id(items, name)
        count = self._count(name, least, most)
        if _type(items) == "object":
            return [self._value(items, name, self._scenes.draw(place)) for place in range(count)]
        return self._different(items, name, count)

    def _by_id(self, items: Schema, name: str) -> list[Any]:
        """One entry for each part of the task, under its name."""
        return [
            {**self._value(items, name, self._scenes.draw(place)), "id": known_as}
            for place, known_as in enumerate(self._stage.ids)
        ]

    def _different(self, items: Schema, name: str, count: int) -> list[Any]:
        """`count` entries, or as many as differ among four times as many."""
        found: list[Any] = []
        for _ in range(4 * count):
            one = self._value(items, name, self._scenes.draw())
            if len(found) < count and one not in found:
                found.append(one)
        return found

    def _count(self, name: str, least: int | None, most: int | None) -> int:
        asked = self._stage.counts.get(name.lower())
        if asked is None:
            asked = (least or USUAL_ENTRIES) + self._lot.randrange(2)
        return max(least or 0, asked if most is None else min(asked, most))

    def _text(self, schema: Schema, name: str, scene: Scene) -> str:
        description = schema.get("description", "")
        least, most = bounds_of(schema, "characters")
        match purpose_of(name, description):
            case Purpose.QUOTE:
                text = self._scenes.side_of(name, scene)
            case Purpose.QUESTION:
                text = question_about(scene.sentence, self._lot)
            case Purpose.KEY if self._stage.keys:
                text = self._lot.choice(self._stage.keys)
            case Purpose.NAME | Purpose.KEY:
                text = phrase_of(scene.sentence, self._lot)
            case Purpose.ANSWER:
                text = self._told(name, scene, least, most)
        if pattern := pattern_in(description):
            return self._matching(pattern, text)
        if least and len(text) < least:
            text = self._told(name, scene, least, most)
        return _cut(text, most)

    def _told(self, name: str, scene: Scene, least: int | None, most: int | None) -> str:
        """The scene's sentences, one after the other, until they are enough."""
        fewest, longest = 0, math.inf
        if "answer" in name and self._stage.words is not None:
            fewest, longest = self._stage.words
        target = max(least or 0, self._characters)
        told = ""
        for sentence in (scene.sentence, *scene.beside, *scene.following):
            longer = f"{told} {' '.join(sentence.split())}".strip()
            if told and (len(longer.split()) > longest or len(longer) > (most or math.inf)):
                break
            told = longer
            if len(told) >= target and len(told.split()) >= fewest:
                break
        return _cut(told, most)

    def _number(self, schema: Schema, name: str) -> int:
        least, most = bounds_of(schema, "")
        if is_mark(name):
            least, most = (1 if least is None else least), (10 if most is None else most)
            return self._lot.randint(math.ceil(least + GOOD_SHARE * (most - least)), most)
        if least is None:
            least = 1 if most is None else min(1, most)
        return self._lot.randint(least, least + USUAL_NUMBERS if most is None else most)

    def _matching(self, pattern: str, text: str) -> str:
        """The first guess that fits `pattern`; the last one when none does."""
        slug = _SLUG.sub("_", text.lower()).strip("_")
        guesses = (
            text,
            slug[:32].strip("_"),
            slug.replace("_", "-")[:32],
            "1",
        )
        return next((one for one in guesses if re.search(pattern, one)), guesses[1])


def _type(schema: Schema) -> str | None:
    """What a schema says a value is; of several types the first that is not null."""
    kind: Any = schema.get("type")
    if kind is None:
        return "object" if "properties" in schema else None
    kinds: list[Any] = [kind] if isinstance(kind, str) else [*kind]
    return next((one for one in kinds if one != "null"), None)


def _is_quote(name: str, schema: Schema) -> bool:
    return purpose_of(name, schema.get("description", "")) is Purpose.QUOTE and _type(schema) in {
        "string",
        "array",
    }


def _cut(text: str, most: int | None) -> str:
    """`text` in at most `most` characters, and in whole words if it can be."""
    if most is None or len(text) <= most:
        return text
    return text[:most].rsplit(None, 1)[0] if " " in text[:most] else text[:most]
