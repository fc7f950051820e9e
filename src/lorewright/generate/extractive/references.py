"""Words that point at something said before, and whether it was said here."""

from collections.abc import Sequence

from lorewright.generate.extractive.tokens import Token
from lorewright.generate.extractive.words import word_set

_AFTER_EMPTY_IT = word_set("references", "after_empty_it")
_MAKES_IT = word_set("references", "makes_it")
_BEFORE_THAT = word_set("references", "before_that")
_AFTER_THAT = word_set("references", "after_pointing_that")
_AFTER_THOSE = word_set("references", "after_those")


def dangling_word(tokens: Sequence[Token]) -> str | None:
    """The first word of `tokens` whose referent does not stand before it, or None.

    The check is generous to a pronoun with a fitting noun before it and strict with
    everything else: *this*, *such*, *the former*, *the others*.
    """
    seen = _Seen()
    for i, token in enumerate(tokens):
        if _points_back(tokens, i, seen):
            return token.text
        seen.note(tokens, i)
    return None


class _Seen:
    """What the words so far offer as a referent."""

    def __init__(self) -> None:
        self.singular = False
        self.plural = False
        self.person = False
        self.words = 0

    def note(self, tokens: Sequence[Token], i: int) -> None:
        token = tokens[i]
        self.words += token.is_word
        if token.lower in word_set("pronouns", "people"):
            self.singular = self.person = self.plural = True
        elif token.is_noun or token.lower in word_set("nouns", "plural_without_s"):
            is_plural = token.tag in {"NNS", "NNPS"} or token.lower in word_set(
                "nouns", "plural_without_s"
            )
            self.plural |= is_plural
            self.singular |= not is_plural
            self.person |= not is_plural and is_person(token)
        elif token.tag.startswith("JJ") and _stands_for_person(tokens, i):
            self.singular = self.person = True
        elif token.lower == "and" and self.singular:
            self.plural = True


def is_person(token: Token) -> bool:
    """Whether a noun names a person, by list, as a name, or by its ending."""
    return (
        token.tag == "NNP"
        or token.lower in word_set("nouns", "persons")
        or token.lower.endswith(("er", "or", "ist", "man", "ian", "ant", "eer"))
    )


def _stands_for_person(tokens: Sequence[Token], i: int) -> bool:
    """*An invalid is …*: an adjective between a determiner and a verb."""
    return (
        i > 0
        and tokens[i - 1].tag == "DT"
        and i + 1 < len(tokens)
        and tokens[i + 1].tag.startswith(("VB", "MD", "WP"))
    )


def _points_back(tokens: Sequence[Token], i: int, seen: _Seen) -> bool:
    word = tokens[i].lower
    if word in word_set("pronouns", "singular"):
        return not (seen.singular or (word == "it" and _is_empty_it(tokens, i)))
    if word in word_set("pronouns", "personal"):
        return not (seen.person or (word in {"he", "she"} and _next(tokens, i) in {"who", "that"}))
    if word in word_set("pronouns", "plural"):
        return not (seen.plural or (word == "they" and _next(tokens, i) == "who"))
    check = _CHECKS.get(word)
    return check is not None and check(tokens, i, seen)


def _next(tokens: Sequence[Token], i: int, step: int = 1) -> str:
    return tokens[i + step].lower if i + step < len(tokens) else ""


def _is_empty_it(tokens: Sequence[Token], i: int) -> bool:
    """*It is better to …*, *it seems that …*, *makes it hard to …*: no referent needed."""
    behind = [token.lower for token in tokens[i + 1 : i + 12]]
    if not behind:
        return False
    before = tokens[i - 1].lower if i else ""
    opens = behind[0] in _AFTER_EMPTY_IT or (i == 1 and before in {"is", "was", "would"})
    made = before in _MAKES_IT
    if behind[0] in {"is", "was"} and len(behind) > 1 and behind[1] in {"a", "an", "the"}:
        clefts = {"who", "that", "to"} if behind[1] != "the" else {"who", "that"}
        if not clefts & set(behind):
            return False
    return (opens or made) and any(
        word in {"to", "that", "who", "whether", "how", "why"} for word in behind[1:]
    )


def _this(tokens: Sequence[Token], i: int, seen: _Seen) -> bool:
    following = _next(tokens, i)
    if following in word_set("pronouns", "here_and_now"):
        return False
    if following in {":", ","} or (seen.words and following in {"that", "--"}):
        return False  # cataphoric: "is this: ...", "in this, that ..."
    broken = any(token.text in {";", ":", "--", "—", "\u2013"} for token in tokens[:i])
    return not broken


def _that(tokens: Sequence[Token], i: int, seen: _Seen) -> bool:
    following = _next(tokens, i)
    if i and seen.words:
        before = tokens[i - 1]
        if _is_pointer(tokens, i):
            return seen.words < 14
        alone = following in {".", ";", "?", "!", ""} and before.tag in {
            "IN",
            "VB",
            "VBP",
            "VBZ",
            "VBD",
            "TO",
        }
        return alone and seen.words < 12
    return i == 0 or following in _AFTER_THAT


def _is_pointer(tokens: Sequence[Token], i: int) -> bool:
    """*Of that result*, *puts that finding to use*: *that* with a noun, not a conjunction."""
    if i + 2 >= len(tokens) or not tokens[i + 1].is_noun:
        return False
    before = tokens[i - 1]
    if before.lower in _BEFORE_THAT:
        return True
    follows = tokens[i + 2]
    acts = before.tag.startswith("VB") and not (word_set("verbs", "saying") | _THINKING) & {
        before.lower
    }
    return acts and tokens[i + 1].tag == "NN" and not follows.tag.startswith(("VB", "MD"))


_THINKING = word_set("references", "thinking")


def _those(tokens: Sequence[Token], i: int, seen: _Seen) -> bool:
    following = tokens[i + 1 : i + 4]
    if any(t.lower in _AFTER_THOSE or t.tag in {"VBN", "VBG"} for t in following):
        return False
    return seen.words < 12


def _such(tokens: Sequence[Token], i: int, seen: _Seen) -> bool:
    del seen
    following = [token.lower for token in tokens[i + 1 : i + 9]]
    if "as" in following or "that" in following:
        return False
    return not any(token.text in {";", ":", "--", "—", "\u2013"} for token in tokens[:i])


def _the(tokens: Sequence[Token], i: int, seen: _Seen) -> bool:
    following = _next(tokens, i)
    if following == "same":
        return (
            not any(
                token.lower in {"as", "that", "with", "time"} for token in tokens[i + 2 : i + 9]
            )
            and seen.words < 12
        )
    if following in {"other", "others"}:
        if _next(tokens, i, 2) in {"hand", "day", "side"} and i > 1:
            return False
        return (
            not any(token.lower in {"one", "hand", "day"} for token in tokens[:i])
            and seen.words < 10
        )
    if following in {"first", "second", "third"} and i + 2 < len(tokens):
        return not (tokens[i + 2].is_noun or tokens[i + 2].tag.startswith("JJ")) and seen.words < 14
    return (
        following in {"former", "latter", "above", "aforesaid", "said", "foregoing", "preceding"}
        and seen.words < 14
    )


def _so(tokens: Sequence[Token], i: int, seen: _Seen) -> bool:
    return _next(tokens, i) in {"", "?", ".", ","} and seen.words < 12


def _here(tokens: Sequence[Token], i: int, seen: _Seen) -> bool:
    del seen
    return not (_next(tokens, i) == "and" and _next(tokens, i, 2) == "there")


def _backwards(tokens: Sequence[Token], i: int, seen: _Seen) -> bool:
    del tokens, i
    return seen.words < 8


def _ones(tokens: Sequence[Token], i: int, seen: _Seen) -> bool:
    return (
        i > 0 and tokens[i - 1].tag.startswith(("DT", "JJ")) and not (seen.singular or seen.plural)
    )


def _other(tokens: Sequence[Token], i: int, seen: _Seen) -> bool:
    return (
        _next(tokens, i) not in {"hand", "day", "people", "day,"}
        and seen.words < 6
        and not seen.singular
        and not seen.plural
    )


_CHECKS = {
    "this": _this,
    "these": _this,
    "that": _that,
    "those": _those,
    "such": _such,
    "the": _the,
    "so": _so,
    "here": _here,
    "ones": _ones,
    "one": _ones,
    "another": _other,
    "others": _other,
    "other": _other,
    **dict.fromkeys(word_set("references", "backwards"), _backwards),
}
