"""Words that a tokenizer reads as a command instead of as text."""

import re

CHAT_MARKER = re.compile(
    r"<\|[A-Za-z0-9_]+\|>|</?s>|<(?:unk|bos|eos|pad|start_of_turn|end_of_turn)>|\[/?INST\]"
    r"|<</?SYS>>|\[/?(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS)\]"
)
"""Control tokens of the common chat formats."""


def chat_marker(text: str) -> str | None:
    """The first control token that stands in `text`, or None."""
    if "<" not in text and "[" not in text:  # nearly every text; saves the search
        return None
    found = CHAT_MARKER.search(text)
    return found[0] if found else None
