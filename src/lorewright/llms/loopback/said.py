"""What the server is about to say, before it is written in one format or the other."""

import json
from dataclasses import dataclass
from typing import Any, Literal

Ending = Literal["end", "length", "refusal", "filter", "odd"]


@dataclass(frozen=True, slots=True)
class Said:
    """One answer."""

    text: str
    ending: Ending = "end"
    value: Any = None
    """What `text` holds as JSON, if it does."""
    counts_tokens: bool = True

    @property
    def is_sound(self) -> bool:
        """Whether `text` is an object as it should be, so that it can be a tool's input."""
        value: Any = self.value
        return isinstance(value, dict) and self.text == json.dumps(value, ensure_ascii=False)
