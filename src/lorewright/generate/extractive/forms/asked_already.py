"""Questions that the text itself asks and answers."""

from collections.abc import Iterator

from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.passages import Passage, Sentence
from lorewright.generate.extractive.words import word_set

_OPENERS = word_set("asking", "openers")
_ASKING = frozenset({"what", "why", "how", "when", "where", "which"})
_TOO_COMMON = word_set("asking", "too_common")


def natural_question(question: Sentence, answer: Passage, context: Context) -> Iterator[Draft]:
    """The question of the text itself, when the next sentence takes it up."""
    lowers = [token.lower for token in question.tokens if token.is_word]
    if not 5 <= len(lowers) <= 25 or lowers[0] not in _OPENERS:
        return
    first = answer.first.tokens[0].lower
    if {"not", "n't", "but"} & set(lowers) or first in {"here", "and", "but", "or", "yet"}:
        return
    if lowers[0] not in _ASKING and first not in {"yes", "no", "certainly", "not", "never"}:
        return
    shared = (set(lowers) - _TOO_COMMON) & (answer.lower_words - _TOO_COMMON)
    if shared or answer.first.tokens[0].lower in {"yes", "no", "because", "by", "certainly"}:
        yield Draft("natural_question", context.words(question.tokens))
