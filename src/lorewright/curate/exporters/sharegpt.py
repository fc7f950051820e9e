"""The conversation format that began with ShareGPT, as Axolotl and LLaMA-Factory read it."""

from collections.abc import Sequence

from lorewright.curate.exporters.json_text import quoted, read_object
from lorewright.curate.exporters.line_exporter import LineExporter, Said

_FROM = {"system": "system", "user": "human", "assistant": "gpt"}
_ROLES = {name: role for role, name in _FROM.items()}


class ShareGpt(LineExporter):
    """`{"conversations": [{"from": "human", "value": ...}, ...]}`; holds every example as it is.

    The system speaks first in the conversation, as `{"from": "system"}`.
    """

    name = "sharegpt"

    def members(self, turns: Sequence[Said]) -> str:
        """The conversation."""
        said = ",".join(
            [f'{{"from":"{_FROM[role]}","value":{quoted(text)}}}' for role, text in turns]
        )
        return f'"conversations":[{said}]'

    def parse(self, line: str) -> tuple[Said, ...]:
        """The turns of one line."""
        try:
            said = read_object(line)["conversations"]
            return tuple(Said(_ROLES[one["from"]], one["value"]) for one in said)
        except (KeyError, TypeError) as error:
            raise self._unreadable("it has no conversation") from error
