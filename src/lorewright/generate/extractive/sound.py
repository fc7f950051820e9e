"""Whether a passage is fit to answer anything: a statement, whole, and no tale."""

from lorewright.generate.extractive.passages import Passage, Sentence
from lorewright.generate.extractive.phrases import is_finite_verb
from lorewright.generate.extractive.words import word_set

_LEAST_WORDS = 10
_QUOTES = ('"', "“", "\u2018", "'", "(", "*")


def settled(passage: Passage) -> Passage | None:
    """The passage up to where an example or a tale begins; None when nothing of use is left."""
    kept: list[Sentence] = []
    for sentence in passage.sentences:
        if begins_example(sentence) or sentence.text.startswith(_QUOTES):
            break
        kept.append(sentence)
    while kept and (kept[-1].is_question or not kept[-1].is_whole or _leads_on(kept[-1])):
        kept.pop()
    short = Passage(tuple(kept)) if kept else None
    if short is None or short.words < _LEAST_WORDS or short.first.is_question or is_tale(short):
        return None
    return short


def begins_example(sentence: Sentence) -> bool:
    """*For instance …*, *I once knew …*, *A potter came …*."""
    return _opens_with(sentence, "openers") or _acts_in_the_past(sentence)


def _leads_on(sentence: Sentence) -> bool:
    """*But it is said that …*: taken up only by what follows."""
    return _opens_with(sentence, "leads_on")


def _opens_with(sentence: Sentence, cues: str) -> bool:
    opening = " ".join([token.lower for token in sentence.tokens if token.is_word][:6]) + " "
    return any(opening.startswith(cue + " ") for cue in word_set("tale", cues))


def _acts_in_the_past(sentence: Sentence) -> bool:
    """A person, or *I*, with a verb in the past within the first words."""
    tokens = sentence.tokens[:10]
    verb = next((i for i, token in enumerate(tokens) if is_finite_verb(token)), None)
    if verb is None or any(_is_year(token.text) for token in tokens):
        return False
    is_past = tokens[verb].tag == "VBD" or tokens[verb].lower in {"had", "was", "were"}
    who = any(
        t.tag == "NNP" or t.lower in word_set("nouns", "persons") | _ACTORS for t in tokens[:verb]
    )
    return is_past and who


def _is_year(word: str) -> bool:
    """A study has a year, a tale has none."""
    return len(word) == 4 and word.isdigit()


_ACTORS = frozenset({"i", "he", "she", "we"})


def is_tale(passage: Passage) -> bool:
    """Whether most of the verbs tell what happened once."""
    verbs = [t for s in passage.sentences for t in s.tokens if is_finite_verb(t)]
    past = sum(token.tag == "VBD" or token.lower in {"was", "were", "had"} for token in verbs)
    return past >= 2 and past >= 0.6 * len(verbs)
