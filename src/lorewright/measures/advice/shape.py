"""B1, B2 and B3: how long an answer is, what comes first, and how much it asks."""

from lorewright.measures.advice.lexicon import Lexicon
from lorewright.measures.advice.metric import Measurement
from lorewright.measures.advice.reading import Reading
from lorewright.measures.advice.steps import imperatives

_CLOSES = {'"': '"', "\u201c": "\u201d", "'": "'", "\u00ab": "\u00bb"}
"""Quotation marks by what opens them."""


def length(reading: Reading) -> Measurement:
    """B1: the words. Longer is not better: it is held against the advisor's own band."""
    return Measurement(float(reading.length))


def empathy_first(reading: Reading, known: Lexicon) -> Measurement:
    """B2: of the first third of the sentences, empathy as a share of empathy and advice.

    A sentence is of empathy when it names an emotion, acknowledges or validates; of advice
    when it tells the reader what to do. One may be both and counts twice. Without either the
    share is 0.
    """
    first = reading.sentences[: -(-len(reading.sentences) // 3)]
    emotional = [
        one
        for one in first
        if known.emotions.stand_in(one.words)
        or known.acknowledging.stand_in(one.words)
        or known.validating.stand_in(one.words)
    ]
    advising = [
        one for one in first if known.advising.stand_in(one.words) or imperatives(one, known)
    ]
    both = len(emotional) + len(advising)
    return Measurement(len(emotional) / both if both else 0.0, tuple(one.text for one in emotional))


def questions(reading: Reading) -> Measurement:
    """B3: question marks outside quotes; several in a row are one.

    A quote ends with its paragraph at the latest; one that is not closed is none.
    """
    return Measurement(
        float(sum(_asked(line) for line in reading.text.splitlines() if "?" in line))
    )


def _asked(paragraph: str) -> int:
    total = quoted = 0
    closing, in_run = "", False
    for at, letter in enumerate(paragraph):
        if letter == "?":
            quoted += not in_run and bool(closing)
            total += not in_run and not closing
            in_run = True
            continue
        in_run = in_run and letter == "!"
        if closing:
            if letter == closing and (letter != "'" or not paragraph[at + 1 : at + 2].isalnum()):
                closing, quoted = "", 0
        elif letter in _CLOSES and (letter != "'" or _opens(paragraph, at)):
            closing, quoted = _CLOSES[letter], 0
    return total + quoted


def _opens(paragraph: str, at: int) -> bool:
    """Whether the apostrophe at `at` opens a quote rather than shortens a word."""
    before, after = paragraph[max(0, at - 1) : at], paragraph[at + 1 : at + 2]
    return not before.isalnum() and after.isalnum()
