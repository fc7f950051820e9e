"""What a section is about, asked through its heading."""

from collections.abc import Iterator
from math import ceil

from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.forms.view import told_about
from lorewright.generate.extractive.headings import Heading, HeadingKind, read_heading
from lorewright.generate.extractive.passages import Passage
from lorewright.generate.extractive.templates import asked
from lorewright.generate.extractive.theme import stems
from lorewright.generate.extractive.words import word_set


def about_heading(passage: Passage, context: Context, *, turn: int) -> Iterator[Draft]:
    """A passage that takes up the heading answers a question about it.

    `turn` counts the passages that did so before; each is asked in another wording.
    """
    heading = _heading(context) if turn < _MOST_TURNS and passage.words >= _LEAST_WORDS else None
    if heading is None or not _takes_up(heading, passage, strictly=turn > 0):
        return
    if heading.kind is HeadingKind.QUESTION:
        yield Draft("section", heading.quoted + "?", level=2)
        return
    kind = f"section.{heading.kind.value}"
    question = asked(kind, context, turn=turn, topic=heading.within, heading=heading.quoted)
    yield Draft("section", question, level=2)
    if heading.kind is not HeadingKind.NOUN:
        request = asked("told.heading", context, turn=turn, heading=heading.quoted)
        yield Draft("told", request, level=2)
    elif not heading.is_deed and not turn:
        yield told_about(heading.within, passage, context)


def _heading(context: Context) -> Heading | None:
    """The heading, when it can be asked about outside the document."""
    heading = read_heading(context.heading, context.vocabulary)
    if heading is None or _leans(heading, context):
        return None
    if heading.within.startswith(("a ", "an ")):
        return heading._replace(kind=HeadingKind.LABEL)  # one is not told about *a baseline*
    return heading


def _leans(heading: Heading, context: Context) -> bool:
    """*Nor in a dark place*, *This is no fancy*, and the title of the whole document."""
    words = heading.within.lower().split()
    title = stems(context.title)
    is_title = bool(title) and stems(heading.within) >= title
    if is_title or words[0] in word_set("headings", "leaning"):
        return True
    is_rule = heading.kind is HeadingKind.RULE
    return not is_rule and bool(word_set("theme", "pronouns") & set(words))


def _takes_up(heading: Heading, passage: Passage, *, strictly: bool) -> bool:
    """Whether the passage speaks of what the heading names, in its own words, and soon.

    A third of its words must come up; `strictly` rounds that up. Of a rule the verb is left
    out, since people tell of debt under *Avoid debt* without the word *avoid*.
    """
    words = heading.within
    if heading.kind is HeadingKind.RULE:
        words = words.removeprefix("not ").partition(" ")[2] or words
    named = stems(words)
    opening = stems(" ".join(sentence.text for sentence in passage.sentences[:_OPENING]))
    whole = stems(" ".join(sentence.text for sentence in passage.sentences))
    share = _SHARE * len(named)
    needed = max(1, ceil(share) if strictly else round(share))
    return bool(named & opening) and len(named & whole) >= needed


_LEAST_WORDS = 20
_OPENING = 3
_MOST_TURNS = 2
_SHARE = 0.34
