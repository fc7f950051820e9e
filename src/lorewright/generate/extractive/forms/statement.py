"""Questions made from one plain statement: what does it, and how it is done."""

from collections.abc import Iterator

from lorewright.generate.extractive.clauses import (
    Clause,
    Tokens,
    clause,
    is_smooth,
    trimmed,
)
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.passages import Passage
from lorewright.generate.extractive.phrases import full_phrase
from lorewright.generate.extractive.specific import is_specific
from lorewright.generate.extractive.words import BE, word_set

_MANNER = word_set("statement", "manner")

_WHOLE = frozenset({"you", "people", "men", "women", "we", "one", "nobody", "everybody"})
_DEICTIC = word_set("statement", "deictic")


def subject_asked(passage: Passage, context: Context) -> Iterator[Draft]:
    """*Frost ruins wet clay.* asks what ruins wet clay."""
    for sentence in passage.sentences:
        found = _plain(sentence.tokens, longest=22)
        if found is None or found.phrase is None or found.is_negative or found.adverbs:
            continue
        head = found.tokens[found.phrase.head]
        if _may_be_person(found, head.lower) or not _is_telling(found):
            continue
        verb = found.verb.lower
        if found.is_plural and not _is_plural_predicate(found):
            continue
        yield Draft("subject", f"What {verb} {context.words(found.rest)}?")
        return


def how_done(passage: Passage, context: Context) -> Iterator[Draft]:
    """*Kilns should be opened slowly, at dawn.* asks how kilns should be opened."""
    for sentence in passage.sentences:
        found = _plain(sentence.tokens, longest=40, commas=6)
        if found is None or found.phrase is None or found.is_negative:
            continue
        if found.verb.lower not in {"should", "must", "can", "may", "ought"} or len(found.rest) < 5:
            continue
        if found.rest[0].lower != "be" or found.rest[1].tag not in {"VBN", "VBD"}:
            continue
        manner = found.rest[2]
        if manner.lower not in _MANNER:
            continue
        subject = context.mid(found.subject)
        yield Draft("how", f"How {found.verb.lower} {subject} be {found.rest[1].text}?")
        return


def _plain(tokens: Tokens, *, longest: int, commas: int = 0) -> Clause | None:
    """A statement that can be quoted in a question: clear subject, no breaks, no pointing."""
    found = clause(tokens)
    if found is None or not 5 <= len(found.tokens) <= longest:
        return None
    if not is_smooth(found.tokens, commas=commas) or any(t.lower in _DEICTIC for t in found.tokens):
        return None
    if found.phrase is None:
        return found if found.subject[0].lower in _WHOLE else None
    if found.subject[0].tag == "RB":
        return None
    generic = len(found.subject) == 1 and found.subject[0].lower in _WHOLE
    return found if generic or is_specific(found.subject) else None


def _is_plural_predicate(found: Clause) -> bool:
    """*Fire and water are the best tools*, not *... are the best capital*: *What are ...?*."""
    noun = full_phrase(found.rest, 0)
    return found.verb.lower in {"are", "were"} and noun is not None and noun.is_plural


def _may_be_person(found: Clause, head: str) -> bool:
    return (
        head in word_set("nouns", "persons")
        or found.tokens[found.phrase.head if found.phrase else 0].tag == "NNP"
        or head.endswith(("er", "ers", "or", "ors", "ist", "ists", "man", "men"))
        or any(token.lower in word_set("nouns", "persons") for token in found.subject[:3])
    )


def _is_telling(found: Clause) -> bool:
    """Whether the predicate alone says enough for *What …?* to have one good answer."""
    rest = found.rest
    content = [t for t in rest if t.is_noun or t.tag.startswith(("JJ", "VB"))]
    if len(content) < 3:
        return False
    if found.verb.lower in BE:
        unique = rest[0].lower == "the" or any(t.tag == "JJS" for t in rest[:4])
        return unique and full_phrase(rest, 0) is not None
    if found.verb.tag != "VBZ" or found.verb.lower in {"has", "does", "means"}:
        return False
    first = trimmed(rest)[0]
    return first.tag in {"DT", "PRP$", "JJ", "NN", "NNS"} and first.lower not in {"no", "its"}
