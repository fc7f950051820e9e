"""One conversation of a training file, read into what the stages check; every repair is told."""

import json
from functools import cache
from typing import NamedTuple

from lorewright.conversations.brightrun.carrying import Name, carried_by, mend_text
from lorewright.conversations.brightrun.format_fields import (
    CONVERSATION,
    METADATA,
    PAIR,
    PAIR_METADATA,
    SCAFFOLDING,
    SEMANTIC,
    TRAINING_METADATA,
    V5_PHASES,
    is_ours,
)
from lorewright.conversations.brightrun.found import digest_of
from lorewright.conversations.brightrun.json_text import is_list, is_object, read_json
from lorewright.conversations.brightrun.notes import Fields, Notes
from lorewright.conversations.brightrun.system_prompts import prompt_of
from lorewright.conversations.brightrun.trusted import Trusted
from lorewright.conversations.brightrun.turns import Pair, Spoken, pairs_of, turns_of
from lorewright.conversations.catalogues import catalogues
from lorewright.conversations.enriching import Findings, Json, Said, shown
from lorewright.records import Scaffold


class Identity(NamedTuple):
    """Which conversation it is, and what it was set up with."""

    conversation_id: str
    scaffold: Scaffold
    teacher: str | None = None
    """Who wrote it, as a file of our own says."""
    is_control: bool = False


def identity_of(raw: str) -> Identity:
    """Who a raw text says it is; a text that says nothing is named by its letters."""
    try:
        value = read_json(raw).value
    except ValueError:
        value = None
    top = Fields(value if is_object(value) else {}, "", Notes())
    first = _first_of(top)
    setup = _parameters(top, first)
    found = _id_of(top, first) or f"conversation-{digest_of(raw)}"
    if is_ours(setup.value):
        ours = Trusted(setup)
        return Identity(ours.conversation_id or found, ours.scaffold, ours.teacher, ours.is_control)
    about = first.object("conversation_metadata").value
    told = {
        "persona_key": about.get("persona_archetype"),
        **about,
        **{name: one for name, one in setup.value.items() if one},
        **top.object("conversation_metadata").object("scaffolding").value,
    }
    fields = Fields(told, "", Notes())
    keys = (*SCAFFOLDING, "consultant_key")
    return Identity(found, Scaffold(**{key: fields.text(key) or None for key in keys}))


def read_v4(raw: str) -> Said:
    """Read a conversation of a file in version 4; nothing is raised, whatever it holds."""
    return _read(raw, is_v5=False)


def read_v5(raw: str) -> Said:
    """Read a conversation of a file in version 5, which names its phases."""
    return _read(raw, is_v5=True)


def _read(raw: str, *, is_v5: bool) -> Said:
    notes = Notes()
    try:
        read = read_json(raw)
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        findings = Findings()
        findings.report("INVALID_JSON_SYNTAX", "raw", f"it cannot be read: {error}", line=line)
        return Said(None, findings, is_legacy=True)
    for key in dict.fromkeys(read.repeated_keys):
        said = f"{shown(key)!r} stands twice in an object"
        notes.warn("DUPLICATE_KEY", "raw", said, "keep the one that is meant; the last was read")
    if read.has_half_characters:
        notes.warn("HALF_CHARACTERS", "raw", "texts hold halves of characters", "write them anew")
        notes.mend("HALF_CHARACTERS", "raw", "a half of a character", "\ufffd")
    if not is_object(read.value) or not is_list(read.value.get("training_pairs")):
        notes.block(
            "MISSING_TURNS_ARRAY",
            "training_pairs",
            "there is no list called training_pairs",
            "add the pairs of the conversation",
        )
        return Said(None, notes.findings, is_legacy=True)
    reading = _Reading(Fields(read.value, "", notes), notes, is_v5=is_v5)
    return reading.said(digest_of(raw))


class _Reading:
    """One conversation while it is read."""

    def __init__(self, top: Fields, notes: Notes, *, is_v5: bool) -> None:
        self._top, self._notes, self._is_v5 = top, notes, is_v5
        self._metadata = top.object("conversation_metadata")
        self._first = _first_of(top, notes)
        setup = _parameters(top, self._first)
        self._is_ours = is_ours(setup.value)
        self._ours = Trusted(setup) if self._is_ours else None

    def said(self, digest: str) -> Said:
        """What the conversation says; `digest` is that of its text."""
        notes = self._notes
        pairs = pairs_of(self._top.list("training_pairs"), "training_pairs", notes)
        self._unknown(pairs)
        turns = turns_of(pairs, notes, trusted=self._is_ours)
        if not self._is_ours:
            for turn in turns:
                turn.text = mend_text(turn.text, turn.place, notes)
        if turns and turns[-1].role == "user":
            notes.warn(
                "ENDS_WITH_CLIENT",
                turns[-1].place,
                "the conversation ends with what the client says",
                "nothing need be done: no answer is learnt from the last turn",
            )
        content: Json = {
            "conversation_metadata": self._semantic(),
            "turns": [_turn(turn, number) for number, turn in enumerate(turns, start=1)],
        }
        reviewed, remarks = self._reviewed(pairs)
        called = _id_of(self._top, self._first) or "conversation"
        name = Name(called, f"{called}-{digest}")
        carried = carried_by(turns, name, self._names(pairs), notes, is_ours=self._is_ours)
        self._identity(pairs)
        told = Said(
            content,
            notes.findings,
            is_legacy=True,
            turns=carried,
            system_prompt=prompt_of([pair.fields for pair in pairs], notes),
            created_date=self._metadata.text("created_date"),
            human_reviewed=reviewed,
            reviewer_notes=remarks,
            conversation_id=_id_of(self._top, self._first),
            place=_Places(turns).of,
        )
        return self._ours.added_to(told) if self._ours else told

    def _unknown(self, pairs: list[Pair]) -> None:
        self._top.unknown(CONVERSATION)
        self._metadata.unknown(METADATA)
        for pair in pairs:
            fields = pair.fields
            fields.unknown(PAIR | {"content"} if ".client_turns[" in fields.place else PAIR)
            fields.object("conversation_metadata").unknown(PAIR_METADATA)
            fields.object("training_metadata").unknown(TRAINING_METADATA)

    def _semantic(self) -> dict[str, Json]:
        about = self._first.object("conversation_metadata")
        found: dict[str, Json] = {name: about.value.get(name) for name in SEMANTIC}
        phase = about.text("conversation_phase")
        if self._is_v5 and phase and phase not in V5_PHASES:
            self._notes.warn(
                "UNKNOWN_PHASE",
                about.at("conversation_phase"),
                "version 5 does not have this phase",
                f"write one of {', '.join(V5_PHASES)}",
            )
        return found

    def _names(self, pairs: list[Pair]) -> set[str]:
        """Keys of personas: those that stand in the conversation, and those that are known."""
        scaffolding = self._metadata.object("scaffolding").value
        abouts = [pair.fields.object("conversation_metadata").value for pair in pairs]
        keys = [scaffolding.get("persona_key"), *(one.get("persona_archetype") for one in abouts)]
        return {one for one in keys if isinstance(one, str) and one} | _known_personas()

    def _identity(self, pairs: list[Pair]) -> None:
        own = self._metadata.text("conversation_id")
        for pair in pairs:
            said = pair.fields.value.get("conversation_id")
            if own and said is not None and said != own:
                self._notes.mend(
                    "REPEATED_CONVERSATION_ID", pair.fields.at("conversation_id"), said, own
                )

    def _reviewed(self, pairs: list[Pair]) -> tuple[bool, str | None]:
        """Reviewed is a conversation of which every pair is."""
        told = [pair.fields.object("training_metadata") for pair in pairs]
        flags = [one.value.get("human_reviewed") is True for one in told]
        remarks = dict.fromkeys(filter(None, (one.text("reviewer_notes") for one in told)))
        if any(flags) and not all(flags):
            self._notes.warn(
                "PARTLY_REVIEWED",
                told[flags.index(False)].at("human_reviewed"),
                "some pairs of the conversation are reviewed, and some are not",
                "it counts as not reviewed; review the rest",
            )
        return bool(flags) and all(flags), "\n".join(remarks) or None


class _Places:
    """From a path in what was read to the path in the raw text."""

    def __init__(self, turns: list[Spoken]) -> None:
        self._turns = turns

    def of(self, field: str) -> str:
        """The path of `field`; one that is a path in the raw text already stays."""
        head, _, rest = field.partition(".")
        if head == "conversation_metadata" and (not rest or rest in SEMANTIC):
            return f"training_pairs[0].{field}"
        if not head.startswith("turns["):
            return "training_pairs" if field == "turns" else field
        number = head.removeprefix("turns[").removesuffix("]")
        turn = self._turns[int(number)]
        if turn.pair is None or not rest.startswith("emotional_context"):
            return turn.place
        felt = turn.pair.at("emotional_context")
        name = rest.rpartition(".")[2].removesuffix("_emotion")
        return f"{felt}.detected_emotions.{name}" if "." in rest else felt


def _turn(turn: Spoken, number: int) -> Json:
    felt = turn.emotion
    told: dict[str, Json] = {"turn_number": number, "role": turn.role, "content": turn.text}
    if felt is not None:
        told["emotional_context"] = {
            "primary_emotion": felt.primary,
            "secondary_emotion": felt.secondary,
            "intensity": felt.intensity,
        }
    return told


def _first_of(top: Fields, notes: Notes | None = None) -> Fields:
    """The first pair; an empty one when there is none."""
    found = next(filter(is_object, top.list("training_pairs")), None)
    return Fields(found or {}, "training_pairs[0]", notes or Notes())


def _parameters(top: Fields, first: Fields) -> Fields:
    """What a conversation was set up with, beside its pairs or in the first of them."""
    own = top.object("input_parameters")
    return own if own.value else first.object("input_parameters")


def _id_of(top: Fields, first: Fields) -> str | None:
    own = top.object("conversation_metadata").text("conversation_id")
    return own or first.text("conversation_id") or None


@cache
def _known_personas() -> frozenset[str]:
    return frozenset(catalogues().personas)
