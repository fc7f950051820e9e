"""Verb forms: the infinitive of a finite verb and the *-ing* form of an infinitive."""

from lorewright.generate.extractive.tokens import listed_tag
from lorewright.generate.extractive.words import word_map, word_set

_VOWELS = "aeiou"


def infinitive(word: str, tag: str) -> str | None:
    """The infinitive of a present or past form, or None when it cannot be told for sure."""
    word = word.lower()
    if tag == "VBZ":
        return _without_s(word)
    if tag == "VBD":
        return word_map("irregular").get(word) or _without_ed(word)
    return word if tag in {"VB", "VBP"} else None


def _without_s(word: str) -> str | None:
    if word in {"is", "was", "'s"} or not word.endswith("s") or word.endswith("ss"):
        return None
    if word == "has":
        return "have"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes", "oes")):
        return word[:-2]
    return word[:-1]


def _without_ed(word: str) -> str | None:
    if not word.endswith("ed"):
        return None
    if word.endswith("ied"):
        return word[:-3] + "y"
    stem = word[:-2]
    doubled = stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "ls" else ""
    return next((base for base in (stem + "e", stem, doubled) if base and _is_verb(base)), None)


def _is_verb(word: str) -> bool:
    return (listed_tag(word) or "").startswith("VB") or word in word_set("verbs", "imperative")


def gerund(word: str) -> str:
    """The *-ing* form of an infinitive."""
    word = word.lower()
    if word == "be":
        return "being"
    if word.endswith("ie"):
        return word[:-2] + "ying"
    if word.endswith("e") and not word.endswith(("ee", "oe", "ye")):
        return word[:-1] + "ing"
    return word + word[-1] + "ing" if _doubles(word) else word + "ing"


def _doubles(word: str) -> bool:
    """One syllable, or stressed on the last: *cut* gives *cutting*, *open* gives *opening*."""
    if word in _STRESSED_LAST:
        return True
    vowels = sum(letter in _VOWELS for letter in word)
    return (
        len(word) >= 3
        and vowels == 1
        and word[-1] not in "aeiouwxy"
        and word[-2] in _VOWELS
        and word[-3] not in _VOWELS
    )


_STRESSED_LAST = word_set("verbs", "stressed_last")
