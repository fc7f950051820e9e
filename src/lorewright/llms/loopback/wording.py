"""Questions and phrases made from the words of a sentence, different for different sentences."""

import re
from functools import lru_cache
from random import Random

from lorewright.llms.loopback.material import words_of

_PIECE = re.compile(r"[^,;:.!?()*_`\"\u201c\u201d\u2014\u2013\n]+")
LONGEST_PHRASE = 5
_EMPTY_WORDS = frozenset(
    """a about above after again all also although always am an and any are as at be because been
    before being below between both but by can cannot could did do does doing done down during
    each either else even ever every few for from further had has have having he her here hers him
    his how however i if in indeed into is it its itself just less let like made make makes many
    may me might mine more most much must my neither never no nor not nothing now of off often on
    once one only or other others ought our ours out over own perhaps quite rather said same say
    shall she should so some such take than that the their theirs them then there therefore these
    they thing things this those though through thus till to too under until up upon us very was
    we well were what when where whether which while who whom whose why will with within without
    would yet you your yours""".split()  # noqa: SIM905 - a list would fill a page
)
QUESTIONS = (
    "What should a beginner know about {one}?",
    "Why does it matter to think of {one}?",
    "How should somebody deal with {one}?",
    "What is meant by {one}?",
    "When does one have to think of {one}?",
    "How would you explain {one} to a beginner?",
    "What follows for somebody who is concerned with {one}?",
    "Which advice is there on {one}?",
    "What should be kept in mind about {one}?",
    "What is the point of {one}?",
    "A friend asks about {one}: what would you answer?",
    "What would be a mistake when it comes to {one}?",
)
QUESTIONS_ABOUT_TWO = (
    "How does {one} bear on {other}?",
    "What links {one} with {other}?",
    "In what way do {one} and {other} go together?",
    "What has {one} to do with {other}?",
)


@lru_cache(maxsize=16384)
def phrases_of(sentence: str) -> tuple[str, ...]:
    """Stretches of two to five words that begin and end with words that carry a meaning."""
    found = [
        " ".join(words[start:end])
        for words in (piece.split() for piece in _PIECE.findall(sentence))
        for start in range(len(words))
        for end in range(start + 2, min(start + LONGEST_PHRASE, len(words)) + 1)
        if _says_something(words[start]) and _says_something(words[end - 1])
    ]
    return tuple(dict.fromkeys(found)) or tuple(words_of(sentence)[:1]) or ("this",)


def question_about(sentence: str, lot: Random) -> str:
    """A question that `sentence` answers, more or less."""
    phrases = phrases_of(sentence)
    one = lot.choice(phrases)
    apart = [other for other in phrases if not set(other.split()) & set(one.split())]
    if apart and lot.random() < 0.5:
        return lot.choice(QUESTIONS_ABOUT_TWO).format(
            one=_inner(one), other=_inner(lot.choice(apart))
        )
    return lot.choice(QUESTIONS).format(one=_inner(one))


def phrase_of(sentence: str, lot: Random) -> str:
    """A phrase for a title, a term or a theme."""
    return lot.choice(phrases_of(sentence))


def _says_something(word: str) -> bool:
    bare = word.strip("'\u2019\"*_`").lower()
    return len(bare) > 2 and bare not in _EMPTY_WORDS and bare.replace("-", "").isalpha()


def _inner(phrase: str) -> str:
    """As it stands inside a sentence: a first word is small again unless it is a name's."""
    first, _, rest = phrase.partition(" ")
    return f"{first.lower()} {rest}" if rest and first.istitle() and rest.islower() else phrase
