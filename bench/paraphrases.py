"""Paraphrases by rule: the same thing said in other words, more and more of them."""

import re
from random import Random

SYNONYMS = {
    "advice": "guidance", "ask": "request", "asked": "requested", "asks": "requests",
    "before": "prior to", "begin": "start", "begins": "starts", "big": "large", "but": "yet",
    "can": "may", "clear": "plain", "client": "customer", "clients": "customers",
    "coach": "counsellor", "coaches": "counsellors", "day": "date", "demands": "requirements",
    "different": "other", "each": "every", "easy": "simple", "effort": "exertion",
    "energy": "vigour", "enough": "sufficient", "every": "each", "exhaustion": "fatigue",
    "fear": "dread", "find": "discover", "first": "initial", "gives": "offers", "good": "sound",
    "goal": "aim", "goals": "aims", "hard": "difficult", "help": "assist", "helps": "assists",
    "high": "elevated", "job": "post", "keep": "retain", "large": "big", "later": "afterwards",
    "less": "fewer", "long": "lengthy", "make": "create", "makes": "creates", "many": "numerous",
    "may": "might", "means": "signifies", "month": "four weeks", "more": "further",
    "much": "greatly", "must": "has to", "need": "require", "needs": "requires", "new": "fresh",
    "not": "never", "often": "frequently", "old": "former", "only": "merely", "or": "or else",
    "people": "persons", "person": "human", "plan": "scheme", "question": "query",
    "questions": "queries", "recovery": "recuperation", "rest": "repose", "same": "identical",
    "say": "state", "says": "states", "session": "meeting", "sessions": "meetings",
    "should": "ought to", "show": "reveal", "shows": "reveals", "small": "little",
    "some": "certain", "stress": "strain", "sure": "certain", "take": "carry", "talk": "speak",
    "then": "next", "therefore": "hence", "they": "these people", "think": "believe",
    "thing": "matter", "tired": "weary", "today": "this day", "tool": "instrument",
    "tools": "instruments", "use": "employ", "uses": "employs", "want": "wish",
    "week": "seven days", "when": "whenever", "while": "whereas", "who": "whoever",
    "work": "labour", "working": "labouring", "worry": "concern", "years": "twelvemonths",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CLAUSE = re.compile(r"(?<=[,;])\s+")


def verbatim(text: str, random: Random) -> str:
    """The very same words."""
    del random
    return text


def reordered(text: str, random: Random) -> str:
    """The same sentences in another order."""
    sentences = _SENTENCE.split(text)
    random.shuffle(sentences)
    return " ".join(sentences)


def turned(text: str, random: Random) -> str:
    """The clauses of every sentence in another order, and the sentences too."""
    sentences = [
        " ".join(sorted(_CLAUSE.split(one), key=lambda _: random.random()))
        for one in _SENTENCE.split(text)
    ]
    random.shuffle(sentences)
    return " ".join(sentences)


def reworded(share: float) -> "Rewording":
    """Another word for every word of the list, or a part of them."""
    return Rewording(share, swaps=0.0)


def loosened(share: float) -> "Rewording":
    """The same, and so many neighbouring words change places."""
    return Rewording(share, swaps=share / 2)


class Rewording:
    """Puts synonyms in the place of words, and lets words change places."""

    def __init__(self, share: float, *, swaps: float) -> None:
        self._share, self._swaps = share, swaps

    def __call__(self, text: str, random: Random) -> str:
        """A paraphrase of `text`."""

        def other(match: re.Match[str]) -> str:
            word = match[0]
            synonym = SYNONYMS.get(word.lower())
            if synonym is None or random.random() >= self._share:
                return word
            return synonym.capitalize() if word[0].isupper() else synonym

        words = _WORD.sub(other, text).split()
        for at in range(len(words) - 1):
            if random.random() < self._swaps:
                words[at], words[at + 1] = words[at + 1], words[at]
        return " ".join(words)
