"""Bringing together what has one name; whoever noted it, the result is the same."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from lorewright.records import NotedPerson, NotedTerm, NotedTheme
from lorewright.similarity import normalised

MOST_PLACES = 5
"""Places of one term that are kept; how often it stands there in all is counted."""

T = TypeVar("T")


def key_of(name: str) -> str:
    """What two names share that mean the same: their words, without an article in front."""
    words = normalised(name)
    for article in ("the ", "a ", "an "):
        if words.startswith(article) and len(words) > len(article):
            return words.removeprefix(article)
    return words


def by_key(things: Iterable[T], name: Callable[[T], str]) -> list[list[T]]:
    """Things of one name together, in the order in which each name comes first."""
    found: dict[str, list[T]] = {}
    for thing in things:
        found.setdefault(key_of(name(thing)), []).append(thing)
    return list(found.values())


def merged_themes(themes: Iterable[NotedTheme]) -> tuple[NotedTheme, ...]:
    """Each theme once, with the evidence of all that have its name."""
    return tuple(map(one_theme, by_key(themes, lambda one: one.name)))


def one_theme(
    members: list[NotedTheme], *, name: str | None = None, sentence: str | None = None
) -> NotedTheme:
    """Several themes as one; its name and its sentence are the first there are."""
    said = (one.sentence for one in members if one.sentence)
    return NotedTheme(
        name=name or members[0].name,
        sentence=sentence or next(said, None),
        evidence=_each_once(at for one in members for at in one.evidence),
    )


def merged_terms(terms: Iterable[NotedTerm]) -> tuple[NotedTerm, ...]:
    """Each term once, with its first definition and the first of its places."""
    return tuple(map(_one_term, by_key(terms, lambda one: one.term)))


def merged_people(people: Iterable[NotedPerson]) -> tuple[NotedPerson, ...]:
    """Each person once, with the first role that was said and all evidence."""
    return tuple(map(_one_person, by_key(people, lambda one: one.name)))


def _one_term(members: list[NotedTerm]) -> NotedTerm:
    defined = (one.definition for one in members if one.definition is not None)
    places = _each_once(at for one in members for at in one.places)
    return NotedTerm(
        term=members[0].term, definition=next(defined, None), places=places[:MOST_PLACES]
    )


def _one_person(members: list[NotedPerson]) -> NotedPerson:
    return NotedPerson(
        name=members[0].name,
        role=next((one.role for one in members if one.role), None),
        evidence=_each_once(at for one in members for at in one.evidence),
    )


def _each_once(places: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(places))
