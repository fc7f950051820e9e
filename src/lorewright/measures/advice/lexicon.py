"""The lists of words that the metrics look for, with the operator's own in them."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lorewright.errors import BadSettings
from lorewright.measures.advice.phrases import Phrases, compiled
from lorewright.measures.advice.reading import words_of

FINANCE = "finance"
"""The glossary that came along."""
_T = TypeVar("_T")
_Texts = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field()]
_Listed = Annotated[_Texts, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Patterns(_Part):
    patterns: _Listed


class _Imperatives(_Part):
    verbs: _Listed
    openers: _Listed


class _Glossary(_Part):
    terms: _Listed
    topic: _Texts = ()


class _File(_Part):
    """A whole lexicon as it is written down."""

    emotions: dict[str, dict[str, _Listed]]
    acknowledgment: _Patterns
    validation: _Patterns
    advice: _Patterns
    imperatives: _Imperatives
    integrative: _Patterns
    perspective: _Patterns
    classes: dict[str, _Listed]
    time: _Patterns
    explanation: _Patterns
    glossary: dict[str, _Glossary]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that is looked for in an answer."""

    emotions: Phrases
    """Each labelled with its lemma."""
    families: Mapping[str, str]
    """The family of each lemma."""
    acknowledging: Phrases
    validating: Phrases
    advising: Phrases
    imperative_verbs: frozenset[str]
    openers: frozenset[str]
    integrative: Phrases
    perspective: Phrases
    others: frozenset[str]
    """Words that say that the client speaks of somebody else."""
    times: Phrases
    explaining: Phrases
    terms: Phrases
    """Of the glossary, each labelled with itself."""
    field_words: frozenset[str]
    """Words that say that the client speaks of the field of the glossary."""


def lexicon(own: Path | None = None, *, glossary: str = FINANCE) -> Lexicon:
    """The lexicon that came along, with the operator's own lists in it.

    Args:
        own: a TOML file of the form of `lexicon.toml`, or parts of it. A list in it stands in
            the place of the one that came along; a family of emotions, a class or a glossary
            is replaced alone. A file that ends with `.txt` is read as a list of emotions with
            a word, an emotion and 0 or 1 on each line, between tabs, and stands in the place
            of all emotions; emotion lists of others whose licence does not allow to bundle
            them have that form.
        glossary: whose terms are jargon.

    Raises:
        BadSettings: naming the file and the list that cannot be used.
    """
    if own is None:
        return _bundled(glossary)
    raw = _emotion_list(own) if own.suffix == ".txt" else _parsed(own)
    return _lexicon(_joined(_bundled_raw(), raw), glossary, str(own))


@cache
def _bundled(glossary: str) -> Lexicon:
    return _lexicon(_bundled_raw(), glossary, "lexicon.toml")


def _bundled_raw() -> dict[str, Any]:
    place = files("lorewright.measures.advice").joinpath("lexicon.toml")
    return tomllib.loads(place.read_text(encoding="utf-8"))


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadSettings(
            f"a lexicon cannot be read: {error}",
            where=str(file),
            hint="it is a TOML file of the same form as the one that came along",
        ) from error


def _emotion_list(file: Path) -> dict[str, Any]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise BadSettings(f"a lexicon cannot be read: {error}", where=str(file)) from error
    # A word may belong to several emotions; it is one lemma, of the first that is listed.
    family_of: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        match line.split("\t"):
            case [word, emotion, "0" | "1" as flag] if words_of(word) and emotion.strip():
                if flag == "1" and emotion not in {"positive", "negative"}:
                    family_of.setdefault(word.strip(), emotion.strip())
            case _:
                raise BadSettings(
                    "a line of a lexicon is not a word, an emotion and 0 or 1 between tabs",
                    where=f"{file}, line {number}",
                )
    families: dict[str, dict[str, list[str]]] = {}
    for word, family in family_of.items():
        families.setdefault(family, {})[word] = [word]
    if not families:
        raise BadSettings("a lexicon names no emotion", where=str(file))
    return {"emotions": families, _ALONE: True}


_ALONE = "\0alone"
"""Marks emotions that stand in the place of all others; no file can write it by accident."""


def _joined(bundled: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    alone = own.pop(_ALONE, False)
    joined = dict(bundled)
    for name, part in own.items():
        is_map = name in {"emotions", "classes", "glossary", "imperatives"}
        if is_map and isinstance(part, dict) and not alone:
            joined[name] = bundled[name] | part
        else:
            joined[name] = part
    return joined


def _lexicon(raw: dict[str, Any], glossary: str, where: str) -> Lexicon:
    try:
        file = _File.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise BadSettings(
            f"a lexicon cannot be used: {place}: {first['msg'][:1].lower()}{first['msg'][1:]}",
            where=where,
            hint="the form is described at the head of the lexicon that came along",
        ) from error
    if glossary not in file.glossary:
        raise BadSettings(
            f"there is no glossary {glossary!r}",
            where=where,
            hint=f"there are {', '.join(sorted(file.glossary))}; write [glossary.{glossary}]",
        )
    return _made(file, file.glossary[glossary], where)


def _made(file: _File, glossary: _Glossary, where: str) -> Lexicon:
    classes = {name: frozenset(_single(words)) for name, words in file.classes.items()}

    def ready(name: str, patterns: tuple[str, ...]) -> Phrases:
        labelled = [(pattern, pattern) for pattern in patterns]
        return _named(lambda: compiled(labelled, classes=classes), name, where)

    emotions = [
        (form, lemma)
        for lemmas in file.emotions.values()
        for lemma, forms in lemmas.items()
        for form in forms
    ]
    return Lexicon(
        emotions=_named(lambda: compiled(emotions, classes=classes), "emotions", where),
        families={lemma: family for family, lemmas in file.emotions.items() for lemma in lemmas},
        acknowledging=ready("acknowledgment", file.acknowledgment.patterns),
        validating=ready("validation", file.validation.patterns),
        advising=ready("advice", file.advice.patterns),
        imperative_verbs=frozenset(_single(file.imperatives.verbs)),
        openers=frozenset(_single(file.imperatives.openers)),
        integrative=ready("integrative", file.integrative.patterns),
        perspective=ready("perspective", file.perspective.patterns),
        others=classes.get("named", frozenset()),
        times=ready("time", file.time.patterns),
        explaining=ready("explanation", file.explanation.patterns),
        terms=ready("glossary", glossary.terms),
        field_words=frozenset(_single(glossary.topic)),
    )


def _single(words: tuple[str, ...]) -> list[str]:
    return [word for text in words for word in words_of(text)]


def _named(make: Callable[[], _T], name: str, where: str) -> _T:
    try:
        return make()
    except ValueError as error:
        raise BadSettings(f"a lexicon cannot be used: {name}: {error}", where=where) from error
