"""Where a document belongs, as a teacher sees it from its headings and from excerpts."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from types import GenericAlias
from typing import Any

from pydantic import Field, create_model

from lorewright.analyze.categories import BELONGING, Categories
from lorewright.analyze.teaching.answers import Belonging, Choice
from lorewright.analyze.teaching.asking import Teacher
from lorewright.analyze.teaching.grounding import Grounding
from lorewright.analyze.teaching.templates import ROOM
from lorewright.lineage import Ref
from lorewright.llms import Purpose, Rendered, ask, render
from lorewright.prose import Span
from lorewright.records import Categorisation, CategoryField, Document

CATEGORISE = "categorise"
PROMPT = f"{ROOM}/{CATEGORISE}"
EXCERPTS = 12_000
"""Characters of a document that a teacher is shown, drawn from all parts of it."""
HEADINGS = 6_000
"""Characters of its headings."""
LEFT_OPEN = "the teacher found nothing in the excerpts that tells"
NOT_FOUND = "what the teacher quoted for it does not stand in the document"
NO_QUOTE = "the teacher named no words that speak for it"


def about_document(document: Document, catalogue: Categories, teacher: Teacher) -> Rendered:
    """What is asked about a document."""
    spans = excerpts(document)
    return render(
        teacher.prompts[PROMPT],
        title=document.title,
        headings=_cut("\n".join(_headings(document)), HEADINGS),
        excerpts="\n\n[...]\n\n".join(document.words[one.start : one.end] for one in spans),
        shown=sum(one.end - one.start for one in spans),
        length=document.length,
        catalogue=catalogue,
    )


async def ask_where_it_belongs(
    document: Document, catalogue: Categories, teacher: Teacher, *, made_from: tuple[Ref, ...]
) -> Categorisation:
    """Ask where a document belongs; a value counts when the words that speak for it are found.

    Of those words only the places are kept, so that the record holds no word of the document.

    Args:
        document: with its text attached.
        catalogue: the questions and the values they can have.
        teacher: who is asked.
        made_from: the recipe, the language model and the prompt.

    Raises:
        ModelError: when no answer could be used.
    """
    answer = await ask(
        teacher.asker,
        about_document(document, catalogue, teacher),
        shape_for(catalogue),
        Purpose(PROMPT, (document.ref,), teacher.draw),
    )
    grounding = Grounding(document, Span(0, document.length))
    return Categorisation(
        made_from=(document.ref, *made_from),
        document=document.ref,
        fields=tuple(_fields(answer.value, catalogue, grounding, document)),
    )


def shape_for(catalogue: Categories) -> type[Belonging]:
    """The shape of an answer: its values are those of the catalogue, so no other can be given."""
    return _shape_for(catalogue.model_dump_json())


@cache
def _shape_for(catalogue_json: str) -> type[Belonging]:
    catalogue = Categories.model_validate_json(catalogue_json)
    choices: dict[str, Any] = {}
    for name in catalogue.fields:
        if name != BELONGING:
            known = {f"value_{at}": one for at, one in enumerate(catalogue.known(name))}
            values: Any = GenericAlias(tuple, (StrEnum(name, known), ...))
            bound = Field(max_length=None if catalogue.takes_many(name) else 1)
            choice = create_model(f"{name}_choice", __base__=Choice, chosen=(values, bound))
            choices[name] = choice, ...
    return create_model(Belonging.__name__, __base__=Belonging, **choices)


def excerpts(document: Document) -> list[Span]:
    """The whole of a short document; of a longer one equal parts, evenly spread."""
    if document.length <= EXCERPTS:
        return [Span(0, document.length)] if document.length else []
    parts = 12
    size, step = EXCERPTS // parts, (document.length - EXCERPTS // parts) / (parts - 1)
    return [Span(round(at * step), round(at * step) + size) for at in range(parts)]


def _headings(document: Document) -> Iterator[str]:
    return (
        f"{'  ' * max(0, section.level - 1)}{section.heading}"
        for section in document.sections
        if section.heading
    )


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    left_out = text.count("\n", most) + 1
    return f"{text[:most].rpartition(chr(10))[0]}\n[{left_out} more]"


def _fields(
    said: Belonging, catalogue: Categories, grounding: Grounding, document: Document
) -> Iterator[CategoryField]:
    read = f"read in {sum(one.end - one.start for one in excerpts(document)):,} characters of it"
    if said.belonging is None:
        yield CategoryField(field=BELONGING, reason=LEFT_OPEN)
    else:
        yield CategoryField(field=BELONGING, values=(str(said.belonging),), cues=(read,))
    for name in catalogue.fields:
        if name != BELONGING:
            yield _weighed(name, getattr(said, name), grounding)


def _weighed(name: str, said: Choice, grounding: Grounding) -> CategoryField:
    values = tuple(dict.fromkeys(map(str, said.chosen)))
    if not values:
        return CategoryField(field=name, reason=LEFT_OPEN)
    places = grounding.look_up(said.quotes)
    if places.missing:
        return CategoryField(field=name, reason=NOT_FOUND)
    if not places.found:
        return CategoryField(field=name, reason=NO_QUOTE)
    where = ", ".join(f"{place.start}-{place.end}" for place in places.found)
    return CategoryField(
        field=name, values=values, cues=(f"the words at {where} speak for it",) * len(values)
    )
