"""An enrichment as `lorewright show` tells it: to people in lines, to programs in keys."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lorewright.records import EnrichedContent, Enrichment, Issue, Repair

if TYPE_CHECKING:
    from lorewright.conversations.enriching import Progression
    from lorewright.flows.showing import Look

QUOTE = 60
"""Characters of a repaired value that are shown; `--json` tells all."""


def lines_of_enrichment(look: "Look") -> Iterator[str]:
    """What the stages made of a conversation: its worth, its turns and all that is wrong."""
    found = look.enrichment
    if found is None:
        yield "not enriched yet: lorewright enrich"
        return
    yield f"{found.ref.short}: {found.state.value.replace('_', ' ')}"
    if found.content is not None:
        yield from _content(found.content)
    if look.progression is not None:
        yield _progression(look.progression)
    yield from map(_issue, found.issues)
    yield from map(_repair, found.repairs)


def told_enrichment(found: Enrichment, progression: "Progression | None") -> dict[str, Any]:
    """The same for programs."""
    told = found.model_dump(mode="json", exclude={"made_from", "evidence"})
    if progression is not None:
        told["progression"] = {
            **{
                name: feeling.model_dump(mode="json") if feeling else None
                for name, feeling in (
                    ("start", progression.start),
                    ("middle", progression.middle),
                    ("end", progression.end),
                )
            },
            "change": str(progression.change),
            "names_the_end": progression.names_the_end,
            "ends_in_range": progression.ends_in_range,
            "arrives": progression.arrives,
        }
    return {"enrichment": found.ref, **told}


def _content(content: EnrichedContent) -> Iterator[str]:
    parts = ", ".join(
        f"{name.replace('_', ' ')} {getattr(content.parts, name)}"
        for name in type(content.parts).model_fields
    )
    yield f"quality {content.quality} of 10 ({parts}): {content.tier.value.replace('_', ' ')}"
    yield f"client: {content.client_persona}"
    for number, turn in enumerate(content.turns, start=1):
        feels = f", {turn.emotion.primary} {turn.emotion.intensity}" if turn.emotion else ""
        yield f"{number} {turn.role}{feels}: {_short(turn.text)}"


def _progression(found: "Progression") -> str:
    felt = (found.start, found.middle, found.end)
    way = " -> ".join(f"{one.primary} {one.intensity}" for one in felt if one is not None)
    if found.arrives is None:
        return f"feelings: {way}"
    ends = "where the arc leads" if found.arrives else "elsewhere than the arc leads"
    return f"feelings: {way}; they end {ends}"


def _issue(one: Issue) -> str:
    line = f", line {one.line:,}" if one.line else ""
    head = f"! {one.severity.value} {one.code}: {one.field}{line}"
    return f"{head}: {one.message}; {one.suggestion}"


def _repair(one: Repair) -> str:
    return f"repaired {one.code}: {one.field}: {_short(one.original)} is now {_short(one.repaired)}"


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= QUOTE else f"{flat[: QUOTE - 1]}\N{HORIZONTAL ELLIPSIS}"
