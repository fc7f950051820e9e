"""The wordings in which a task form may ask, read once from `questions.toml`."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from lorewright.generate.extractive.context import Context, pick


@cache
def _wordings() -> dict[str, Any]:
    return tomllib.loads((files(__package__ or "") / "questions.toml").read_text(encoding="utf-8"))


def asked(kind: str, context: Context, *, turn: int = 0, **fields: str) -> str:
    """One wording of `kind` (for example `reason.says`) with its fields filled in.

    Which wording is taken depends on the fields alone, so that the same text is always asked
    about in the same words; `turn` 1, 2 … takes the wordings that follow.
    """
    form, name = kind.split(".")
    salt = " ".join(fields.values())
    wordings: list[str] = _wordings()[form][name]
    wording = wordings[(wordings.index(pick(wordings, salt)) + turn) % len(wordings)]
    question = wording.format(author=context.name_for(salt + wording), **fields)
    return question[0].upper() + question[1:]
