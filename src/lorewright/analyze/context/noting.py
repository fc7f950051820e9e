"""Reading a group of chunks: what a teacher notes about it, as far as its quotes are found."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from lorewright.analyze.context.layout import Layout
from lorewright.analyze.context.merging import merged_people, merged_terms, merged_themes
from lorewright.analyze.context.quoting import (
    NOT_FOUND,
    NOT_HERE,
    Claim,
    Stretch,
    Tally,
    quarantined,
)
from lorewright.analyze.context.shelf import Shelf
from lorewright.analyze.context.teacher import Teacher
from lorewright.errors import BadReply
from lorewright.llms import ask, render
from lorewright.records import (
    Chunk,
    ContextNotes,
    Expertise,
    ExpertiseLevel,
    Heard,
    NotedPerson,
    NotedTerm,
    NotedTheme,
    NotedTrait,
)

TOO_LONG = frozenset({"truncated", "cut", "too_long"})
"""Faults of an answer that a smaller question does not have."""


class _Theme(BaseModel):
    name: str = Field(min_length=1, max_length=80, description="two to six words")
    sentence: str = Field(min_length=1, max_length=300, description="what is said about it")
    quotes: list[str] = Field(description="one to three sentences, copied letter by letter")


class _Term(BaseModel):
    term: str = Field(min_length=1, max_length=80, description="as it is written")
    definition: str | None = Field(description="the sentence that defines it, copied; else null")


class _Person(BaseModel):
    name: str = Field(min_length=1, max_length=120, description="as it is written")
    role: str | None = Field(description="who that is, as far as the passages say; else null")
    quotes: list[str] = Field(description="one or two sentences, copied letter by letter")


class _Trait(BaseModel):
    trait: str = Field(min_length=1, max_length=40, description="one or two words")
    quotes: list[str] = Field(description="one or two sentences that sound like it, copied")


class _Expertise(BaseModel):
    level: ExpertiseLevel
    why: str = Field(min_length=1, max_length=300)
    quotes: list[str] = Field(description="one or two sentences that show it, copied")


class GroupNotes(BaseModel):
    """What is asked about a group of chunks."""

    themes: list[_Theme] = Field(max_length=24)
    terms: list[_Term] = Field(max_length=40)
    people: list[_Person] = Field(max_length=40)
    voice: list[_Trait] = Field(max_length=24)
    expertise: _Expertise


async def take_notes(
    layout: Layout, group: Sequence[Chunk], *, title: str, teacher: Teacher
) -> ContextNotes:
    """Ask for notes about consecutive chunks.

    An answer that would be longer than it may be is asked for again in two halves.

    Raises:
        ModelError: when the teacher cannot read them, not even one by one.
    """
    shelf, tally = Shelf(), Tally()
    noted = _Noted()
    await _read(layout, list(group), title, teacher, _Desk(shelf, tally, noted))
    return ContextNotes(
        made_from=(layout.document.ref, *(one.ref for one in group), *teacher.parents),
        documents=(layout.document.ref,),
        level=0,
        themes=merged_themes(noted.themes),
        terms=merged_terms(noted.terms),
        people=merged_people(noted.people),
        heard=tuple(noted.heard),
        quarantined=quarantined(tally),
        evidence=shelf.evidence,
    )


class _Noted:
    """What was noted so far, with places on the shelf."""

    def __init__(self) -> None:
        self.themes: list[NotedTheme] = []
        self.terms: list[NotedTerm] = []
        self.people: list[NotedPerson] = []
        self.heard: list[Heard] = []


class _Desk:
    """Where the notes of one group are taken."""

    def __init__(self, shelf: Shelf, tally: Tally, noted: _Noted) -> None:
        self.shelf = shelf
        self.tally = tally
        self.noted = noted


async def _read(
    layout: Layout, group: list[Chunk], title: str, teacher: Teacher, desk: _Desk
) -> None:
    passages = [{"number": one.ordinal, "text": layout.words(one)} for one in group]
    rendered = render(teacher.prompt, title=title, passages=passages)
    purpose = teacher.purpose(layout.document.ref)
    try:
        answer = await ask(teacher.asker, rendered, GroupNotes, purpose)
    except BadReply as error:
        if error.fault not in TOO_LONG or len(group) == 1:
            raise
        half = len(group) // 2
        await _read(layout, group[:half], title, teacher, desk)
        await _read(layout, group[half:], title, teacher, desk)
        return
    _sort(answer.value, Stretch(layout.document, group[0].start, group[-1].end, desk.shelf), desk)
    heard = _hear(answer.value, group, layout, desk)
    desk.noted.heard.append(heard)


def _sort(said: GroupNotes, stretch: Stretch, desk: _Desk) -> None:
    """Keep what is found in the stretch, and count what is not."""
    tally, noted = desk.tally, desk.noted
    for theme in said.themes:
        if places := stretch.places(theme.quotes, tally):
            noted.themes.append(
                NotedTheme(name=theme.name, sentence=theme.sentence, evidence=places)
            )
        else:
            tally[Claim("themes", NOT_FOUND)] += 1
    for term in said.terms:
        if places := stretch.first_use(term.term):
            defined = stretch.places([term.definition] if term.definition else [], tally)
            noted.terms.append(
                NotedTerm(
                    term=stretch.written(places[0]), definition=next(iter(defined), None),
                    places=places,
                )
            )  # fmt: skip
        else:
            tally[Claim("terms", NOT_HERE)] += 1
    for person in said.people:
        if not stretch.first_use(person.name):
            tally[Claim("people", NOT_HERE)] += 1
        elif places := stretch.places(person.quotes, tally):
            noted.people.append(
                NotedPerson(name=person.name, role=person.role or None, evidence=places)
            )
        else:
            tally[Claim("people", NOT_FOUND)] += 1


def _hear(said: GroupNotes, group: list[Chunk], layout: Layout, desk: _Desk) -> Heard:
    """The voice and the expertise of the group, as far as quotes show them."""
    start, end = group[0].start, group[-1].end
    stretch = Stretch(layout.document, start, end, desk.shelf)
    voice: list[NotedTrait] = []
    for one in said.voice:
        if places := stretch.places(one.quotes, desk.tally):
            voice.append(NotedTrait(trait=one.trait, evidence=places))
        else:
            desk.tally[Claim("voice", NOT_FOUND)] += 1
    expertise = None
    if places := stretch.places(said.expertise.quotes, desk.tally):
        expertise = Expertise(level=said.expertise.level, why=said.expertise.why, evidence=places)
    else:
        desk.tally[Claim("expertise", NOT_FOUND)] += 1
    return Heard(start=start, end=end, voice=tuple(voice), expertise=expertise)
