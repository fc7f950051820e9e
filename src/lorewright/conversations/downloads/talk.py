"""A conversation as downloads show it: who said what, and what is known of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lorewright.conversations.brightrun.json_text import is_list, is_object, read_json
from lorewright.conversations.complete import Complete
from lorewright.conversations.enriching import read_turns
from lorewright.errors import Unreadable
from lorewright.records import Conversation, EnrichedTurn, RawForm, Scaffold

ROLES = ("user", "assistant")


class Utterance(NamedTuple):
    """What somebody says in one turn."""

    role: str
    text: str
    primary: str | None = None
    """The feeling, where it is told."""
    secondary: str | None = None
    intensity: str | None = None
    turn: EnrichedTurn | None = None
    """With all that was laid over it; None of a raw one."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation, raw or enriched."""

    conversation: Conversation
    utterances: tuple[Utterance, ...]
    system_prompt: str | None = None
    known: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """About the conversation as a whole; empty of a raw one."""

    @property
    def scaffold(self) -> Scaffold:
        """What it was set up with."""
        return self.conversation.scaffold


def talk_of(one: Complete) -> Talk:
    """An enriched conversation."""
    content = one.content
    return Talk(
        one.conversation,
        tuple(
            Utterance(
                turn.role,
                turn.text,
                turn.emotion.primary if turn.emotion else None,
                turn.emotion.secondary if turn.emotion else None,
                str(turn.emotion.intensity) if turn.emotion else None,
                turn,
            )
            for turn in content.turns
        ),
        content.system_prompt,
        {
            "client_persona": content.client_persona,
            "client_background": content.client_background,
            "session_context": content.session_context,
            "conversation_phase": content.conversation_phase,
            "expected_outcome": content.expected_outcome,
            "quality_tier": content.tier.value,
            "quality": str(content.quality),
            "created_date": content.created_date,
            "human_reviewed": content.human_reviewed,
        },
    )


def raw_talk(conversation: Conversation) -> Talk:
    """A conversation as it came: nothing is mended, and no word is changed.

    Raises:
        Unreadable: when its raw text holds no turns.
    """
    if conversation.form is RawForm.TURNS:
        utterances = tuple(_of_turns(read_turns(conversation.raw).content))
    else:
        utterances = tuple(_of_pairs(_value(conversation.raw)))
    if not utterances:
        raise Unreadable(
            "no turns can be read in its raw text",
            where=conversation.conversation_id,
            hint="the format json has the raw text as it came",
        )
    return Talk(conversation, utterances)


def _of_turns(content: Any) -> Iterator[Utterance]:
    turns = content.get("turns") if is_object(content) else None
    for turn in turns if is_list(turns) else ():
        if is_object(turn) and turn.get("role") in ROLES and isinstance(turn.get("content"), str):
            felt = turn.get("emotional_context")
            yield _utterance(turn["role"], turn["content"], felt, "_emotion")


def _of_pairs(value: Any) -> Iterator[Utterance]:
    """Each turn once, although pairs repeat what the client said before an answer."""
    pairs = value.get("training_pairs") if is_object(value) else None
    last = ""
    for pair in filter(is_object, pairs if is_list(pairs) else ()):
        asked, told = pair.get("current_user_input"), pair.get("target_response")
        context = pair.get("emotional_context")
        felt = context.get("detected_emotions") if is_object(context) else None
        if isinstance(asked, str) and asked and asked != last:
            yield _utterance("user", asked, None if told else felt, "")
            last = asked
        if isinstance(told, str) and told:
            yield _utterance("assistant", told, felt, "")


def _utterance(role: str, text: str, felt: Any, ending: str) -> Utterance:
    told = felt if is_object(felt) else {}
    return Utterance(
        role,
        text,
        _text(told.get(f"primary{ending}")),
        _text(told.get(f"secondary{ending}")),
        _text(told.get("intensity")),
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _value(raw: str) -> Any:
    try:
        return read_json(raw).value
    except ValueError:
        return None
