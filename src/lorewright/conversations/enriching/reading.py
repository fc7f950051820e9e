"""The first stage: from the raw text of a conversation to what it says, unjudged."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from lorewright.conversations.enriching.cleaning import shown
from lorewright.conversations.enriching.findings import Findings
from lorewright.conversations.enriching.quality import Quality
from lorewright.records import Repair

Json: TypeAlias = "dict[str, Json] | list[Json] | str | Decimal | int | bool | None"
"""JSON with exact numbers."""
Valence = Literal["positive", "negative", "mixed"]

_TEXT = r'"(?:[^"\\]|\\.)*+"?'
"""A text, or one that is not closed to the end: no character is looked at twice."""
_TOO_MANY_COMMAS = re.compile(rf"(?P<text>{_TEXT})|,(?P<end>\s*+[}}\]])", re.DOTALL)
_NO_NUMBER = re.compile(rf"{_TEXT}|(?P<constant>-?Infinity|NaN)", re.DOTALL)
_FENCE = "```"


class Carried(NamedTuple):
    """What a training file says of a turn already and nothing is wrong with: it is kept.

    What is None or empty is worked out as for a new conversation.
    """

    pair_id: str | None = None
    valence: Valence | None = None
    difficulty_level: str | None = None
    key_learning_objective: str | None = None
    demonstrates_skills: tuple[str, ...] = ()
    emotional_progression_target: str | None = None
    quality_score: int | None = None
    empathy: Decimal | None = None
    clarity: Decimal | None = None
    appropriateness: Decimal | None = None
    brand_voice: Decimal | None = None
    deliberation: str | None = None


def _as_it_is(path: str) -> str:
    return path


@dataclass(frozen=True, slots=True)
class Said:
    """What a raw text says, whatever its form, in the shape of `conversation_metadata` and `turns`.

    Nothing of it is checked: every value may be of any type.
    """

    content: Json
    findings: Findings = field(default_factory=Findings)
    """Issues and repairs that the reading itself brought; a blocker ends the stages."""
    is_legacy: bool = False
    """Whether it stood in a training file; what older files lack is then a warning only."""
    turns: tuple[Carried, ...] = ()
    """Beside `turns`, one each; may be shorter."""
    system_prompt: str | None = None
    created_date: str | None = None
    human_reviewed: bool = False
    reviewer_notes: str | None = None
    conversation_id: str | None = None
    """As the text says. A record that is called otherwise has ids of pairs of its own."""
    quality: Quality | None = None
    """Of a file that Lorewright wrote: with it nothing is worked out, all is kept as it stands."""
    place: Callable[[str], str] = _as_it_is
    """From a path in `content` to the path in the raw text."""


Reader = Callable[[str], Said]
"""Reads one form of raw text; it never raises."""


class _NoNumber(ValueError):
    """NaN or an infinity, which Python reads and JSON does not know."""


def read_turns(raw: str) -> Said:
    """Read the form that a teacher is asked for.

    What is JSON is read as such. Otherwise three things that change no word are put right and
    told as repairs: a fence round it, commas before a closing bracket, line ends inside texts.
    """
    findings = Findings()
    try:
        return Said(_decoded(raw, findings), findings)
    except (ValueError, ArithmeticError, RecursionError) as error:
        complaint = error
    try:
        return Said(_mended(raw, findings), findings)
    except (ValueError, ArithmeticError, RecursionError):
        line, message = _told(complaint, raw)
        findings.report("INVALID_JSON_SYNTAX", "raw", message, line=line)
        return Said(None, findings)


def read_nothing(raw: str) -> Said:
    """Say that the form of a text is not known."""
    findings = Findings()
    said = f"no reader is here for this text of {len(raw):,} characters"
    findings.report("UNKNOWN_FORM", "raw", said)
    return Said(None, findings)


def _decoded(text: str, findings: Findings, *, strict: bool = True) -> Json:
    twice: list[str] = []

    def members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice.append(_repeated(pairs))
        return found

    decoder = json.JSONDecoder(
        parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=members, strict=strict
    )
    content: Json = decoder.decode(text)
    for key in twice:
        findings.report("DUPLICATE_KEY", "raw", f"the key {shown(key)!r} stands twice in an object")
    return content


def _repeated(pairs: list[tuple[str, Json]]) -> str:
    seen = set[str]()
    for key, _ in pairs:
        if key in seen:
            return key
        seen.add(key)
    return ""


def _refuse(constant: str) -> Json:
    raise _NoNumber(constant)


def _mended(raw: str, findings: Findings) -> Json:
    repairs: list[Repair] = []
    text = _without_commas(_without_fence(raw, repairs), repairs)
    try:
        content = _decoded(text, findings)
    except ValueError as complaint:
        content = _decoded(text, findings, strict=False)
        repairs.append(_line_ends(complaint, text))
    findings.repairs += repairs
    return content


def _without_fence(raw: str, repairs: list[Repair]) -> str:
    text = raw.removeprefix("\ufeff").strip()
    if text.startswith(_FENCE):
        text = text.partition("\n")[2].removesuffix(_FENCE).strip()
    before, _, after = raw.partition(text) if text else (raw, "", "")
    if (before + after).strip():
        around = json.dumps(before + after)
        repairs.append(Repair(code="TEXT_AROUND", field="raw", original=around, repaired='""'))
    return text


def _without_commas(text: str, repairs: list[Repair]) -> str:
    fewer = _TOO_MANY_COMMAS.sub(lambda found: found["text"] or found["end"], text)
    if fewer != text:
        commas = json.dumps("," * (len(text) - len(fewer)))
        repairs.append(Repair(code="COMMAS_TOO_MANY", field="raw", original=commas, repaired='""'))
    return fewer


def _line_ends(complaint: ValueError, text: str) -> Repair:
    """The repair of line ends and the like that stand in texts as they are."""
    at = complaint.pos if isinstance(complaint, json.JSONDecodeError) else 0
    found = json.dumps(text[at : at + 1])
    return Repair(
        code="RAW_LINE_ENDS", field="raw", original=found, repaired=json.dumps(found[1:-1])
    )


def _told(complaint: Exception, raw: str) -> tuple[int | None, str]:
    """On which line a text is no JSON, and why."""
    match complaint:
        case json.JSONDecodeError():
            is_cut = complaint.pos >= len(raw.rstrip())
            why = "the text breaks off" if is_cut else complaint.msg.lower()
            return complaint.lineno, f"{why} (line {complaint.lineno}, column {complaint.colno})"
        case _NoNumber():
            named = (one for one in _NO_NUMBER.finditer(raw) if one["constant"])
            at = next((one.start() for one in named), 0)
            return raw.count("\n", 0, at) + 1, f"{complaint} is no number that JSON knows"
        case RecursionError():
            return None, "the text is nested too deeply"
        case _:
            return None, "the text holds a number that is too large to be read"
