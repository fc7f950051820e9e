"""What a prompt is filled with: passages, what is known of the work, and what is wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lorewright.generate.pairs.forms import forms, harder_question
from lorewright.generate.pairs.orders import Order
from lorewright.lineage import Ref
from lorewright.llms import Rendered, render
from lorewright.prose import sentences
from lorewright.records import Chunk, Document, Example, KeyFact, Prompt
from lorewright.settings import PairSettings

MOST_UNTOUCHED = 5
"""The most stretches without a question that one call is shown."""
LEAST_CHARACTERS = 40
"""A shorter stretch is hardly a sentence."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the work that a passage belongs to."""

    title: str
    author: str | None = None
    written_for: str | None = None
    themes: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    voice: tuple[str, ...] = ()
    context: Ref | None = None
    """The record that all of this was read from, beside the document."""

    def said(self) -> str:
        """All of it, for a prompt."""
        lines = [f"Title: {self.title}"]
        if self.author:
            lines.append(f"Author: {self.author}")
        if self.written_for:
            lines.append(f"Written for: {self.written_for}")
        if self.themes:
            lines.append("Themes: " + "; ".join(self.themes))
        if self.terms:
            lines.append("Terms: " + ", ".join(self.terms))
        if self.voice:
            lines.append("Voice: " + ", ".join(self.voice))
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Commission:
    """An order with everything that its names stand for."""

    order: Order
    document: Document
    """With its text attached."""
    chunks: tuple[Chunk, ...]
    """As in the order: the one that the pairs are about comes first."""
    facts: Mapping[Ref, KeyFact]
    asked: tuple[Example, ...]
    surroundings: Surroundings
    notes: tuple[str, ...] = ()
    """What people who read earlier pairs had to say."""


def filled(
    commission: Commission, order: Order, prompt: Prompt, settings: PairSettings
) -> Rendered:
    """The prompt for `order`, which is the one of `commission` or a part of it."""
    document, about = commission.document, commission.chunks[0]
    facts = [fact for fact in order.facts() if fact in commission.facts]
    numbers = {fact: number for number, fact in enumerate(facts, start=1)}
    passages = [document.words[one.start : one.end] for one in commission.chunks]
    return render(
        prompt,
        passage=passages[0],
        passages=passages,
        surroundings=commission.surroundings.said(),
        heading=about.heading,
        complex=harder_question(about.chunk_type),
        wants=[
            {
                "form": want.form.value,
                "says": forms()[want.form].says,
                "fact": numbers.get(want.fact) if want.fact else None,
            }
            for want in order.wants
        ],
        facts=[commission.facts[fact].statement for fact in facts],
        follow_ups=order.follow_ups,
        untouched="\n".join(untouched(document, about, commission.asked)),
        notes="\n".join(commission.notes),
        asked="\n".join(one.question for one in commission.asked),
        least_words=settings.min_answer_words,
        most_words=settings.max_answer_words,
    )


def untouched(document: Document, chunk: Chunk, asked: Sequence[Example]) -> list[str]:
    """Sentences of a chunk that no earlier question rests on; none before the first question."""
    if not asked:
        return []
    cited = [(one.start, one.end) for example in asked for one in example.evidence]
    found: list[str] = []
    for start, end in sentences(document.words, chunk.start, chunk.end):
        is_cited = any(first < end and start < last for first, last in cited)
        if end - start >= LEAST_CHARACTERS and not is_cited:
            found.append(document.words[start:end])
    return found[:MOST_UNTOUCHED]
