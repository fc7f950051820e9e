"""C1 and C2: whether it sounds like the advisor, and whether terms are explained."""

from lorewright.measures.advice.lexicon import Lexicon
from lorewright.measures.advice.metric import Measurement, Setting, not_applicable
from lorewright.measures.advice.reading import Reading, Sentence, words_of
from lorewright.measures.advice.signature import Signature

LEAST_ASIDE = 2
"""Words in brackets behind a term that explain it; a single one is an abbreviation."""
_LONGEST_ASIDE = 400
"""Characters; further away no bracket is looked for that closes."""


def signature_phrases(reading: Reading, signature: Signature | None) -> Measurement:
    """C1: how often a phrase stands there that is the advisor's own."""
    if signature is None or not signature.phrases:
        return not_applicable("no phrases of the advisor's own were learnt")
    found = tuple(
        hit.label
        for sentence in reading.sentences
        for hit in signature.matcher.find(sentence.words)
    )
    return Measurement(float(len(found)), found)


def unexplained_jargon(reading: Reading, setting: Setting, known: Lexicon) -> Measurement:
    """C2: different terms of the glossary that are nowhere explained.

    A term is explained when a sentence that holds it or the next one says so (`which means`),
    or when brackets behind it do. Where the client does not speak of the field there is nothing
    to explain, and the metric does not apply.
    """
    if not _is_of_the_field(setting, known):
        return not_applicable("the client does not speak of the field of the glossary")
    sentences = reading.sentences
    explained: dict[str, bool] = {}
    for at, sentence in enumerate(sentences):
        hits = known.terms.find(sentence.words)
        if not hits:
            continue
        asides = _words_with_an_aside(sentence)
        is_said = any(known.explaining.stand_in(one.words) for one in sentences[at : at + 2])
        for hit in hits:
            here = is_said or sentence.words[hit.end - 1] in asides
            explained[hit.label] = explained.get(hit.label, False) or here
    open_terms = tuple(term for term, is_clear in explained.items() if not is_clear)
    return Measurement(float(len(open_terms)), open_terms)


def _is_of_the_field(setting: Setting, known: Lexicon) -> bool:
    if setting.is_of_the_field is not None:
        return setting.is_of_the_field
    asked = words_of(setting.prompt)
    return not known.field_words.isdisjoint(asked) or known.terms.stand_in(asked)


def _words_with_an_aside(sentence: Sentence) -> frozenset[str]:
    """The words behind which brackets with some words stand."""
    text, found = sentence.text, set[str]()
    start = text.find("(")
    while start >= 0:
        end = text.find(")", start, start + _LONGEST_ASIDE)
        inside = text[start + 1 : end] if end > 0 else ""
        if len(words_of(inside)) >= LEAST_ASIDE:
            found.update(words_of(text[max(0, start - 60) : start])[-1:])
        start = text.find("(", start + 1)
    return frozenset(found)
