"""`lorewright show`: one record with all that is known about it."""

import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

import click

from lorewright.analyze import the_dimensions
from lorewright.cli.categorise import lines_of as lines_of_categories
from lorewright.cli.enriched import lines_of_enrichment, told_enrichment
from lorewright.cli.face import Face, face_command
from lorewright.cli.scenario_showing import lines_of_scenario
from lorewright.flows.dimensions import TRAINING_VIEW, ChunkView, Shown
from lorewright.flows.showing import Look, look_at
from lorewright.flows.tables import cell
from lorewright.records import (
    Conversation,
    Document,
    Enrichment,
    EvaluationLock,
    Example,
    Judgement,
    Knowledge,
    ProofVerdict,
    Scenario,
    Verdict,
)

WIDTH = 96
QUOTE = 120
"""Characters of a quote or a value that are shown; `--json` tells all."""


@click.command()
@click.argument("name")
@click.option("--training", is_flag=True, help="Of a chunk, only what training looks at.")
@face_command
def show(face: Face, name: str, *, training: bool) -> None:
    """Show the record NAME (kind:id) with all that is known about it.

    Of a chunk: its words, and each of its dimensions with its value, where that comes from and
    the words it rests on, or why it is open. Of a document: its categories. Of an example: what
    it rests on, what a judge thinks of it, and whether the base model knew it. Of a conversation
    or its enrichment: every issue with its line, every repair, the score and the way of the
    client's feelings. Of a scenario: what is said, and what a good answer holds.

    \b
    Examples:
      lorewright show chunk:3fa9c2
      lorewright show chunk:3fa9c2 --training
      lorewright show document:77c1 --json
    """
    with face.store() as store:
        look = look_at(store, face.settings, store.resolve(name))
    for line in _lines(look, training=training):
        face.say(line)
    face.result("show", **_told(look, training=training))


def lines_of_chunk(view: ChunkView, *, training: bool = False) -> Iterator[str]:
    """The dimensions of a chunk as lines, in their groups."""
    known_from = the_dimensions().known_from
    accuracy = "no text to check" if view.accuracy is None else f"{view.accuracy} of 10"
    if view.precision is not None:
        yield f"precision {view.precision} of 10, accuracy {accuracy}; known from {known_from}"
    if view.called("label_model").value and view.cost_usd is not None:
        yield f"described by {view.called('label_model').value} for ${view.cost_usd}"
    for group, members in groupby(_chosen(view, training=training), key=lambda one: one.group):
        yield f"[{group}]"
        for one in members:
            yield from _dimension(one)
    for aside in view.quarantined:
        yield f"! quarantined {aside.field}: {_short(cell(aside.value))}  ({aside.reason})"
    for failed in view.unanswered:
        yield f"! unanswered {failed.prompt}: {failed.sentence}"


def _lines(look: Look, *, training: bool) -> Iterator[str]:
    yield f"{look.ref.short}  {' '.join(look.summary.split())}"
    yield from (f"! {note}" for note in look.notes)
    if look.text is not None and look.view is not None:
        yield from _wrapped(look.text)
        yield ""
        yield from lines_of_chunk(look.view, training=training)
        return
    yield from _content(look)
    yield from _rests_on(look)
    yield from _opinions(look)
    yield from _fields(look)


def _content(look: Look) -> Iterator[str]:
    """What a record says, for kinds that say something."""
    match look.record:
        case Example() as example:
            for turn in example.turns:
                yield f"{turn.role}:"
                yield from _wrapped(turn.text)
        case Verdict() as verdict:
            yield from (f"{one.split}: {one.sentence}" for one in verdict.findings)
        case ProofVerdict() | EvaluationLock() as proof:
            yield from _proof(proof)
        case Document():
            yield from lines_of_categories(look.categories)
        case Conversation() | Enrichment():
            yield from lines_of_enrichment(look)
        case Scenario() as scenario:
            yield from lines_of_scenario(scenario)
        case _:
            pass


def _proof(found: ProofVerdict | EvaluationLock) -> Iterator[str]:
    if isinstance(found, ProofVerdict):
        yield from found.sentences
    else:
        yield from (f"    {line}".rstrip() for line in found.text.splitlines())


def _rests_on(look: Look) -> Iterator[str]:
    for sentence in look.sentences:
        place = f"{sentence.section}, {sentence.start}-{sentence.end}"
        yield f"rests on {sentence.document!r}, {place}:"
        yield f'    "{_short(sentence.quote)}"'


def _opinions(look: Look) -> Iterator[str]:
    """What a judge and the base model made of an example."""
    if look.judgement is not None:
        yield from _judgement(look.judgement)
    if look.knowledge is not None:
        yield _knowledge(look.knowledge)


def _judgement(found: Judgement) -> Iterator[str]:
    own = ", its own work" if found.own_work else ""
    yield f"{'judge':<16} {found.mean} of 10{own}, {found.ref.short}"
    for rating in found.ratings:
        score = "-" if rating.score is None else rating.score
        yield f"{'':<16} {rating.criterion:<14}{score:>3}  {_short(rating.reason)}"


def _knowledge(found: Knowledge) -> str:
    right = f"right in {found.right} of {len(found.answers)} answers"
    return f"{'base model':<16} {found.known} to it, {right}, {found.ref.short}"


def _fields(look: Look) -> Iterator[str]:
    """The other fields of the record, each on a line."""
    told = {"evidence", "turns", "made_from", "findings", "issues", "repairs", "sentences"}
    if isinstance(look.record, EvaluationLock):
        told.add("text")
    if isinstance(look.record, Scenario):
        told |= {"situation", "messages", "expected"}
    for key, value in look.content.items():
        if key not in told and value not in (None, [], ""):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield f"{key:<16} {_short(text)}"


def _dimension(one: Shown) -> Iterator[str]:
    if one.reason is not None:
        yield f"  {one.number:>2} {one.name:<30} -  ({one.reason})"
        return
    sure = f", confidence {one.confidence}" if one.confidence is not None else ""
    value = "none" if one.value == [] else cell(one.value)
    yield f"  {one.number:>2} {one.name:<30} {_short(value)}  ({one.origin}{sure})"
    for evidence in one.evidence:
        if _flat(evidence.quote) != _flat(value):
            yield f'       {evidence.start}-{evidence.end} "{_short(evidence.quote)}"'
        else:
            yield f"       {evidence.start}-{evidence.end}"


def _chosen(view: ChunkView, *, training: bool) -> list[Shown]:
    return [one for one in view.dimensions if not training or one.name in TRAINING_VIEW]


def _told(look: Look, *, training: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": look.ref,
        "kind": look.ref.kind,
        "summary": look.summary,
        "notes": look.notes,
        "content": look.content,
    }
    if look.view is not None:
        told |= {
            "text": look.text,
            "analysis": look.view.analysis,
            "precision": look.view.precision,
            "accuracy": look.view.accuracy,
            "cost_usd": look.view.cost_usd,
            "quarantined": [one.model_dump(mode="json") for one in look.view.quarantined],
            "unanswered": [one.model_dump(mode="json") for one in look.view.unanswered],
            "dimensions": [
                {
                    **{key: value for key, value in asdict(one).items() if key != "evidence"},
                    "evidence": [evidence.model_dump(mode="json") for evidence in one.evidence],
                }
                for one in _chosen(look.view, training=training)
            ],
        }
    if look.categories:
        told["categories"] = [asdict(one) for one in look.categories]
    if look.judgement is not None:
        told["judgement"] = {
            "judgement": look.judgement.ref,
            "mean": str(look.judgement.mean),
            "own_work": look.judgement.own_work,
            "ratings": [one.model_dump(mode="json") for one in look.judgement.ratings],
        }
    if look.knowledge is not None:
        told["knowledge"] = {
            "knowledge": look.knowledge.ref,
            "known": look.knowledge.known,
            "right": look.knowledge.right,
            "answers": [one.model_dump(mode="json") for one in look.knowledge.answers],
        }
    if look.enrichment is not None:
        told["enrichment"] = told_enrichment(look.enrichment, look.progression)
    if look.sentences:
        told["rests_on"] = [asdict(one) for one in look.sentences]
    return told


def _wrapped(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from textwrap.wrap(line, WIDTH, initial_indent="    ", subsequent_indent="    ") or [
            ""
        ]


def _short(text: str) -> str:
    flat = _flat(text)
    return flat if len(flat) <= QUOTE else f"{flat[: QUOTE - 1]}\N{HORIZONTAL ELLIPSIS}"


def _flat(text: str) -> str:
    return " ".join(text.split())
