"""The chat format of OpenAI's fine-tuning, which most trainers read as well."""

from collections.abc import Sequence

from lorewright.curate.exporters.json_text import quoted, read_object
from lorewright.curate.exporters.line_exporter import LineExporter, Said


class OpenAiChat(LineExporter):
    """`{"messages": [{"role": ..., "content": ...}, ...]}`; holds every example as it is.

    OpenAI checks uploads strictly, so the lineage is left out of the lines unless it is asked
    for; it belongs in a file beside them.
    """

    name = "openai-chat"
    carries_lineage = False

    def members(self, turns: Sequence[Said]) -> str:
        """The list of messages."""
        messages = ",".join(
            [f'{{"role":"{role}","content":{quoted(text)}}}' for role, text in turns]
        )
        return f'"messages":[{messages}]'

    def parse(self, line: str) -> tuple[Said, ...]:
        """The turns of one line."""
        try:
            messages = read_object(line)["messages"]
            return tuple(Said(one["role"], one["content"]) for one in messages)
        except (KeyError, TypeError) as error:
            raise self._unreadable("it has no list of messages") from error
