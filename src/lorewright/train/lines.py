"""The lines of a training file: conversations, each with its name."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from lorewright.errors import BadRecord
from lorewright.lineage import canonical_bytes
from lorewright.records import Example, Turn, Value


class Line(Value):
    """One conversation that ends with the assistant's turn."""

    name: str
    """Of the example; errors call it so."""
    turns: tuple[Turn, ...]

    @classmethod
    def of(cls, example: Example) -> "Line":
        """The line of an example."""
        return cls(name=str(example.ref), turns=example.turns)


def write_lines(path: Path, lines: Iterable[Line]) -> str:
    """Write `lines` as JSON, one object per line; return the SHA-256 of the file."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for line in lines:
            body = canonical_bytes(line.model_dump(mode="json")) + b"\n"
            digest.update(body)
            file.write(body)
    return digest.hexdigest()


def read_lines(path: Path, *, sha256: str) -> list[Line]:
    """Read a training file back.

    Raises:
        BadRecord: when it is not the file that `sha256` names.
    """
    body = path.read_bytes()
    if hashlib.sha256(body).hexdigest() != sha256:
        raise BadRecord(
            "a training file has changed since the job was prepared",
            where=path.name,
            hint="remove the job folder and train again",
        )
    return list(_parsed(body, path))


def _parsed(body: bytes, path: Path) -> Iterator[Line]:
    for number, line in enumerate(body.splitlines(), start=1):
        try:
            yield Line.model_validate(json.loads(line))
        except (ValueError, ValidationError) as error:
            raise BadRecord(
                f"a training line cannot be read: {error}", where=f"{path.name}:{number}"
            ) from error
