"""The scenarios that come along: people in danger, and cases for other professions."""

import tomllib
from functools import cache
from importlib.resources import files

from lorewright.evaluate.scenarios.draft import Draft
from lorewright.evaluate.scenarios.fields import draft_of
from lorewright.evaluate.scenarios.rows import BadRow, Row

FILE = "safety.toml"


def shipped_bytes() -> bytes:
    """The file as it came along."""
    return files("lorewright.evaluate.scenarios").joinpath(FILE).read_bytes()


@cache
def shipped() -> tuple[Draft, ...]:
    """Its scenarios; one that cannot be read is an error of ours, and found by a test."""
    found = tomllib.loads(shipped_bytes().decode())["scenario"]
    drafts: list[Draft] = []
    for number, values in enumerate(found, start=1):
        draft = draft_of(Row(number, values))
        if isinstance(draft, BadRow):
            raise TypeError(f"entry {number} of {FILE}: {draft.detail}")
        drafts.append(draft)
    return tuple(drafts)
