"""What somebody decided about a record; the record itself never changes."""

import re
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from lorewright.lineage import Ref
from lorewright.records.record import Record

VERSION = re.compile(r"([^\W_][\w.-]{0,63})@([1-9][0-9]{0,8})")
"""A version of an adapter: what it is called, and its number."""


class Verb(StrEnum):
    """What can be decided."""

    WITHDRAW = "withdraw"
    """Stop using this and everything that rests on it."""
    RESTORE = "restore"
    """Undo a withdrawal."""
    LICENCE = "licence"
    """Correct a licence; `value` is the right one."""
    CATEGORISE = "categorise"
    """Say where a document belongs; `value` is a JSON object {field, value}."""
    ACCEPT = "accept"
    """An example is good."""
    REJECT = "reject"
    """An example is not to be learnt from; `why` is the reason."""
    EDIT = "edit"
    """An example is good in other words; `value` is the name of the example that has them."""
    UNDO = "undo"
    """Take back the decision that this one comes after."""
    APPROVE = "approve"
    """An adapter may be used; `value` is the verdict that this rests on, if there is one."""
    RETIRE = "retire"
    """An adapter is not to be used any more."""
    NAME = "name"
    """An adapter is a version of something; `value` is its NAME@NUMBER, for good."""
    DEPLOY = "deploy"
    """Where an adapter stands; `value` is a JSON object {place, status}."""
    RANK = "rank"
    """An order of the answers to a scenario, given blind; `value` is a JSON object
    {session, item, choices, seconds} that names letters and no arms."""


class Decision(Record):
    """One entry of the chain of decisions about one record."""

    kind: ClassVar[str] = "decision"
    holds_words: ClassVar[bool] = False

    about: Ref
    verb: Verb
    value: str | None = None
    why: str = Field(min_length=1)
    by: Ref
    at: str
    """UTC, ISO 8601 with seconds."""
    after: Ref | None = None
    """The decision about the same record that came before."""

    @model_validator(mode="after")
    def _is_made_from_what_it_names(self) -> Self:
        named = (self.about, self.by, *((self.after,) if self.after else ()))
        if self.made_from != named:
            raise ValueError("a decision is made from what it is about, who made it and after what")
        return self

    @model_validator(mode="after")
    def _names_the_new_words(self) -> Self:
        if self.verb is Verb.EDIT and not (self.value or "").startswith("example:"):
            raise ValueError("a decision to edit names the example that has the new words")
        if self.verb is Verb.NAME and not VERSION.fullmatch(self.value or ""):
            raise ValueError("a decision to name gives a NAME@NUMBER")
        return self
