"""The answers that are asked of a judge, and what may be wrong with them.

What providers enforce is strict: one entry for each dimension. What is read is anything, so that
each way of being off has a name of its own and can be counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from lorewright.evaluate.dimensions import HIGHEST, LOWEST, Profile
from lorewright.evaluate.judging.outcomes import MISSING, NO_CHOICE, OUTSIDE, UNKNOWN, Value

Choice = Literal["first", "second", "tie", "both-bad"]
CHOICES: Mapping[str, Choice] = {
    "A": "first",
    "B": "second",
    "tie": "tie",
    "both bad": "both-bad",
}
"""What a judge may say about two advisors, and what it means."""
REASON = {"type": "string", "description": "one or two sentences that quote the answer"}


class Said(BaseModel):
    """Any JSON object, as it came; subclasses say which one is asked for."""

    model_config = ConfigDict(frozen=True)

    wanted: ClassVar[Mapping[str, Any]] = {}
    given: dict[str, Any]

    @model_validator(mode="before")
    @classmethod
    def _take_it_as_it_is(cls, said: object) -> object:
        return {"given": said}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """What is asked for, whatever is read."""
        del core_schema, handler
        return {"type": "object", "properties": dict(cls.wanted)}


class Off(NamedTuple):
    """What is wrong with a reply."""

    why: str
    """A few words, the same for all alike."""
    sentence: str
    """For the judge, who is asked again."""


@cache
def ratings_shape(keys: tuple[str, ...]) -> type[Said]:
    """A reason and a value for each dimension."""
    value = {
        "anyOf": [
            {"type": "integer", "minimum": LOWEST, "maximum": HIGHEST},
            {"type": "null"},
        ],
        "description": "null where you cannot tell",
    }
    wanted = {
        key: {"type": "object", "properties": {"reason": REASON, "value": value}} for key in keys
    }
    return type("AnswerRatings", (Said,), {"wanted": wanted, "__module__": __name__})


class AnswerPreference(Said):
    """A reason and a choice."""

    wanted: ClassVar[Mapping[str, Any]] = {
        "reason": REASON,
        "preferred": {"type": "string", "enum": [*CHOICES]},
    }


def faults_of_ratings(given: Mapping[str, Any], profile: Profile) -> list[Off]:
    """Everything that is wrong with ratings; nothing when they can be used."""
    unknown = [
        Off(UNKNOWN, f"there is no dimension {key!r}") for key in given.keys() - {*profile.keys}
    ]
    return [*sorted(unknown), *_faults(given, profile.keys)]


def _faults(given: Mapping[str, Any], keys: Sequence[str]) -> Iterator[Off]:
    for key in keys:
        match given.get(key):
            case None:
                yield Off(MISSING, f"{key} is missing")
            case {"value": value, "reason": str()} if value is None or _on_the_scale(value):
                pass
            case {"value": value, "reason": str()}:
                scale = f"{LOWEST} to {HIGHEST}, a whole number, or null"
                yield Off(OUTSIDE, f"{key} is {str(value)[:20]!r}, and the scale goes from {scale}")
            case _:
                yield Off(MISSING, f"{key} needs a reason and a value")


def _on_the_scale(value: object) -> bool:
    # True is an int, too, and 4.0 is how some servers write 4.
    match value:
        case bool():
            return False
        case int() | float():
            return value in range(LOWEST, HIGHEST + 1)
        case _:
            return False


def values_of(given: Mapping[str, Any], profile: Profile) -> dict[str, Value]:
    """Ratings that nothing is wrong with."""
    values: dict[str, Value] = {}
    for key in profile.keys:
        value = given[key]["value"]
        values[key] = Value(None if value is None else int(value), given[key]["reason"].strip())
    return values


def fault_of_preference(given: Mapping[str, Any]) -> Off | None:
    """What is wrong with a preference."""
    match given:
        case {"preferred": str() as preferred, "reason": str()} if preferred in CHOICES:
            return None
        case _:
            offered = ", ".join(map(repr, CHOICES))
            return Off(NO_CHOICE, f"`preferred` is one of {offered}, and `reason` says why")
