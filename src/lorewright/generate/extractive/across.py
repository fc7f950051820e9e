"""Questions that two sections answer together."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.headings import HeadingKind, read_heading
from lorewright.generate.extractive.passages import Passage


class Treated(NamedTuple):
    """A topic and a passage about it."""

    topic: str
    passage: Passage
    context: Context


class Joint(NamedTuple):
    """A question with the two passages that answer it."""

    question: str
    passages: tuple[Passage, Passage]


def across_sections(treated: list[Treated]) -> Iterator[Joint]:
    """The same topic in two sections asks what the author says of it in both."""
    by_topic: defaultdict[str, list[Treated]] = defaultdict(list)
    for one in treated:
        by_topic[_key(one.topic)].append(one)
    for same in by_topic.values():
        first = same[0]
        other = next((one for one in same if one.context.heading != first.context.heading), None)
        names = _names(first, other) if other else None
        if other is None or names is None:
            continue
        author = first.context.name_for(first.topic)
        question = (
            f"What does {author} say about {first.topic} under {names[0]}, "
            f"and what under {names[1]}?"
        )
        yield Joint(question, (first.passage, other.passage))


def _key(topic: str) -> str:
    words = topic.lower().split()
    return " ".join(words[1:] if words[0] in {"a", "an", "the"} else words).rstrip("s")


def _names(first: Treated, other: Treated) -> tuple[str, str] | None:
    headings = [read_heading(one.context.heading, one.context.vocabulary) for one in (first, other)]
    quoted = [
        f"“{heading.quoted}”"
        for heading in headings
        if heading is not None
        and heading.kind is not HeadingKind.QUESTION
        and len(heading.quoted.split()) <= 7
    ]
    return (quoted[0], quoted[1]) if len(quoted) == 2 and quoted[0] != quoted[1] else None
