"""D1 and D2: whether two sides are held together, and whether somebody else's is seen."""

from lorewright.measures.advice.lexicon import Lexicon
from lorewright.measures.advice.metric import Measurement, Setting, not_applicable
from lorewright.measures.advice.phrases import Phrases
from lorewright.measures.advice.reading import Reading, words_of


def both_and(reading: Reading, setting: Setting, known: Lexicon) -> Measurement:
    """D1: phrases that hold two sides together, where there are two.

    The metric applies to scenarios that are labelled as a conflict and to no other.
    """
    if not setting.is_conflict:
        return not_applicable("the scenario is not labelled as a conflict")
    return _counted(reading, known.integrative)


def perspective_taking(reading: Reading, setting: Setting, known: Lexicon) -> Measurement:
    """D2: what somebody else feels, thinks or wants, where the client speaks of one."""
    others = setting.names_others
    if others is None:
        others = not known.others.isdisjoint(words_of(setting.prompt))
    if not others:
        return not_applicable("the client does not speak of anybody else")
    return _counted(reading, known.perspective)


def _counted(reading: Reading, phrases: Phrases) -> Measurement:
    found = tuple(
        " ".join(sentence.words[hit.start : hit.end])
        for sentence in reading.sentences
        for hit in phrases.find(sentence.words)
    )
    return Measurement(float(len(found)), found)
