"""Every code that an issue may have: how grave it is, when it is raised and what helps."""

from typing import NamedTuple

from lorewright.records import Severity


class Code(NamedTuple):
    """What is known of a code before anything is read."""

    severity: Severity
    when: str
    suggestion: str


_BLOCKERS: dict[str, tuple[str, str]] = {
    "INVALID_JSON_SYNTAX": (
        "the text is no JSON",
        "mend the text at this line, or have the conversation written again",
    ),
    "MISSING_CONVERSATION_METADATA": (
        "there is no object `conversation_metadata`",
        "add `conversation_metadata` with client_persona, session_context and conversation_phase",
    ),
    "MISSING_TURNS_ARRAY": (
        "`turns` is absent or no list",
        "add a list `turns` with one object for each message",
    ),
    "INSUFFICIENT_TURNS": (
        "there are fewer than 2 turns",
        "a conversation needs a turn of the client and one of the advisor",
    ),
    "MISSING_CLIENT_PERSONA": ("`client_persona` is empty", "say in a few words who the client is"),
    "MISSING_SESSION_CONTEXT": (
        "`session_context` is empty",
        "say in a sentence what the session is about",
    ),
    "MISSING_CONVERSATION_PHASE": (
        "`conversation_phase` is empty",
        "name the phase, such as initial_shame_revelation",
    ),
    "INVALID_TURN_NUMBER": (
        "a turn number is no whole number",
        "number the turns 1, 2, 3 and so on, without quotes",
    ),
    "INVALID_ROLE": (
        "a role is neither `user` nor `assistant`",
        "write user for the client and assistant for the advisor",
    ),
    "MISSING_CONTENT": (
        "the content of a turn is empty",
        "write what is said, or take the turn out",
    ),
    "MISSING_EMOTIONAL_CONTEXT": (
        "a turn has no object `emotional_context`",
        "add primary_emotion and intensity of whoever speaks",
    ),
    "MISSING_PRIMARY_EMOTION": (
        "`primary_emotion` is empty",
        "name the strongest feeling in a word",
    ),
    "MISSING_INTENSITY": ("`intensity` is absent", "add a number from 0 to 1, without quotes"),
    "INTENSITY_OUT_OF_RANGE": (
        "an intensity is below 0 or above 1",
        "give the intensity as a share of 1, such as 0.75",
    ),
}

_WARNINGS: dict[str, tuple[str, str]] = {
    "MISSING_EXPECTED_OUTCOME": (
        "`expected_outcome` is empty",
        "say what the client should leave with",
    ),
    "TURN_NUMBER_MISMATCH": (
        "a turn number is not that of its place",
        "nothing need be done: turns are counted by their place",
    ),
    "ROLE_NOT_ALTERNATING": (
        "the same role speaks twice in a row",
        "join the two turns; no training example can be made of the conversation as it is",
    ),
    "SHORT_CONTENT": ("a turn has fewer than 10 characters", "check that nothing was cut off"),
    "EXTREME_INTENSITY": (
        "an intensity is exactly 0 or 1",
        "check that it was felt and not filled in; hardly anything is felt so fully",
    ),
    "MISSING_SECONDARY_EMOTION": (
        "`secondary_emotion` is empty",
        "name a second feeling where there is one",
    ),
}

_FURTHER_BLOCKERS: dict[str, tuple[str, str]] = {
    "CONVERSATION_TOO_LARGE": (
        "the raw text is above the item limit",
        "split the conversation, or raise `largest_conversation_mb` in the table [enrichment]",
    ),
    "UNKNOWN_FORM": (
        "nothing here reads this form of raw text",
        "install a version of Lorewright that knows the form",
    ),
    "UNREADABLE_ENTRY": (
        "an entry of a catalogue that it was set up with cannot be read",
        "correct the entry in your catalogue and have the conversation written again",
    ),
    "ENRICHED_TOO_LARGE": (
        "the enriched file would be above 100 MB",
        "split the conversation: every turn repeats those before it in the file",
    ),
}

_FURTHER_WARNINGS: dict[str, tuple[str, str]] = {
    "DUPLICATE_TURN_NUMBER": (
        "two turns have one number",
        "nothing need be done: turns are counted by their place",
    ),
    "DUPLICATE_KEY": (
        "an object has one key twice",
        "keep the value that is meant; the last one was read",
    ),
    "UNKNOWN_KEY": (
        "a key is not one that is read",
        "check its spelling; the raw text keeps it, and nothing else does",
    ),
    "MIXED_LANGUAGES": (
        "a turn has next to none of the words that the advisor says elsewhere",
        "check that it is meant: an advisor learns to answer in the language that it sees",
    ),
    "WRONG_TYPE": (
        "an optional value is of another type",
        "give it as text, or leave it out; it was left out here",
    ),
    "ENRICHED_SMALL": (
        "the enriched file would be below 1,000 bytes",
        "check that nothing was cut off",
    ),
    "MORE_ISSUES": (
        "there are more issues than are kept",
        "mend what is listed and enrich again",
    ),
}


def _rules() -> dict[str, Code]:
    tables = (
        (Severity.BLOCKER, {**_BLOCKERS, **_FURTHER_BLOCKERS}),
        (Severity.WARNING, {**_WARNINGS, **_FURTHER_WARNINGS}),
    )
    return {
        code: Code(severity, when, suggestion)
        for severity, table in tables
        for code, (when, suggestion) in table.items()
    }


CODES: dict[str, Code] = _rules()
"""Every code; the blockers first."""
FOURTEEN = tuple(_BLOCKERS)
"""The blockers that the training format itself knows."""
SIX = tuple(_WARNINGS)
"""Its warnings."""
LEGACY = frozenset(
    {
        "MISSING_CLIENT_PERSONA",
        "MISSING_SESSION_CONTEXT",
        "MISSING_CONVERSATION_PHASE",
        "MISSING_EMOTIONAL_CONTEXT",
        "MISSING_PRIMARY_EMOTION",
        "MISSING_INTENSITY",
    }
)
"""Blockers of a new conversation that are warnings in a training file: older ones lack these."""
