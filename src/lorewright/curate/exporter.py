"""The port of everything that writes examples for other tools."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from lorewright.records import Example


class Exporter(Protocol):
    """Writes one example per line.

    Implementations raise `Refused` for an example that their format cannot hold; they never
    change its words so that it fits.
    """

    name: str
    suffix: str
    """With its dot, such as `.jsonl`."""

    def line(self, example: Example) -> str:
        """One line without its line end."""
        ...


@runtime_checkable
class ContentExporter(Protocol):
    """An exporter that can also write what is stored, without building a record from it."""

    def line_from_content(self, content: Mapping[str, Any], name: str) -> str:
        """One line for the decoded `content` of the stored example `name`."""
        ...
