"""Asking a teacher about a chunk, prompt by prompt, and weighing what it says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from lorewright.analyze.teaching.answers import Shape
from lorewright.analyze.teaching.surroundings import shown
from lorewright.analyze.teaching.templates import Template, templates_for
from lorewright.analyze.teaching.weighing import Given, Weighing
from lorewright.errors import BadReply
from lorewright.llms import Asker, Purpose, Rendered, ask, render
from lorewright.records import Chunk, Document, Prompt, Quarantined, Unanswered


@dataclass(frozen=True, slots=True)
class Teacher:
    """Who is asked, and with which prompts."""

    asker: Asker
    prompts: Mapping[str, Prompt]
    """By their names, as in `analyze/content_analysis`."""
    chosen: tuple[str, ...] | None = None
    """The keys of the templates that are asked; None asks all."""
    draw: int = 0
    """Asking the same again on purpose is another draw."""


class Question(NamedTuple):
    """One prompt about one chunk, filled in."""

    template: Template
    rendered: Rendered


@dataclass(slots=True)
class Teaching:
    """What a teacher said about a chunk."""

    asked: list[str] = field(default_factory=list[str])
    """The names of the prompts."""
    given: dict[str, Given] = field(default_factory=dict[str, Given])
    """By dimension, what counts."""
    why_not: dict[str, str] = field(default_factory=dict[str, str])
    """By dimension that was asked for, why there is no value."""
    quarantined: list[Quarantined] = field(default_factory=list[Quarantined])
    unanswered: list[Unanswered] = field(default_factory=list[Unanswered])
    checks: list[bool] = field(default_factory=list[bool])
    """Of each quote, whether it was found."""
    cost: Decimal = Decimal(0)
    calls: list[bytes] = field(default_factory=list[bytes])
    """The keys of the calls in the ledger."""


def questions(
    document: Document, chunk: Chunk, teacher: Teacher, *, category: str
) -> Iterator[Question]:
    """What is asked about a chunk, in order; all share what comes before the task."""
    facts = shown(document, chunk, category)._asdict()
    for template in templates_for(chunk.chunk_type, teacher.chosen):
        yield Question(template, render(teacher.prompts[template.prompt], **facts))


async def ask_about(
    document: Document, chunk: Chunk, teacher: Teacher, *, category: str
) -> Teaching:
    """Ask every question about a chunk, one after the other, and weigh the answers.

    One after the other, because each finds what they share in the provider's cache; it is other
    chunks that are asked about at the same time. An answer that cannot be used leaves the fields
    of its prompt open and the others as they are.

    Args:
        document: with its text attached.
        chunk: a chunk of `document`.
        teacher: who is asked.
        category: the name of the document's category; empty when it has none.

    Raises:
        ModelError: when a call failed for good; what was answered before is in the ledger.
    """
    teaching = Teaching()
    weighing = Weighing(document, chunk)
    for question in questions(document, chunk, teacher, category=category):
        answer = await _answer(question, document, teacher, teaching)
        if answer is not None:
            weighed = weighing.weigh(answer, question.template.prompt)
            teaching.given |= weighed.given
            teaching.why_not |= weighed.why_not
            teaching.quarantined += weighed.quarantined
    teaching.checks = weighing.checks
    return teaching


async def _answer(
    question: Question, document: Document, teacher: Teacher, teaching: Teaching
) -> Shape | None:
    prompt = question.template.prompt
    purpose = Purpose(prompt, (document.ref,), teacher.draw)
    teaching.asked.append(prompt)
    try:
        answer = await ask(teacher.asker, question.rendered, question.template.shape, purpose)
    except BadReply as error:
        said = Unanswered(prompt=prompt, fault=error.fault, sentence=error.sentence)
        teaching.unanswered.append(said)
        teaching.why_not |= dict.fromkeys(
            question.template.fields, f"the teacher's answer could not be used: {said.sentence}"
        )
        return None
    teaching.cost += answer.cost
    teaching.calls += answer.calls
    return answer.value
