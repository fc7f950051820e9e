"""C3: amounts, percentages and durations, and whether they come from anywhere."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from lorewright.measures.advice.metric import Measurement, Setting
from lorewright.measures.advice.reading import Reading, read_answer

_WORDS = {
    "half": "0.5", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
    "fifteen": "15", "eighteen": "18", "twenty": "20", "thirty": "30", "forty": "40",
    "fifty": "50", "sixty": "60", "ninety": "90",
}  # fmt: skip
_SCALES = {
    "hundred": "100", "k": "1000", "thousand": "1000", "m": "1000000", "mm": "1000000",
    "million": "1000000", "bn": "1000000000", "b": "1000000000", "billion": "1000000000",
}  # fmt: skip
_FIGURE = rf"(?:\d++(?:[.,]\d++)*+|\b(?:{'|'.join(_WORDS)})\b)"
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<currency>(?:us|ca|au|c|a)?[$€£¥₹]\s?)?(?P<figure>{_FIGURE})"
    rf"(?:\s?(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})(?![^\W_]))?\+?"
    rf"(?:(?:\s?[-\u2013\u2014]\s?|\s(?:to|or)\s)(?P<until>{_FIGURE})(?=[\s%-]))?"
    r"(?P<unit>\s?%|[\s-]?(?:percent(?:age points?)?|per cent|dollars?|euros?|pounds?|usd|eur|gbp"
    r"|cents?|bucks|seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|yrs?|mos|hrs?"
    r"|mins?)(?![^\W_]))?"
)
"""A number with what makes it an amount, a percentage or a duration; never tried twice on the
same digits, so that a long row of them costs no more than it is long."""


class SpecificNumbers(NamedTuple):
    """C3, and those of them that come from nowhere."""

    numbers: Measurement
    ungrounded: tuple[str, ...] | None
    """Those whose figure stands neither in the prompt nor in the sources; None when there is
    neither. A figure that the advisor worked out is among them too."""


def specific_numbers(reading: Reading, setting: Setting) -> SpecificNumbers:
    """C3: numbers that are an amount of money, a percentage or a duration.

    A range such as `5-7 days` is one. `One` counts only with a currency or a percentage: `one
    day` is rarely a duration.
    """
    given = [text for text in (setting.prompt, *setting.sources) if text.strip()]
    known = frozenset[Decimal]().union(*map(figures_in, given))
    found: list[str] = []
    ungrounded: list[str] = []
    for sentence in reading.sentences:
        for number in _specific(sentence.text):
            shown = number[0].strip()
            found.append(shown)
            if given and not _figures(number) <= known:
                ungrounded.append(shown)
    numbers = Measurement(float(len(found)), tuple(found))
    return SpecificNumbers(numbers, tuple(ungrounded) if given else None)


@lru_cache(maxsize=256)
def figures_in(text: str) -> frozenset[Decimal]:
    """Every figure in a text, whatever it counts, with and without its `thousand`."""
    found: set[Decimal] = set()
    for sentence in read_answer(text).sentences:
        for number in _NUMBER.finditer(sentence.text):
            found |= _figures(number) | _plain(number)
    return frozenset(found)


def untraced(text: str, sources: Sequence[str]) -> list[str]:
    """The numbers in digits of `text` that stand in none of `sources`, each once."""
    known = frozenset[Decimal]().union(*map(figures_in, sources))
    found: dict[str, None] = {}
    for sentence in read_answer(text).sentences:
        for number in _NUMBER.finditer(sentence.text):
            if number["figure"][0].isdigit() and not (_figures(number) | _plain(number)) & known:
                found[number[0].strip()] = None
    return list(found)


def _specific(text: str) -> Iterator[re.Match[str]]:
    for number in _NUMBER.finditer(text):
        unit = (number["unit"] or "").strip(" -")
        if not number["currency"] and not unit:
            continue
        if number["figure"] == "one" and not number["currency"] and not unit.startswith(("%", "p")):
            continue
        yield number


def _figures(number: re.Match[str]) -> set[Decimal]:
    scale = Decimal(_SCALES.get(number["scale"] or "", "1"))
    return {figure * scale for figure in _plain(number)}


def _plain(number: re.Match[str]) -> set[Decimal]:
    texts = (number["figure"], number["until"])
    return {_decimal(text) for text in texts if text}


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(_WORDS.get(text, text.replace(",", ""))).normalize()
    except InvalidOperation:  # 1.2.3, or digits of another script with a mark between
        return Decimal(-1)
