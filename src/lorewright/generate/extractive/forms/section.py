"""What a section is about, asked through its heading."""

import re
from collections.abc import Iterator

from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.forms.view import told_about
from lorewright.generate.extractive.headings import HeadingKind, read_heading
from lorewright.generate.extractive.passages import Passage
from lorewright.generate.extractive.templates import asked
from lorewright.generate.extractive.words import word_set


def about_heading(passage: Passage, context: Context, *, opens: bool) -> Iterator[Draft]:
    """The passage that takes up the heading answers a question about it.

    `opens` says whether the passage stands first in its section.
    """
    heading = read_heading(context.heading, context.vocabulary)
    if heading is None or passage.words < 25 or not _takes_up(heading.within, passage):
        return
    if heading.kind is HeadingKind.QUESTION:
        yield Draft("section", heading.quoted + "?", level=2)
        return
    place = "opens" if opens else "later"
    kind = f"section.{heading.kind.value}"
    if heading.kind in {HeadingKind.NOUN, HeadingKind.MATTER}:
        kind = f"section.noun_{place}"
    yield Draft(
        "section", asked(kind, context, topic=heading.within, heading=heading.quoted), level=2
    )
    if heading.kind in {HeadingKind.RULE, HeadingKind.SAYING} and len(heading.quoted.split()) <= 7:
        yield Draft("told", asked("told.heading", context, heading=heading.quoted), level=2)
    if heading.kind is HeadingKind.NOUN and not heading.is_deed:
        yield told_about(heading.within, passage, context)


def _takes_up(heading: str, passage: Passage) -> bool:
    """Whether the passage speaks of what the heading names, and not only leads up to it."""
    named = {_stem(word) for word in re.findall(r"[^\W\d_]{4,}", heading.lower())} - _LITTLE
    spoken = {_stem(word) for word in passage.lower_words}
    return len(named & spoken) >= (2 if len(named) >= 5 else 1)


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ed", "es", "s", "y", "ies", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


_LITTLE = word_set("headings", "little_words")
