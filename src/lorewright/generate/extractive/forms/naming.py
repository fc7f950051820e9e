"""What something is, how it is described, how two things differ."""

from collections.abc import Iterator

from lorewright.generate.extractive.clauses import Tokens, clause, is_smooth, trimmed
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.passages import Passage
from lorewright.generate.extractive.phrases import full_phrase
from lorewright.generate.extractive.specific import is_specific
from lorewright.generate.extractive.templates import asked
from lorewright.generate.extractive.words import BE, word_set

_BARE_ENDS = word_set("naming", "bare_ends")
_SINGLING = word_set("naming", "singling")


def definition(passage: Passage, context: Context) -> Iterator[Draft]:
    """*A baseline is a set of measurements that …* asks *What is a baseline?*."""
    found = clause(passage.first.tokens)
    if (
        found is None
        or found.phrase is None
        or found.verb.lower not in {"is", "are"}
        or len(found.rest) < 5
    ):
        return
    if found.adverbs or len(found.subject) > 5 or not is_specific(found.subject):
        return
    subject = [token.lower for token in found.subject]
    if subject[:1] == ["the"] or any(token.tag == "CD" for token in found.subject):
        return
    rest = found.rest
    noun = full_phrase(rest, 0, longest=8)
    is_class = rest[0].lower in {"a", "an", "any"} and noun is not None and not found.is_plural
    if (
        is_class
        and noun is not None
        and noun.end < len(rest)
        and rest[noun.end].lower
        in {"that", "which", "who", "whose", "in", "taken", "of", "by", "where"}
        | {"made", "used"}
        | {","}
        | {"between"}
    ):
        yield Draft("definition", f"What {found.verb.lower} {context.mid(found.subject)}?")


def identification(passage: Passage, context: Context) -> Iterator[Draft]:
    """*The best way to warm a kiln is …* asks for the best way to warm a kiln."""
    for sentence in passage.sentences:
        tokens = trimmed(sentence.tokens)
        if not tokens or tokens[0].lower not in {"the", "one", "another"}:
            continue
        at = _be_after_subject(tokens)
        if (
            at
            and _asks_for_one(tokens[:at])
            and len(tokens) - at > 4
            and is_smooth(tokens[:at], commas=0)
        ):
            be = tokens[at].lower
            if be in {"are", "were"} and not _is_plural(tokens[:at]):
                continue
            yield Draft("identification", f"What {be} {context.mid(tokens[:at])}?")
            return


def _be_after_subject(tokens: Tokens) -> int:
    """Index of the *is* that ends a subject with *of*, *to* or *in* phrases, or 0."""
    for i in range(2, min(len(tokens), 16)):
        word = tokens[i].lower
        if word in BE:
            return i
        if (
            word in {"that", "which", "who", "when", "if"}
            or tokens[i].tag in {"MD", "VBZ"}
            or tokens[i].text == ","
        ):
            return 0
    return 0


def _is_plural(subject: Tokens) -> bool:
    head = full_phrase(subject, 0)
    return head is not None and head.is_plural


def _asks_for_one(subject: Tokens) -> bool:
    words = [token.lower for token in subject]
    if words[-1] in _BARE_ENDS:
        return False
    if words[0] == "one" and words[1:3] != ["of", "the"]:
        return False
    nouns = [token.lower for token in subject if token.is_noun]
    superlative = any(token.tag == "JJS" or token.lower in _SINGLING for token in subject[:5])
    functional = bool(nouns) and nouns[0] in word_set("nouns", "functional")
    qualified = any(word in {"of", "to", "for", "in", "between", "with"} for word in words[2:])
    return len(subject) >= 4 and qualified and (superlative or functional)


def comparison(passage: Passage, context: Context) -> Iterator[Draft]:
    """*X is better than Y* asks how X compares with Y."""
    for sentence in passage.sentences:
        found = clause(sentence.tokens)
        if found is None or found.phrase is None or found.verb.lower not in BE:
            continue
        than = next((i for i, token in enumerate(found.rest) if token.lower == "than"), 0)
        if not 1 <= than <= 6 or not is_specific(found.subject):
            continue
        other = full_phrase(found.rest, than + 1, longest=7)
        compared = found.rest[than - 1].tag == "JJR" or any(
            t.lower in {"more", "less", "better", "worse"} for t in found.rest[:than]
        )
        if (
            other
            and compared
            and other.end >= len(found.rest) - 1
            and is_specific(found.rest[other.start : other.end])
        ):
            one, two = (
                context.mid(found.subject),
                context.words(found.rest[other.start : other.end]),
            )
            yield Draft(
                "comparison", asked("comparison.pair", context, one=one, other=two), level=2
            )
            return
