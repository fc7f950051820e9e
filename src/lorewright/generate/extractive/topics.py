"""What a passage is about: the phrase that a question can name."""

from typing import NamedTuple

from lorewright.generate.extractive.clauses import Tokens, is_smooth, trimmed
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.passages import Passage, Sentence
from lorewright.generate.extractive.phrases import (
    NounPhrase,
    full_phrase,
    is_finite_verb,
    predicate_at,
)
from lorewright.generate.extractive.specific import is_specific
from lorewright.generate.extractive.theme import (
    in_general,
    is_askable,
    is_cited,
    is_name,
    keeps_to,
)
from lorewright.generate.extractive.verbs import gerund
from lorewright.generate.extractive.words import word_set

_WEAK_DEEDS = word_set("topics", "weak_deeds")
_NO_GERUNDS = word_set("topics", "no_gerunds")
_VAGUE_OPENERS = word_set("topics", "vague_openers")
_CLAUSE_WORDS = word_set("topics", "clause_words")

_LONGEST = 12
_OPENERS = (
    ("with", "regard", "to"),
    ("in", "regard", "to"),
    ("with", "respect", "to"),
    ("with", "reference", "to"),
    ("as", "to"),
    ("as", "regards"),
    ("as", "for"),
    ("in", "the", "case", "of"),
)


class Topic(NamedTuple):
    """A phrase that names what a passage is about."""

    words: str
    is_deed: bool
    """True for *keeping a window open*, false for *open windows*."""
    is_wide: bool = False
    """Whether the document speaks of it everywhere, so that the question must say where."""


def topic_of(passage: Passage, context: Context) -> Topic | None:
    """What the passage opens with, when most of the passage is about that."""
    topic = _opening(passage.first, context)
    return topic if topic is not None and keeps_to(passage, topic.words) else None


def _opening(first: Sentence, context: Context) -> Topic | None:
    return (
        _announced(first, context)
        or _deed(first, context)
        or _person_who(first, context)
        or _subject(first, context)
        or _existing(first, context)
    )


def _announced(first: Sentence, context: Context) -> Topic | None:
    """*With regard to night air, …*."""
    lowers = tuple(token.lower for token in first.tokens[:5])
    for opener in _OPENERS:
        if lowers[: len(opener)] == opener:
            phrase = full_phrase(first.tokens, len(opener), longest=_LONGEST)
            if phrase and first.tokens[phrase.end].text == ",":
                return _named(first.tokens, phrase, context)
    return None


def _deed(first: Sentence, context: Context) -> Topic | None:
    """*To keep a ward warm is …*, *It is better to keep …*: the deed as an -ing form."""
    tokens = trimmed(first.tokens)
    lowers = [token.lower for token in tokens]
    if lowers[:1] == ["to"] and tokens[1].tag.startswith("VB"):
        end = next(
            (
                i
                for i in range(2, len(tokens))
                if lowers[i] in {"is", "was", "would", "will", "must"}
            ),
            0,
        )
        return _as_deed(tokens[1:end], context) if 3 < end <= 14 else None
    if lowers[:2] == ["it", "is"] and "to" in lowers[2:8]:
        at = lowers.index("to", 2)
        plain = all(token.tag in {"JJ", "JJR", "RB", "DT", "NN"} for token in tokens[2:at])
        if plain and at + 1 < len(tokens) and tokens[at + 1].tag.startswith("VB"):
            end = next(
                (
                    i
                    for i in range(at + 2, len(tokens))
                    if tokens[i].text in {",", ";", ":", "--", "."}
                    or lowers[i] in {"than", "because", "for", "if", "when", "and", "but", "that"}
                ),
                len(tokens),
            )
            return _as_deed(tokens[at + 1 : end], context)
    if tokens and tokens[0].tag == "VBG" and len(tokens) > 3 and lowers[0] not in _NO_GERUNDS:
        end = next((i for i in range(1, len(tokens)) if is_finite_verb(tokens[i])), 0)
        if 2 < end <= 10 and is_smooth(tokens[:end], commas=0):
            return Topic(context.mid(tokens[:end]), is_deed=True)
    return None


def _as_deed(tokens: Tokens, context: Context) -> Topic | None:
    weak = _WEAK_DEEDS
    if not 3 <= len(tokens) <= 11 or tokens[0].lower in weak or not is_smooth(tokens, commas=0):
        return None
    if any(is_finite_verb(token) and token.tag != "VBP" for token in tokens):
        return None
    nouns = [token for token in tokens if token.is_noun]
    if not any(token.lower not in word_set("nouns", "empty") for token in nouns):
        return None
    return Topic(f"{gerund(tokens[0].text)} {context.words(tokens[1:])}", is_deed=True)


def _person_who(first: Sentence, context: Context) -> Topic | None:
    """*A man who never saves is …*: the person with the clause that describes him."""
    tokens = trimmed(first.tokens)
    phrase = full_phrase(tokens, 0, longest=6)
    start = (
        phrase.end
        if phrase
        else 1
        if tokens and tokens[0].lower in {"those", "anyone", "whoever", "people"}
        else 0
    )
    if not start or start >= len(tokens) or tokens[start].lower not in {"who", "that", "which"}:
        return None
    if phrase and tokens[phrase.head].lower in {"fact", "way", "reason", "time", "thing"}:
        return None
    verbs = [i for i in range(start + 1, min(len(tokens), start + 16)) if is_finite_verb(tokens[i])]
    if len(verbs) < 2 or any(t.lower in _CLAUSE_WORDS for t in tokens[start + 1 : verbs[1]]):
        return None
    end = verbs[1]
    while tokens[end - 1].tag in {"RB", "MD"} or tokens[end - 1].text == ",":
        end -= 1
    if (
        tokens[verbs[1]].lower in {"have", "had", "has"}
        or verbs[1] - verbs[0] < 2
        or not is_smooth(tokens[:end], commas=0)
        or end - start < 4
    ):
        return None
    if (
        phrase
        and tokens[0].lower == "the"
        and tokens[phrase.head].lower not in word_set("nouns", "persons")
    ):
        return None
    if phrase and tokens[0].lower == "the" and not phrase.is_plural:
        return (
            Topic("a" + context.words(tokens[:end])[3:], is_deed=False)
            if tokens[1].lower in {"man", "woman", "person", "nurse"}
            else None
        )
    return Topic(context.mid(tokens[:end]), is_deed=False)


def _subject(first: Sentence, context: Context) -> Topic | None:
    whole = _without_setting(first.tokens)
    tokens = _without_quantity(whole)
    phrase = full_phrase(tokens, 0, longest=_LONGEST)
    if phrase is None or phrase.end >= len(tokens):
        return None
    if len(tokens) < len(whole) and not phrase.is_plural:
        return None
    behind = predicate_at(tokens, phrase.end)
    if behind is None and not (phrase.is_plural and tokens[phrase.end].tag == "VB"):
        phrase = _with_addition(tokens, phrase)
        if phrase is None:
            return None
    return _named(tokens, phrase, context)


def _without_setting(tokens: Tokens) -> Tokens:
    """*In a cold cellar, wet clay …* without where or when."""
    if not tokens or tokens[0].tag != "IN":
        return tokens
    comma = next((i for i, token in enumerate(tokens[:9]) if token.text == ","), 0)
    setting = tokens[:comma]
    return tokens if any(is_finite_verb(token) for token in setting) else tokens[comma + 1 :]


def _without_quantity(tokens: Tokens) -> Tokens:
    """*Almost all smoky chimneys* are smoky chimneys to a question."""
    lowers = [token.lower for token in tokens[:3]]
    at = 1 if lowers and lowers[0] in {"almost", "nearly"} else 0
    if lowers[at : at + 1] and lowers[at] in {"all", "most", "many", "some", "few"}:
        at += 1
        if at < len(tokens) and tokens[at].lower in {"the", "of"}:
            return tokens
        return tokens[at:]
    return tokens


def _with_addition(tokens: Tokens, phrase: NounPhrase) -> NounPhrase | None:
    """*Persons suffering great pain …*, or a phrase that a comma and an addition follow."""
    at = phrase.end
    if tokens[at].tag in {"VBG", "VBN", "VBD"} and at + 1 < len(tokens):
        more = full_phrase(tokens, at + 1, longest=6)
        if more is None and tokens[at + 1].tag == "IN":
            more = full_phrase(tokens, at + 2, longest=6)
        fits = more is not None and more.end < len(tokens) and is_finite_verb(tokens[more.end])
        return phrase._replace(end=more.end) if more is not None and fits else None
    if tokens[at].text == "," and at + 1 < len(tokens):
        follows = tokens[at + 1]
        adds = follows.tag in {"IN", "VBG", "VBN", "WDT"} or follows.lower in {
            "who",
            "which",
            "whose",
        }
        return phrase if adds else None
    return None


def _existing(first: Sentence, context: Context) -> Topic | None:
    """*There are three kinds of clay …*."""
    tokens = first.tokens
    lowers = [token.lower for token in tokens[:4]]
    if lowers[:1] != ["there"] or len(tokens) < 5:
        return None
    at = 2 if lowers[1] in {"is", "are"} else 3 if lowers[1] in {"may", "can", "must"} else 0
    phrase = full_phrase(tokens, at, longest=_LONGEST) if at else None
    if phrase is None or lowers[at] in {"no", "nothing", "not", "never", "none", "any"}:
        return None
    return _named(tokens, phrase, context)


def _named(tokens: Tokens, phrase: NounPhrase, context: Context) -> Topic | None:
    """The phrase as a topic, when it is specific enough to ask about."""
    span = tokens[phrase.start : phrase.end]
    if not is_specific(span) or not is_smooth(span, commas=1) or not is_askable(span, context):
        return None
    if is_cited(tokens, phrase.end) or any(token.tag == "CD" for token in span):
        return None
    if is_name(span, context):
        return None
    words = context.mid(span)
    if span[0].lower in {"a", "an"}:
        general = in_general(context.words(span), span, phrase.head - phrase.start)
        if general is None:
            return None
        words = general
    content = [t for t in span if t.is_noun or t.tag.startswith(("JJ", "VB"))]
    is_wide = len(content) == 1 and context.vocabulary.is_common(content[0].text)
    return Topic(words, is_deed=False, is_wide=is_wide)
