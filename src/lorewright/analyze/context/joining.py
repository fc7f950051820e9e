"""Putting notes together: one name is one thing, and the teacher says which themes are one.

The teacher only ever groups what stands in the notes already. It can rename a theme, but not
add one, and a theme that it does not mention stays as it is.
"""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, Field

from lorewright.analyze.context.merging import (
    merged_people,
    merged_terms,
    merged_themes,
    one_theme,
)
from lorewright.analyze.context.noting import TOO_LONG
from lorewright.analyze.context.quoting import Claim, Tally, quarantined, tallied
from lorewright.analyze.context.shelf import Shelf
from lorewright.analyze.context.teacher import Teacher
from lorewright.errors import BadReply
from lorewright.lineage import Ref
from lorewright.llms import ask, render
from lorewright.records import (
    ContextNotes,
    DocumentContext,
    Heard,
    NotedTerm,
    NotedTheme,
)


class _Union(BaseModel):
    name: str = Field(min_length=1, max_length=80, description="two to six words for all of it")
    sentence: str = Field(min_length=1, max_length=300, description="what the themes say together")
    members: list[int] = Field(description="the numbers of two or more themes that are one")


class ThemeUnions(BaseModel):
    """What is asked about themes of several notes."""

    unions: list[_Union] = Field(max_length=200)


async def join(
    notes: Sequence[ContextNotes], *, title: str, teacher: Teacher, parents: tuple[Ref, ...]
) -> ContextNotes:
    """Put notes together as notes one level higher, with the evidence of all.

    An answer that would be longer than it may be is asked for in two halves, whose themes are
    then brought together by name alone.

    Args:
        notes: side by side, in reading order.
        title: what they are about.
        teacher: who is asked, with which prompt.
        parents: what the result is made from: the documents, the notes and the teacher's.

    Raises:
        ModelError: when the teacher cannot say which themes of two notes are one.
    """
    together = _together(notes)
    themes, turned_down = await _unions(notes, together, title, teacher)
    tally = tallied(together.quarantined)
    tally.update(turned_down)
    return together.model_copy(
        update={
            "made_from": parents,
            "themes": themes,
            "quarantined": quarantined(tally),
        }
    )


def themes_length(notes: ContextNotes) -> int:
    """Characters that the themes of some notes take up when they are put together."""
    return sum(len(one.name) + len(one.sentence or "") for one in notes.themes)


def notes_from(context: DocumentContext) -> ContextNotes:
    """The themes of a whole document as notes, so that those of several can be put together."""
    shelf = Shelf()
    themes = [
        shelf.take(
            NotedTheme(name=one.name, sentence=one.sentence, evidence=one.evidence),
            context.evidence,
        )
        for one in context.themes or ()
    ]
    return ContextNotes(
        made_from=(context.document, context.ref),
        documents=(context.document,),
        level=0,
        themes=tuple(themes),
        evidence=shelf.evidence,
    )


def _together(notes: Sequence[ContextNotes]) -> ContextNotes:
    """All of the notes, with what has one name as one."""
    shelf = Shelf()
    themes = [shelf.take(part, one.evidence) for one in notes for part in one.themes]
    terms: list[NotedTerm] = [shelf.take(part, one.evidence) for one in notes for part in one.terms]
    people = [shelf.take(part, one.evidence) for one in notes for part in one.people]
    heard = [_taken(part, one, shelf) for one in notes for part in one.heard]
    return ContextNotes(
        made_from=tuple(one.ref for one in notes),
        documents=tuple(dict.fromkeys(ref for one in notes for ref in one.documents)),
        level=max(one.level for one in notes) + 1,
        themes=merged_themes(themes),
        terms=merged_terms(terms),
        people=merged_people(people),
        heard=tuple(heard),
        quarantined=quarantined(tallied(part for one in notes for part in one.quarantined)),
        evidence=shelf.evidence,
    )


def _taken(heard: Heard, notes: ContextNotes, shelf: Shelf) -> Heard:
    voice = tuple(shelf.take(trait, notes.evidence) for trait in heard.voice)
    expertise = heard.expertise and shelf.take(heard.expertise, notes.evidence)
    return Heard(start=heard.start, end=heard.end, voice=voice, expertise=expertise)


async def _unions(
    notes: Sequence[ContextNotes], together: ContextNotes, title: str, teacher: Teacher
) -> tuple[tuple[NotedTheme, ...], Tally]:
    """The themes of the notes, with places in the evidence of all notes together."""
    if len(together.themes) < 2:
        return together.themes, Tally()
    rendered = render(teacher.prompt, title=title, themes=_numbered(together.themes))
    purpose = teacher.purpose(*together.documents)
    try:
        answer = await ask(teacher.asker, rendered, ThemeUnions, purpose)
    except BadReply as error:
        if error.fault not in TOO_LONG or len(notes) <= 2:
            raise
    else:
        return _joined(together.themes, answer.value.unions)
    half = len(notes) // 2
    tally, halves = Tally(), list[ContextNotes]()
    for own in (notes[:half], notes[half:]):
        part = _together(own)
        themes, turned_down = await _unions(own, part, title, teacher)
        halves.append(part.model_copy(update={"themes": themes}))
        tally.update(turned_down)
    return _moved(halves, together), tally


def _moved(halves: Sequence[ContextNotes], together: ContextNotes) -> tuple[NotedTheme, ...]:
    """The themes of two halves, with places in the evidence of both together."""
    shelf = Shelf()
    shelf.put(together.evidence)
    return merged_themes(shelf.take(part, half.evidence) for half in halves for part in half.themes)


def _joined(
    themes: Sequence[NotedTheme], unions: Iterable[_Union]
) -> tuple[tuple[NotedTheme, ...], Tally]:
    """Themes with those that are one as one; the first of them says where it stands."""
    tally, free = Tally(), dict(enumerate(themes, start=1))
    placed: dict[int, NotedTheme] = {}
    for union in unions:
        numbers = [one for one in dict.fromkeys(union.members) if one in free]
        if unknown := len(union.members) - len(numbers):
            tally[Claim("unions", "no_such_theme")] += unknown
        if len(numbers) < 2:
            continue
        members = [free.pop(one) for one in sorted(numbers)]
        placed[min(numbers)] = one_theme(members, name=union.name, sentence=union.sentence)
    whole = {**free, **placed}
    return merged_themes(whole[number] for number in sorted(whole)), tally


def _numbered(themes: Sequence[NotedTheme]) -> list[dict[str, object]]:
    return [
        {"number": number, "name": one.name, "sentence": one.sentence or ""}
        for number, one in enumerate(themes, start=1)
    ]
