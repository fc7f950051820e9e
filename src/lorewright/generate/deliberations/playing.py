"""Deliberations without a language model: conversations that were worked out, played by the rules.

Who speaks, in which order and how much of the answer is theirs is decided anew by the weights of
every turn; the words are those of the file. So another weighting makes another conversation, and
the same one always makes the same.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lorewright.generate.deliberations.holding import Floor, Opening, Said, as_records
from lorewright.generate.deliberations.shapes import Panel, Point, Worked, WorkedTurn
from lorewright.generate.deliberations.weighting import Weigher
from lorewright.lineage import Ref
from lorewright.records import CatalogueEntry, Deliberation
from lorewright.records.deliberation import (
    ActKind,
    BlindSpot,
    Consensus,
    EndReason,
    Statement,
    Synthesis,
)

PLAYED = "extractive"
UNGROUNDED = "it was played from a conversation worked out beforehand, which rests on no document"
CATALOGUE = "deliberations"
BLIND_SPOT, PREVENTED = "One thing you did not ask about:", "This keeps you from"
_WITH_NOBODY = {ActKind.CHALLENGE, ActKind.SUPPORT}
"""Acts that make no sense when the one they answer is not there."""


@dataclass(frozen=True, slots=True)
class Casting:
    """What a deliberation is held with."""

    panel: Panel
    weigher: Weigher
    goal: str | None = None
    """None takes the goal of the conversation that is played."""
    turns: int | None = None
    """The most turns; None plays all."""


def chosen(panel: Panel, *, count: int, seed: int) -> list[Worked]:
    """The conversations of a panel that are played, at most so many, in an order by chance."""
    return sorted(panel.worked, key=lambda one: _lot(seed, one.key))[:count]


def worked_entry(panel: Panel, worked: Worked, *, own: bool) -> CatalogueEntry:
    """The conversation as the record that a deliberation is made from."""
    content = worked.model_dump(mode="json", exclude_none=True)
    key = f"{panel.key.replace('-', '_')}_{worked.key}"
    return CatalogueEntry(catalogue=CATALOGUE, key=key, content=content, own=own)


def play(casting: Casting, worked: Worked, *, parents: Sequence[Ref]) -> Deliberation:
    """Hold the deliberation that was worked out, with the weights that the weigher proposes."""
    panel = casting.panel
    goal = casting.goal or worked.goal
    floor = Floor(panel, casting.weigher, goal=goal, state=worked.turns[0].state)
    for turn in worked.turns[: casting.turns]:
        opening = floor.open(turn.asks, state=turn.state)
        floor.close(opening, _said(opening, turn), topic=turn.topic)
        if floor.ended is not None:
            break
    return Deliberation(
        conversation_id=f"{panel.key}-{worked.key}",
        panel=panel.key,
        domain=panel.domain,
        complexity=worked.complexity,
        user_context_archetype=worked.user,
        goal=goal,
        purpose_framework=floor.framework(),
        personas=as_records(panel),
        persona_weighting_approach=casting.weigher.approach,
        weights_from=casting.weigher.labels,
        training_pairs=tuple(floor.turns),
        ended=floor.ended or EndReason.STOPPED,
        teacher=PLAYED,
        ungrounded=UNGROUNDED,
        made_from=tuple(parents),
    )


def _said(opening: Opening, turn: WorkedTurn) -> Said:
    points = list(_heard(opening, turn))
    sees = turn.seen_by in opening.weighed.active
    spots = (
        [BlindSpot(text=turn.blind_spot, raised_by=turn.seen_by)]
        if sees and turn.blind_spot and turn.seen_by
        else []
    )
    prevents = (turn.prevents,) if turn.prevents else ()
    traded = [one.advice for one in points if one.act is ActKind.CHALLENGE]
    risks = [one.says for one in points if one.act is ActKind.BLOCKER]
    return Said(
        statements=[_statement(opening, one) for one in points],
        consensus=Consensus(
            areas_of_agreement=(turn.agree,),
            areas_requiring_tradeoffs=tuple(traded),
            risks_identified=tuple(risks),
        ),
        blind_spots=spots,
        answer=Synthesis(
            response_to_user=_answer(turn, points, [one.text for one in spots]),
            prevents=prevents,
        ),
    )


def _heard(opening: Opening, turn: WorkedTurn) -> Iterator[Point]:
    """The points of those who are active, blockers first, then by weight."""
    weights = opening.weighed.active
    heard = [one for one in turn.points if one.by in weights]
    order = {id(one): place for place, one in enumerate(heard)}
    yield from sorted(
        heard, key=lambda one: (one.act is not ActKind.BLOCKER, -weights[one.by], order[id(one)])
    )


def _statement(opening: Opening, point: Point) -> Statement:
    answers = point.to if point.to in opening.weighed.active else None
    lost = answers is None and point.act in _WITH_NOBODY
    return Statement(
        speaker=point.by,
        act=ActKind.STATEMENT if lost else point.act,
        statement=point.says,
        to=answers,
        recommendation=point.advice,
        moves=(point.moves,) if point.moves else (),
        is_critical=point.critical,
    )


def _answer(turn: WorkedTurn, points: Sequence[Point], blind_spots: Sequence[str]) -> str:
    parts = [" ".join((turn.opening, *(one.advice for one in points)))]
    parts += [f"{BLIND_SPOT} {text}" for text in blind_spots]
    if turn.prevents:
        parts.append(f"{PREVENTED} {turn.prevents}.")
    return "\n\n".join(parts)


def _lot(seed: int, key: str) -> bytes:
    return hashlib.sha256(f"{seed} {key}".encode()).digest()
