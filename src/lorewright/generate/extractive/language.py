"""Whether a text is English, which is all that the rules know."""

import re

from lorewright.generate.extractive.words import word_set

_FUNCTION_WORDS = word_set("language", "function_words")
_LEAST_SHARE = 0.15
"""English prose has about 0.3; French, Dutch and German stay below 0.1."""


def is_english(text: str) -> bool:
    """True when enough of the words are function words of English.

    Text in another script has none of them. A text of fewer than twenty words is let through,
    since a share of so few says nothing.
    """
    words = re.findall(r"[^\W\d_]+", text.lower())
    other = sum(not word.isascii() for word in words)
    if len(words) < 20:
        return other < 0.5 * len(words) if words else True
    return sum(word in _FUNCTION_WORDS for word in words) >= _LEAST_SHARE * len(words)
