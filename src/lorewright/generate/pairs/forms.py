"""What a question may ask for, and at which level and of which chunks it is asked first."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from lorewright.records import ChunkType


class TaskForm(StrEnum):
    """What a question asks for."""

    DEFINE = "define"
    EXPLAIN = "explain"
    WHY = "why"
    QUIZ = "quiz"
    SUMMARISE = "summarise"
    SEQUENCE = "sequence"
    APPLY = "apply"
    COMPARE = "compare"
    PREDICT = "predict"
    DIAGNOSE = "diagnose"
    ADVISE = "advise"
    RELATE = "relate"
    CHALLENGE = "challenge"
    TRANSFER = "transfer"


class Form(BaseModel):
    """One task form: its words for the prompt, and where it belongs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: str = Field(min_length=1)
    levels: frozenset[int] = Field(min_length=1)
    suits: frozenset[ChunkType]


@cache
def forms() -> Mapping[TaskForm, Form]:
    """Every task form in the order of the list."""
    found = TypeAdapter(dict[TaskForm, Form]).validate_python(_read("forms.toml"))
    return {form: found[form] for form in TaskForm}


@cache
def forms_of(level: int) -> tuple[TaskForm, ...]:
    """The forms that are ordered at `level`."""
    return tuple(form for form, known in forms().items() if level in known.levels)


@cache
def harder_question(kind: ChunkType) -> str:
    """The harder question that a chunk of this type lends itself to, in words for the prompt."""
    said = TypeAdapter(dict[ChunkType, str]).validate_python(_read("complex.toml"))
    return said[kind]


def _read(name: str) -> dict[str, object]:
    return tomllib.loads((files(__package__ or "") / name).read_text(encoding="utf-8"))
