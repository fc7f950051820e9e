"""What a training file says of each turn: kept where it was meant, left out where it was not."""

import re
from decimal import Decimal
from typing import Any, NamedTuple

from lorewright.conversations.brightrun.format_fields import CRITERIA
from lorewright.conversations.brightrun.json_text import is_object, json_text
from lorewright.conversations.brightrun.notes import Fields, Notes
from lorewright.conversations.brightrun.turns import Spoken
from lorewright.conversations.enriching import Carried

NOISE = Decimal("0.5")
"""How far criteria lie from a score that they were made from."""
LOWEST, HIGHEST = 1, 5
FEWEST = 2
"""Scores that must be alike before they count as filled in."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)

_LITERAL_LINE_END = re.compile(r"(?<![\\:\w])\\n|(?<=[\w])\\n(?=\\n|[A-Z*\-\d\s]|$)")
_FILLED_IN = re.compile(r".*\(0\.8\)\s*(?:->|→)\s*.*\(0\.8\)", re.DOTALL)
_FILLED_CONFIDENCE = {
    "primary_confidence": Decimal("0.8"),
    "secondary_confidence": Decimal("0.7"),
}


def mend_text(text: str, place: str, notes: Notes) -> str:
    r"""The text with line ends where it spells them as `\n`."""
    if "\\n" not in text:
        return text
    mended = _LITERAL_LINE_END.sub("\n", text)
    if mended != text:
        notes.mend("LITERAL_LINE_END", place, text, mended)
    return mended


class Name(NamedTuple):
    """What a conversation is called."""

    conversation_id: str
    unique: str
    """The same with a part that no other conversation of any file has."""


def carried_by(
    turns: list[Spoken], name: Name, personas: set[str], notes: Notes, *, is_ours: bool
) -> tuple[Carried, ...]:
    """What the file says of each turn.

    Args:
        turns: of the conversation, with their pairs.
        name: of the conversation.
        personas: the keys of personas, which are no skills.
        notes: where to tell what was left out.
        is_ours: whether Lorewright wrote the file, so that nothing in it was filled in.
    """
    carrying = _Carrying(name, personas, notes, is_ours=is_ours)
    told = [turn.pair.object("training_metadata") for turn in turns if turn.pair]
    carrying.are_scores_filled_in = not is_ours and _are_filled_in(told)
    return tuple(carrying.of(turn, number) for number, turn in enumerate(turns, start=1))


def _are_filled_in(told: list[Fields]) -> bool:
    """Whether every score is the same, and every criterion that score with some noise."""
    scores = [_number(one.value.get("quality_score")) for one in told]
    if len(scores) < FEWEST or None in scores or len(set(scores)) > 1:
        return False
    score = scores[0] or Decimal(0)
    criteria = [
        _number(value) for one in told for value in one.object("quality_criteria").value.values()
    ]
    return bool(criteria) and all(one is not None and abs(one - score) <= NOISE for one in criteria)


class _Carrying:
    """Goes through the turns of one conversation."""

    def __init__(self, name: Name, personas: set[str], notes: Notes, *, is_ours: bool) -> None:
        self._name, self._personas = name, personas
        self._notes, self._is_ours = notes, is_ours
        self.are_scores_filled_in = False
        self._ids = set[str]()

    def of(self, turn: Spoken, number: int) -> Carried:
        if turn.pair is None:
            return Carried(pair_id=self._own_id(number), valence=turn.valence)
        pair = turn.pair
        told = pair.object("training_metadata")
        self._left_out(pair, told)
        score, criteria = self._scores(told)
        return Carried(
            pair_id=self._pair_id(pair, number),
            valence=turn.valence,
            difficulty_level=told.text("difficulty_level") or None,
            key_learning_objective=told.text("key_learning_objective") or None,
            demonstrates_skills=self._skills(told),
            emotional_progression_target=self._target(told),
            quality_score=score,
            deliberation=self._deliberation(pair),
            **criteria,
        )

    def _deliberation(self, pair: Fields) -> str | None:
        """What a panel argued before this answer."""
        found = pair.value.get("deliberation")
        if is_object(found) and found:
            return json_text(found)
        if found is not None:
            self._notes.mend("WRONG_TYPE", pair.at("deliberation"), found, None)
        return None

    def _pair_id(self, pair: Fields, number: int) -> str:
        """An id that no other conversation can have: one that names its conversation."""
        found = pair.text("id")
        is_own = bool(found) and (self._is_ours or _names(found or "", self._name.conversation_id))
        if found and is_own and found not in self._ids:
            self._ids.add(found)
            return found
        own = self._own_id(number)
        if found:
            self._notes.mend("REPEATED_ID", pair.at("id"), found, own)
        return own

    def _own_id(self, number: int) -> str:
        return f"{self._name.unique}-{number}"

    def _skills(self, told: Fields) -> tuple[str, ...]:
        listed = told.list("demonstrates_skills")
        skills = tuple(one for one in listed if isinstance(one, str) and one)
        if self._is_ours:
            return skills
        if self._personas.intersection(skills):
            true = tuple(one for one in skills if one not in self._personas)
            place = told.at("demonstrates_skills")
            self._notes.mend("PERSONAS_AS_SKILLS", place, listed, list(true))
            return true
        if len(skills) != len(listed):
            self._notes.mend("WRONG_TYPE", told.at("demonstrates_skills"), listed, list(skills))
        return skills

    def _target(self, told: Fields) -> str | None:
        found = told.text("emotional_progression_target") or None
        if found and not self._is_ours and _FILLED_IN.fullmatch(found):
            place = told.at("emotional_progression_target")
            self._notes.mend("CONSTANT_PROGRESSION", place, found, None)
            return None
        return found

    def _scores(self, told: Fields) -> tuple[int | None, dict[str, Decimal | None]]:
        score = told.value.get("quality_score")
        criteria = told.object("quality_criteria")
        if self.are_scores_filled_in:
            place = told.at("quality_score")
            said = {"quality_score": score, "quality_criteria": criteria.value}
            self._notes.mend("CONSTANT_SCORE", place, said, None)
            return None, {}
        found = {
            ours: self._criterion(criteria, name)
            for name, ours in CRITERIA.items()
            if criteria.value.get(name) is not None
        }
        whole = _number(score)
        if whole is not None and LOWEST <= whole <= HIGHEST and whole == int(whole):
            return int(whole), found
        if score is not None:
            self._out_of_range(told, "quality_score")
        return None, found

    def _criterion(self, criteria: Fields, name: str) -> Decimal | None:
        number = _number(criteria.value.get(name))
        if number is not None and LOWEST <= number <= HIGHEST:
            return number
        self._out_of_range(criteria, name)
        return None

    def _out_of_range(self, fields: Fields, name: str) -> None:
        place, value = fields.at(name), fields.value.get(name)
        self._notes.warn(
            "SCORE_OUT_OF_RANGE",
            place,
            f"{name} should be a number from {LOWEST} to {HIGHEST}",
            "correct it in the file; it was left out",
        )
        self._notes.mend("SCORE_OUT_OF_RANGE", place, value, None)

    def _left_out(self, pair: Fields, told: Fields) -> None:
        """What an enrichment has no place for; what says nothing is not told."""
        felt = pair.object("emotional_context").object("detected_emotions")
        for fields, name, filled_in in (
            *((felt, name, usual) for name, usual in _FILLED_CONFIDENCE.items()),
            (told, "generate_variations_count", 0),
        ):
            value = fields.value.get(name)
            if value is not None and value != filled_in:
                self._notes.mend("LEFT_OUT", fields.at(name), value, None)
        if told.value.get("use_as_seed_example") is True and not self._is_ours:
            self._notes.mend("LEFT_OUT", told.at("use_as_seed_example"), True, None)


def _names(pair_id: str, conversation_id: str) -> bool:
    """Whether an id holds that of its conversation, or the first eight characters of a UUID."""
    if _UUID.fullmatch(conversation_id):
        return conversation_id[:8] in pair_id
    return any(one.isdigit() for one in conversation_id) and conversation_id in pair_id


def _number(value: Any) -> Decimal | None:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return Decimal(value) if is_number else None
