"""A record's name: its kind and the fingerprint of its content."""

import re
from typing import TYPE_CHECKING, Any, Self

from lorewright.errors import BadRef

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

_FORM = re.compile(r"([a-z][a-z_]*):([0-9a-f]{64})")


class Ref(str):
    """The name `kind:sha256` of a record; a plain string wherever it is stored or sent."""

    __slots__ = ()

    def __new__(cls, kind: str, id_: str) -> Self:
        """Join `kind` and the 64 hexadecimal digits `id_`; raise `BadRef` when either is off."""
        return cls.parse(f"{kind}:{id_}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a whole name; raise `BadRef` for anything but kind:sha256."""
        if not _FORM.fullmatch(text):
            raise BadRef(
                f"{text[:100]!r} is not the name of a record",
                hint="a name is a kind, a colon and 64 hexadecimal digits, as `lorewright list` "
                "prints them",
            )
        return str.__new__(cls, text)

    @property
    def kind(self) -> str:
        """What sort of record this names."""
        return self.partition(":")[0]

    @property
    def id(self) -> str:
        """The 64 hexadecimal digits of the fingerprint."""
        return self.partition(":")[2]

    @property
    def short(self) -> str:
        """The name with the first 12 digits, for people."""
        return f"{self.kind}:{self.id[:12]}"

    def __reduce__(self) -> "tuple[Callable[[str], Ref], tuple[str]]":
        return Ref.parse, (str(self),)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        """Let records hold names: validated from text, written as text."""
        from pydantic_core import core_schema

        def read(value: str) -> Ref:
            try:
                return Ref.parse(value)
            except BadRef as error:
                raise ValueError(error.sentence) from error

        return core_schema.no_info_after_validator_function(read, core_schema.str_schema())
