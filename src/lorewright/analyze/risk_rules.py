"""Rules for what can do harm: topics that need care, and traces of private persons."""

import re

from lorewright.analyze.filling import Filling, Rule
from lorewright.analyze.passage import Passage
from lorewright.analyze.wording import beginnings, the_wording
from lorewright.prose import Span


def safety_tags(passage: Passage) -> Filling:
    """The topics whose words are seen often enough."""
    tags: list[str] = []
    spans: list[Span] = []
    folded = passage.text.lower()
    for topic in the_wording().topic:
        if not any(word in folded for word in topic.words):
            continue  # many times faster than to look for all of them at every place
        found = list(beginnings(topic.words).finditer(passage.text))
        if len(found) >= topic.at_least:
            tags.append(topic.tag)
            spans.append(_place(passage, found[0]))
    return Filling(tuple(tags), tuple(spans))


def pii_flag(passage: Passage) -> Filling | None:
    """Addresses of mail, telephone, card and account numbers, the last two with their checks."""
    spans = [_place(passage, found) for found in _MAIL.finditer(passage.text)]
    spans += [_place(passage, found) for found in _PHONE.finditer(passage.text)]
    spans += [
        _place(passage, found)
        for found in _CARD.finditer(passage.text)
        if _is_card(re.sub(r"\D", "", found[0]))
    ]
    spans += [
        _place(passage, found)
        for found in _ACCOUNT.finditer(passage.text)
        if _is_account(found[0].replace(" ", ""))
    ]
    return Filling(True, tuple(sorted(spans))) if spans else None


def _place(passage: Passage, found: re.Match[str]) -> Span:
    return Span(passage.chunk.start + found.start(), passage.chunk.start + found.end())


def _is_card(digits: str) -> bool:
    """Whether the check digit of a card number is right (Luhn)."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1


def _is_account(number: str) -> bool:
    """Whether the check digits of an international account number are right (modulo 97)."""
    turned = number[4:] + number[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


RISK_RULES = (
    Rule("safety_tags", "words of topics that need care", safety_tags),
    Rule(
        "pii_flag",
        "addresses of mail, telephone numbers with their country, card and account numbers",
        pii_flag,
    ),
)

_MAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+\b")
_PHONE = re.compile(
    r"(?<![\w+])(?:\+|00)[1-9]\d{0,2}[ ()./-]{0,3}\d(?:[ ()./-]{0,2}\d){6,11}(?!\w)"
)
_CARD = re.compile(r"(?<![\w-])(?:\d[ -]?){12,18}\d(?![\w-])")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
