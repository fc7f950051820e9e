"""Where a document belongs, as a teacher sees it from its headings and from excerpts."""

from collections.abc import Iterator

from lorewright.analyze.categories import BELONGING, CATEGORY, Categories
from lorewright.analyze.teaching.answers import Belonging
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
        Belonging,
        Purpose(PROMPT, (document.ref,), teacher.draw),
        complaint=lambda said: _complaint(said, catalogue),
    )
    grounding = Grounding(document, Span(0, document.length))
    return Categorisation(
        made_from=(document.ref, *made_from),
        document=document.ref,
        fields=tuple(_fields(answer.value, catalogue, grounding, document)),
    )


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


def _complaint(said: Belonging, catalogue: Categories) -> str | None:
    """What is wrong with the names in an answer, in words for the model."""
    keys = catalogue.known(CATEGORY)
    if said.category is not None and said.category not in keys:
        return f"{said.category!r} is no key of a category; there are {', '.join(keys)}"
    tags = [name for name in catalogue.fields if name not in {BELONGING, CATEGORY}]
    for one in said.tags:
        if one.field not in tags:
            return f"there is no question {one.field!r}; there are {', '.join(tags)}"
        known = catalogue.known(one.field)
        if wrong := [value for value in one.values if value not in known]:
            return f"{wrong[0]!r} is no value of {one.field}; there are {'; '.join(known)}"
        if len(one.values) > 1 and not catalogue.takes_many(one.field):
            return f"{one.field} takes one value"
    asked = [one.field for one in said.tags]
    twice = [name for name in asked if asked.count(name) > 1]
    return f"{twice[0]} is answered twice" if twice else None


def _fields(
    said: Belonging, catalogue: Categories, grounding: Grounding, document: Document
) -> Iterator[CategoryField]:
    read = f"read in {sum(one.end - one.start for one in excerpts(document)):,} characters of it"
    answers = {one.field: (one.values, one.quotes) for one in said.tags}
    if said.category is not None:
        answers[CATEGORY] = (said.category,), said.quotes
    for name in catalogue.fields:
        values, quotes = answers.get(name, ((), ()))
        values = tuple(dict.fromkeys(values))
        if name == BELONGING and said.belonging is not None:
            yield CategoryField(field=name, values=(str(said.belonging),), cues=(read,))
        elif not values:
            yield CategoryField(field=name, reason=LEFT_OPEN)
        else:
            yield _weighed(name, values, quotes, grounding)


def _weighed(
    name: str, values: tuple[str, ...], quotes: tuple[str, ...], grounding: Grounding
) -> CategoryField:
    places = grounding.look_up(quotes)
    if places.missing:
        return CategoryField(field=name, reason=NOT_FOUND)
    if not places.found:
        return CategoryField(field=name, reason=NO_QUOTE)
    where = ", ".join(f"{place.start}-{place.end}" for place in places.found)
    return CategoryField(
        field=name, values=values, cues=(f"the words at {where} speak for it",) * len(values)
    )
