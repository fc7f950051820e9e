"""Characters that no text should hold: taken out, and what they were is told."""

import json
import re

from lorewright.records import Repair

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters other than tab and line ends, and halves of characters."""
SHOWN = 60
"""Characters of a foreign value that a message repeats."""


def cleaned(text: str, field: str, repairs: list[Repair]) -> str:
    """`text` without characters that no text should hold; a change is added to `repairs`."""
    if not _NO_TEXT.search(text):
        return text
    clean = _NO_TEXT.sub("", text)
    repairs.append(
        Repair(
            code="CONTROL_CHARACTERS",
            field=field,
            original=json.dumps(text),
            repaired=json.dumps(clean),
        )
    )
    return clean


def shown(value: object) -> str:
    """The beginning of a foreign value, as it may stand in a message."""
    text = value if isinstance(value, str) else str(value)
    begun = json.dumps(_NO_TEXT.sub("", text[: SHOWN + 1]), ensure_ascii=False)[1:-1]
    return begun if len(begun) <= SHOWN else f"{begun[: SHOWN - 1]}\N{HORIZONTAL ELLIPSIS}"
