"""The system prompt that the pairs of a conversation repeat."""

import re

from lorewright.conversations.brightrun.notes import Fields, Notes

PRINCIPLES = 5
"""The principles of the consultant whom files of this format are about."""
_NUMBERED = re.compile(r"\((\d)\)")


def prompt_of(pairs: list[Fields], notes: Notes) -> str | None:
    """The prompt of the first pair that has one; what is odd about it is told."""
    found = [(pair, prompt) for pair in pairs if (prompt := pair.text("system_prompt"))]
    if not found:
        return None
    first, prompt = found[0]
    for pair, other in found:
        if other != prompt:
            place = pair.at("system_prompt")
            notes.warn_once(
                "SYSTEM_PROMPT_DIFFERS",
                "",
                place,
                "the pairs of the conversation have different system prompts",
                "the first was taken; write the one that is right in all of them",
            )
            notes.mend("SYSTEM_PROMPT_DIFFERS", place, other, prompt)
    listed = {int(one) for one in _NUMBERED.findall(prompt)}
    if listed and listed == set(range(1, PRINCIPLES)):
        notes.warn(
            "PRINCIPLE_MISSING",
            first.at("system_prompt"),
            f"the system prompt lists {len(listed)} principles, and the consultant has "
            f"{PRINCIPLES}",
            "have the missing one written in before you train on it",
        )
    return prompt
