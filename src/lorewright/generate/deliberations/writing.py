"""Deliberations by a language model, one call for each turn; and panels that it proposes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import ValidationError

from lorewright.errors import ModelError
from lorewright.generate.deliberations.drafts import LEAST_ANSWER, DeliberationDraft, PanelDraft
from lorewright.generate.deliberations.holding import Floor, Opening, Said, as_records
from lorewright.generate.deliberations.library import CATALOGUE, entry_of
from lorewright.generate.deliberations.playing import Casting
from lorewright.generate.deliberations.shapes import Panel
from lorewright.lineage import Ref
from lorewright.llms import Asker, Purpose, Rendered, ask, render
from lorewright.records import Deliberation, Prompt, Record, Rejection
from lorewright.records.deliberation import (
    BlindSpot,
    Consensus,
    EndReason,
    Statement,
    Synthesis,
)

PROMPT, PANEL_PROMPT = "generate/deliberation", "generate/panel"
STEP = "deliberations"
UNGROUNDED = "a language model argued it out of what it knows; no document was before it"
FEWEST_SPEAKERS = 2
DRAWS = 100
"""More than a deliberation has turns, so that no two calls are the same draw."""
_TARGET = Decimal("0.90")


@dataclass(frozen=True, slots=True)
class Brief:
    """Who asks, what first, and how often."""

    user: str
    goal: str
    question: str
    turns: int
    number: int = 0
    """Tells deliberations of one run apart."""
    draw: int = 0


async def write_deliberation(
    casting: Casting,
    brief: Brief,
    *,
    asker: Asker,
    prompt: Prompt,
    teacher: str,
    parents: Sequence[Ref],
) -> list[Record]:
    """Hold one deliberation by a language model; what cannot be held to its end is a rejection.

    Every turn is one call, which knows what those who speak said in the turns before. An answer
    in which the wrong personas speak is sent back with what is wrong with it.

    Raises:
        ModelError: when a call failed for a reason that may pass; nothing is decided then.
        EndpointError: when the endpoint cannot be used at all.
        BudgetReached: when the next call could cost too much.
        Stopped: when somebody paused or cancelled the run.
    """
    panel = casting.panel
    floor, question, raw = (
        Floor(panel, casting.weigher, goal=brief.goal),
        brief.question,
        list[str](),
    )
    try:
        while floor.ended is None and len(floor.turns) < brief.turns:
            opening = floor.open(question)
            purpose = Purpose(
                prompt.name, (), (brief.draw * DRAWS + brief.number) * DRAWS + opening.number
            )
            answer = await ask(
                asker,
                turn_prompt(panel, brief, opening, prompt),
                DeliberationDraft,
                purpose,
                complaint=lambda draft, opening=opening: _complaint(draft, opening),
            )
            floor.close(opening, _said(answer.value, opening), topic=opening.start.current_state)
            raw.append(answer.text)
            question = answer.value.next_question.strip() or "Go on."
    except ModelError as error:
        if error.again:
            raise
        return [_failure(error, len(floor.turns) + 1, question, parents)]
    return [
        Deliberation(
            conversation_id=f"{panel.key}-{brief.draw}-{brief.number}",
            panel=panel.key,
            domain=panel.domain,
            complexity="medium",
            user_context_archetype=brief.user,
            goal=brief.goal,
            purpose_framework=floor.framework(),
            personas=as_records(panel),
            persona_weighting_approach=casting.weigher.approach,
            weights_from=casting.weigher.labels,
            training_pairs=tuple(floor.turns),
            ended=floor.ended or EndReason.STOPPED,
            teacher=teacher,
            ungrounded=UNGROUNDED,
            raw=tuple(raw),
            made_from=tuple(parents),
        )
    ]


def turn_prompt(panel: Panel, brief: Brief, opening: Opening, prompt: Prompt) -> Rendered:
    """The prompt for one turn."""
    start = opening.start
    return render(
        prompt,
        personas="\n".join(
            f"- {one.id}: {one.role}; sees to {one.focus}; {one.style}; knows "
            f"{', '.join(one.expertise)}."
            for one in panel.personas
        ),
        user=brief.user,
        number=opening.number,
        state=start.current_state,
        target=start.target_state_this_turn,
        settles=panel.purpose.states[panel.place_of(start.current_state)].settles,
        goal=start.ultimate_goal_awareness,
        question=opening.question,
        active=[{"id": name, "weight": str(one)} for name, one in opening.weighed.active.items()],
        memory="\n".join(start.context_from_previous_turns),
    )


async def propose_panel(
    goal: str, key: str, *, asker: Asker, prompt: Prompt, parents: Sequence[Ref], draw: int = 0
) -> list[Record]:
    """Have a language model propose a panel for a goal; its entry, or why there is none.

    Raises:
        ModelError: when a call failed for a reason that may pass.
    """
    rendered = render(prompt, goal=goal)
    purpose = Purpose(prompt.name, (), draw)
    try:
        answer = await ask(
            asker,
            rendered,
            PanelDraft,
            purpose,
            complaint=lambda draft: _panel_of(draft, goal, key)[1],
        )
    except ModelError as error:
        if error.again:
            raise
        return [_failure(error, 1, goal, parents)]
    panel, _ = _panel_of(answer.value, goal, key)
    return [entry_of(panel, own=True)] if panel else []


def panel_of_entry(content: dict[str, object]) -> Panel:
    """The panel that an entry holds."""
    return Panel.model_validate(content)


def _complaint(draft: DeliberationDraft, opening: Opening) -> str | None:
    """What is wrong with a turn, in words for whoever wrote it."""
    active = opening.weighed.active
    names = {one.speaker for one in draft.acts} | {one.raised_by for one in draft.blind_spots}
    checks: tuple[tuple[bool, str], ...] = (
        (bool(names - active.keys()), f"only {', '.join(active)} may speak or see something"),
        (
            len({one.speaker for one in draft.acts}) < FEWEST_SPEAKERS,
            "at least two personas must speak",
        ),
        (any(not one.statement.strip() for one in draft.acts), "an act says nothing"),
        (not any(text.strip() for text in draft.agreement), "nothing is agreed on"),
        (
            len(draft.answer.strip()) < LEAST_ANSWER,
            f"the answer has fewer than {LEAST_ANSWER} characters",
        ),
    )
    return next((said for is_off, said in checks if is_off), None)


def _said(draft: DeliberationDraft, opening: Opening) -> Said:
    panel, state = opening.situation.panel, opening.situation.state
    settles = panel.purpose.states[panel.place_of(state)].settles
    return Said(
        statements=[
            Statement(
                speaker=one.speaker,
                act=one.act,
                statement=one.statement.strip(),
                to=one.to if one.to in opening.weighed.active else None,
                recommendation=one.recommendation.strip() or None,
                moves=tuple(move for move in settles if move in one.moves),
                is_critical=one.critical and one.act == "blocker",
            )
            for one in draft.acts
        ],
        consensus=Consensus(
            areas_of_agreement=tuple(_kept(draft.agreement)),
            areas_requiring_tradeoffs=tuple(_kept(draft.tradeoffs)),
            risks_identified=tuple(_kept(draft.risks)),
        ),
        blind_spots=[
            BlindSpot(text=one.text.strip(), raised_by=one.raised_by)
            for one in draft.blind_spots
            if one.text.strip()
        ],
        answer=Synthesis(
            response_to_user=draft.answer.strip(), prevents=tuple(_kept(draft.prevents))
        ),
    )


def _kept(texts: Sequence[str]) -> Iterator[str]:
    yield from (text.strip() for text in texts if text.strip())


def _failure(error: ModelError, turn: int, question: str, parents: Sequence[Ref]) -> Rejection:
    return Rejection(
        step=STEP,
        outcome="failed",
        reason=error.fault,
        detail=f"{error.sentence} (turn {turn})",
        question=question,
        made_from=tuple(parents),
    )


def _panel_of(draft: PanelDraft, goal: str, key: str) -> tuple[Panel | None, str | None]:
    """The panel, or what is wrong with it."""
    personas = [
        {
            "id": f"{re.sub(r'[^a-z]+', '_', one.key.lower()).strip('_')}_001",
            **one.model_dump(exclude={"key"}),
        }
        for one in draft.personas
    ]
    try:
        return Panel.model_validate(
            {
                "key": key,
                "name": draft.name,
                "domain": draft.domain,
                "goal": goal,
                "selection_rationale": draft.rationale,
                "purpose": {
                    "type": key.replace("-", "_"),
                    "target": draft.target,
                    "target_score": _TARGET,
                    "states": [one.model_dump() for one in draft.states],
                },
                "personas": personas,
            }
        ), None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return None, f"{place or CATALOGUE}: {first['msg']}"
