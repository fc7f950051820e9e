"""The third stage: the semantic layer, one enriched turn for each turn of the conversation."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat

from lorewright.conversations.catalogues import Arc, Consultant, Persona, Topic
from lorewright.conversations.enriching.feelings import target_of, valence_of, way_of
from lorewright.conversations.enriching.quality import Quality, quality_of
from lorewright.conversations.enriching.reading import Carried, Said
from lorewright.conversations.enriching.validating import Checked, Heard, Metadata
from lorewright.conversations.voice import system_prompt
from lorewright.lineage import Ref
from lorewright.records import Conversation, Emotion, EnrichedContent, EnrichedTurn, Repair


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries that a conversation was set up with, as far as they are known."""

    persona: Persona | None = None
    arc: Arc | None = None
    topic: Topic | None = None
    consultant: Consultant | None = None
    refs: tuple[Ref, ...] = ()
    """The records of those that are known."""
    unreadable: tuple[str, ...] = field(default=())
    """A sentence for each entry that is there and cannot be read."""


def layered(
    conversation: Conversation, said: Said, checked: Checked, entries: Entries
) -> EnrichedContent:
    """Everything that is known of a conversation that has no blocker.

    Who the client is comes from the persona, whatever the conversation itself says; a training
    file keeps what it says.
    """
    quality = said.quality or quality_of(checked.turns, entries.arc)
    metadata = _of_the_persona(checked.metadata, entries.persona, said)
    prompt = system_prompt(entries.consultant) if entries.consultant else None
    carried = _with_ids_of_its_own(conversation, said)
    return EnrichedContent(
        scaffold=conversation.scaffold,
        **metadata._asdict(),
        system_prompt=said.system_prompt or prompt,
        turns=tuple(
            _kept(carried, checked.turns)
            if said.quality
            else _turns(conversation, carried, checked.turns, entries, quality)
        ),
        parts=quality.parts,
        quality=quality.score,
        tier=quality.tier,
        created_date=said.created_date,
        human_reviewed=said.human_reviewed,
        reviewer_notes=said.reviewer_notes,
    )


def background_of(persona: Persona) -> str:
    """A persona in a line: who it is, and how it stands with what the talk is about."""
    told = {**persona.demographics}
    age = told.pop("age", None)
    facts = [f"age {age}" if age else "", *told.values(), persona.occupation]
    return "; ".join(part for part in (", ".join(filter(None, facts)), persona.background) if part)


def _of_the_persona(metadata: Metadata, persona: Persona | None, said: Said) -> Metadata:
    if persona is None or said.is_legacy:
        return metadata
    known = metadata._replace(
        client_persona=persona.label, client_background=background_of(persona)
    )
    for key in ("client_persona", "client_background"):
        invented, true = getattr(metadata, key), getattr(known, key)
        if invented and invented != true:
            said.findings.repairs.append(
                Repair(
                    code="INVENTED_PERSONA",
                    field=said.place(f"conversation_metadata.{key}"),
                    original=json.dumps(invented),
                    repaired=json.dumps(true),
                )
            )
    return known


def _with_ids_of_its_own(conversation: Conversation, said: Said) -> Iterable[Carried]:
    """What a file says of the turns; without ids of pairs that another conversation has too."""
    told = said.conversation_id
    if told is None or told == conversation.conversation_id:
        return said.turns
    said.findings.repairs.append(
        Repair(
            code="REPEATED_CONVERSATION_ID",
            field="conversation_metadata.conversation_id",
            original=json.dumps(told, ensure_ascii=False),
            repaired=json.dumps(conversation.conversation_id, ensure_ascii=False),
        )
    )
    found: list[Carried] = []
    for number, one in enumerate(said.turns, start=1):
        own = f"{_named(conversation)}-{number}"
        if one.pair_id:
            said.findings.repairs.append(
                Repair(
                    code="REPEATED_ID",
                    field=said.place(f"turns[{number - 1}]"),
                    original=json.dumps(one.pair_id, ensure_ascii=False),
                    repaired=json.dumps(own, ensure_ascii=False),
                )
            )
        found.append(one._replace(pair_id=own))
    return found


def _named(conversation: Conversation) -> str:
    return f"{conversation.conversation_id}-{conversation.ref.id[:8]}"


def _kept(carried: Iterable[Carried], heard: Sequence[Heard]) -> Iterator[EnrichedTurn]:
    """Turns exactly as a file says that they were enriched before."""
    for turn, has in zip(heard, carried, strict=True):
        yield EnrichedTurn(role=turn.role, text=turn.text, emotion=turn.emotion, **has._asdict())


def _turns(
    conversation: Conversation,
    carried: Iterable[Carried],
    heard: Sequence[Heard],
    entries: Entries,
    quality: Quality,
) -> Iterator[EnrichedTurn]:
    """Only what the advisor says has an aim, shows skills and carries the score: it is learnt."""
    named = _named(conversation)
    level = f"{entries.topic.complexity}_conversation_turn" if entries.topic else None
    objective = objective_of(entries.topic) if entries.topic else None
    skills = skills_of(entries.arc) if entries.arc else ()
    target = target_of(entries.arc) if entries.arc else way_of(_felt(heard))
    told = zip(heard, chain(carried, repeat(Carried())), strict=False)
    for number, (turn, has) in enumerate(told, start=1):
        is_taught = turn.role == "assistant"
        valence = valence_of(turn.emotion.primary) if turn.emotion else None
        yield EnrichedTurn(
            role=turn.role,
            text=turn.text,
            emotion=turn.emotion,
            valence=has.valence or valence,
            pair_id=has.pair_id or f"{named}-{number}",
            difficulty_level=has.difficulty_level or (f"{level}_{number}" if level else None),
            key_learning_objective=has.key_learning_objective or objective,
            demonstrates_skills=has.demonstrates_skills or (skills if is_taught else ()),
            emotional_progression_target=has.emotional_progression_target
            or (target if is_taught else None),
            quality_score=has.quality_score or (quality.grade if is_taught else None),
            empathy=has.empathy,
            clarity=has.clarity,
            appropriateness=has.appropriateness,
            brand_voice=has.brand_voice,
            deliberation=has.deliberation,
        )


def objective_of(topic: Topic) -> str:
    """What the client should come to understand."""
    return f"{topic.name}: {topic.description}"


def skills_of(arc: Arc) -> tuple[str, ...]:
    """What an advisor does on the way of an arc."""
    return tuple(dict.fromkeys((*arc.techniques, *arc.required_elements)))


def _felt(heard: Iterable[Heard]) -> list[Emotion]:
    return [one.emotion for one in heard if one.role == "user" and one.emotion is not None]
