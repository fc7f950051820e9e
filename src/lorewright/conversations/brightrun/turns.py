"""From training pairs to the turns of a conversation: each turn once, in its order."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from lorewright.conversations.brightrun.format_fields import HISTORY
from lorewright.conversations.brightrun.json_text import NoNumber, is_list, is_object
from lorewright.conversations.brightrun.notes import Fields, Notes
from lorewright.records import Emotion

Role = Literal["user", "assistant"]
Valence = Literal["positive", "negative", "mixed"]


class Pair(NamedTuple):
    """One training pair as it stands in the raw text."""

    fields: Fields
    number: int | None
    """What it says its turn is."""


@dataclass(slots=True)
class Spoken:
    """One turn while a conversation is put together."""

    role: Role
    text: str
    place: str
    """Of its text in the raw text."""
    emotion: Emotion | None = None
    valence: Valence | None = None
    pair: Fields | None = None
    """The pair that is about this turn; None for a turn that only a history tells."""


def pairs_of(listed: list[Any], place: str, notes: Notes) -> list[Pair]:
    """The pairs in their order, those of client turns that stand inside others among them."""
    found: list[Pair] = []
    for index, value in enumerate(listed):
        here = f"{place}[{index}]"
        if not is_object(value):
            notes.warn("WRONG_TYPE", here, "a pair should be an object", "correct it in the file")
            notes.mend("WRONG_TYPE", here, value, None)
            continue
        pair = _pair(Fields(value, here, notes), notes)
        beside = _client_turns(pair, notes)
        found += [one for one in beside if (one.number or 0) < (pair.number or 0)]
        found.append(pair)
        found += [one for one in beside if (one.number or 0) >= (pair.number or 0)]
    return _in_order(_without_repeated(found, notes), place, notes)


def _client_turns(pair: Pair, notes: Notes) -> list[Pair]:
    found: list[Pair] = []
    for index, value in enumerate(pair.fields.list("client_turns")):
        if is_object(value):
            said = {**value, "current_user_input": value.get("content"), "target_response": None}
            place = f"{pair.fields.at('client_turns')}[{index}]"
            found.append(_pair(Fields(said, place, notes), notes))
    return found


def _pair(fields: Fields, notes: Notes) -> Pair:
    number = fields.value.get("turn_number")
    if _is_number(number):
        return Pair(fields, number)
    notes.warn(
        "INVALID_TURN_NUMBER",
        fields.at("turn_number"),
        "turn_number should be a whole number from 1 on",
        "its place in the file was taken instead",
    )
    if number is not None:
        notes.mend("INVALID_TURN_NUMBER", fields.at("turn_number"), number, None)
    second = fields.object("training_metadata").value.get("conversation_turn")
    return Pair(fields, second if _is_number(second) else None)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _without_repeated(pairs: list[Pair], notes: Notes) -> list[Pair]:
    """Two pairs that say the same in the same turn are one."""
    seen: set[tuple[int, str]] = set()
    found: list[Pair] = []
    for pair in pairs:
        value = pair.fields.value
        said = (
            pair.number or 0,
            f"{value.get('current_user_input')}\n{value.get('target_response')}",
        )
        if pair.number is not None and said in seen:
            notes.mend("REPEATED_PAIR", pair.fields.place, value.get("id"), None)
            continue
        seen.add(said)
        found.append(pair)
    return found


def _in_order(pairs: list[Pair], place: str, notes: Notes) -> list[Pair]:
    numbers = [pair.number for pair in pairs if pair.number is not None]
    if len(set(numbers)) < len(numbers):
        notes.warn(
            "DUPLICATE_TURN_NUMBER",
            place,
            "two different pairs have the same turn_number",
            "the order of the file was taken; correct the numbers if it is wrong",
        )
        return pairs
    if len(numbers) < len(pairs) or numbers == sorted(numbers):
        return pairs
    notes.warn(
        "PAIRS_OUT_OF_ORDER",
        place,
        "the pairs do not stand in the order of their turns",
        "the order of turn_number was taken",
    )
    return sorted(pairs, key=lambda pair: pair.number or 0)


def turns_of(pairs: list[Pair], notes: Notes, *, trusted: bool) -> list[Spoken]:
    """The turns that the pairs tell; histories fill what is missing and are compared.

    Args:
        pairs: in their order.
        notes: where to tell what is off.
        trusted: whether the file was written by Lorewright, so that nothing in it is doubled.
    """
    merging = _Merging(notes, trusted=trusted)
    for pair in pairs:
        merging.add(pair)
    return merging.turns


@dataclass(slots=True)
class _Merging:
    """Puts turns together, pair by pair."""

    notes: Notes
    trusted: bool
    turns: list[Spoken] = field(default_factory=list[Spoken])

    def add(self, pair: Pair) -> None:
        """Take in a pair: what it says was before, then what it says itself."""
        fields = pair.fields
        target = fields.text("target_response")
        asked = fields.text("current_user_input")
        before = self._history(fields)
        if target is None and fields.value.get("target_response") is not None:
            return  # told as a wrong type; a history may tell the turn
        if target is None:
            if self._is_lost_answer(before, asked):
                self._fill(before, fields)
                self._lost(fields)
                return
            self._fill(before, fields)
            self._say("user", asked, "current_user_input", pair)
            if asked and not self.trusted:
                self.notes.mend("NULL_TARGET", fields.at("target_response"), None, {"role": "user"})
            return
        if asked and not self._is_doubled(before, asked):
            before.append(Spoken("user", asked, fields.at("current_user_input")))
        self._fill(before, fields)
        self._say("assistant", target, "target_response", pair)

    def _say(self, role: Role, text: str | None, name: str, pair: Pair) -> None:
        fields = pair.fields
        if not text:
            self.notes.warn(
                "MISSING_CONTENT",
                fields.at(name),
                f"this pair has no {name}",
                "write what was said, and import the file again",
            )
            return
        emotion, valence = self._felt(role, fields.object("emotional_context"))
        self.turns.append(Spoken(role, text, fields.at(name), emotion, valence, fields))
        if pair.number is not None and pair.number != len(self.turns):
            self.notes.warn_once(
                "TURN_NUMBER_MISMATCH",
                "",
                fields.at("turn_number"),
                f"turn_number is {pair.number}, and it is turn {len(self.turns)}",
                "the place was taken; correct the numbers if turns are missing",
            )

    def _felt(self, role: Role, context: Fields) -> tuple[Emotion | None, Valence | None]:
        """What whoever speaks feels.

        Beside an answer the format tells what the client feels; in files that are around it is
        what the advisor feels, which shows when it differs from the client's turn.
        """
        is_answer = role == "assistant"
        is_told = is_answer and (self.trusted or "response_emotions" in context.value)
        felt = context.object("response_emotions" if is_told else "detected_emotions")
        emotion, valence = emotion_of(felt, self.notes), _valence(felt, self.notes)
        if not is_answer or is_told or emotion is None:
            return emotion, valence
        before = self.turns[-1] if self.turns and self.turns[-1].role == "user" else None
        clients = before.emotion if before else None
        if emotion == clients:
            return None, None
        self.notes.mend("EMOTION_OF_ADVISOR", felt.place, felt.value, _told_of(clients))
        return emotion, valence

    def _history(self, fields: Fields) -> list[Spoken]:
        found: list[Spoken] = []
        for index, value in enumerate(fields.list("conversation_history")):
            place = f"{fields.at('conversation_history')}[{index}]"
            item = Fields(value, place, self.notes) if is_object(value) else None
            role, text = (value.get("role"), value.get("content")) if item else (None, None)
            if item is None or role not in {"user", "assistant"} or not isinstance(text, str):
                self.notes.warn_once(
                    "INVALID_ROLE" if item else "WRONG_TYPE",
                    "history",
                    place,
                    "a turn of a history needs a role, user or assistant, and its content",
                    "histories only fill what pairs lack; correct it if a turn is missing",
                )
                break  # what stands behind it would be counted wrongly
            item.unknown(HISTORY)
            found.append(Spoken(role, text, place))
        return found

    def _is_doubled(self, before: list[Spoken], asked: str) -> bool:
        """Whether the history ends with what is asked now, which is then said twice."""
        if self.trusted or not before or before[-1].role != "user" or before[-1].text != asked:
            return False
        if len(self.turns) == len(before) + 1 and self.turns[-1].text == asked:
            return False  # it was said twice
        place = before[-1].place
        self.notes.mend("DOUBLED_USER_TURN", place, {"role": "user", "content": asked}, None)
        return True

    def _is_lost_answer(self, before: list[Spoken], asked: str | None) -> bool:
        is_last = bool(before) and before[-1].role == "user" and before[-1].text == asked
        return not self.trusted and is_last

    def _lost(self, fields: Fields) -> None:
        self.notes.warn(
            "LOST_TARGET",
            fields.at("target_response"),
            "the answer to what the client says last is missing",
            "a later history may tell it; else write it and import the file again",
        )

    def _fill(self, before: list[Spoken], fields: Fields) -> None:
        for index, told in enumerate(before[: len(self.turns)]):
            known = self.turns[index]
            if known.pair is None and known.emotion is None:
                known.emotion = self._from_history(told, fields).emotion
            if (known.role, known.text) != (told.role, told.text):
                self.notes.warn_once(
                    "HISTORY_DIFFERS",
                    str(index),
                    told.place,
                    f"the history tells turn {index + 1} otherwise than its own pair",
                    "the pair was taken; correct the history if it is right",
                )
        for told in before[len(self.turns) :]:
            if told.text:
                self.turns.append(self._from_history(told, fields))

    def _from_history(self, told: Spoken, fields: Fields) -> Spoken:
        history = fields.value.get("conversation_history")
        if is_list(history) and told.place.endswith("]"):
            item = history[int(told.place.rpartition("[")[2][:-1])]
            felt = Fields(item, told.place, self.notes).object("emotional_state")
            told.emotion = emotion_of(felt, self.notes)
        return told


def _told_of(emotion: Emotion | None) -> dict[str, Any] | None:
    return emotion and emotion.model_dump()


def emotion_of(felt: Fields, notes: Notes) -> Emotion | None:
    """What somebody feels; None where it is not told, or told wrongly, which is noted."""
    primary, secondary = felt.text("primary"), felt.text("secondary")
    intensity = felt.value.get("intensity")
    if not primary:
        if intensity is not None or secondary:
            notes.warn(
                "MISSING_PRIMARY_EMOTION",
                felt.at("primary"),
                "an intensity or a second emotion has no first one",
                "name the emotion, or leave all of it out",
            )
        return None
    number = _intensity(intensity, felt, notes)
    if number is None:
        notes.mend("LEFT_OUT", felt.at("primary"), primary, None)
        return None
    return Emotion(primary=primary, secondary=secondary or None, intensity=number)


def _intensity(value: Any, felt: Fields, notes: Notes) -> Decimal | None:
    place = felt.at("intensity")
    match value:
        case None:
            code, said = "MISSING_INTENSITY", "an emotion has no intensity"
        case NoNumber():
            code, said = "NOT_A_NUMBER", f"the intensity is {value.text}"
        case bool() | str():
            code, said = "WRONG_TYPE", "the intensity should be a number"
        case int() | Decimal() if 0 <= value <= 1:
            return Decimal(value)
        case int() | Decimal():
            code, said = "INTENSITY_OUT_OF_RANGE", f"the intensity is {value}, not from 0 to 1"
        case _:
            code, said = "WRONG_TYPE", "the intensity should be a number"
    notes.warn(code, place, said, "write a number from 0 to 1; the emotion was left out")
    if value is not None:
        notes.mend(code, place, value, None)
    return None


def _valence(felt: Fields, notes: Notes) -> Valence | None:
    value = felt.value.get("valence")
    match value:
        case None | "positive" | "negative" | "mixed":
            return value
        case _:
            notes.warn(
                "INVALID_VALENCE",
                felt.at("valence"),
                "the valence should be positive, negative or mixed",
                "correct it in the file; it was left out",
            )
            notes.mend("INVALID_VALENCE", felt.at("valence"), value, None)
            return None
