"""What the author advises, and whether something is a good idea."""

import re
from collections.abc import Iterator

from lorewright.generate.extractive.clauses import Tokens, clause, inverted, is_smooth
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.orders import duty, order
from lorewright.generate.extractive.passages import Passage
from lorewright.generate.extractive.specific import is_specific
from lorewright.generate.extractive.templates import asked
from lorewright.generate.extractive.verbs import gerund
from lorewright.generate.extractive.words import NEGATIONS, word_set

_SHORT_PASSAGE = 70
_NOT_ASKABLE = word_set("denial", "not_askable")


def advice(passage: Passage, context: Context) -> Iterator[Draft]:
    """*Never lend without security* asks what the author advises about lending so."""
    for sentence in passage.sentences:
        found = order(sentence.tokens) or duty(sentence.tokens)
        if found is not None and passage.weighs(sentence):
            deed = found.phrase
            if (
                3 <= len(deed) <= 15
                and is_smooth(deed, commas=0)
                and deed[0].lower not in {"be", "do"}
            ):
                done = _for_anybody(f"{gerund(deed[0].text)} {context.words(deed[1:])}")
                kind = "advice.avoid" if found.is_negative else "advice.do"
                yield Draft("advice", asked(kind, context, deed=done), level=2)
                return
        if passage.weighs(sentence) and (draft := _demand(sentence.tokens, context)) is not None:
            yield draft
            return


def _for_anybody(deed: str) -> str:
    """*Washing her hands* as *washing one's hands*: whose hands stands in the answer."""
    deed = re.sub(r"\b(?:his|her|their)\b(?= )", "one's", deed)
    return re.sub(r"\b(?:himself|herself|themselves)\b", "oneself", deed)


def _demand(tokens: Tokens, context: Context) -> Draft | None:
    """*Bed-clothes should be light* asks what rule the author gives for bed-clothes."""
    found = clause(tokens)
    if found is None or found.phrase is None or found.verb.lower not in {"should", "must", "ought"}:
        return None
    if not is_specific(found.subject) or not is_smooth(found.subject, commas=0):
        return None
    rest = [token.lower for token in found.rest[:3]]
    if "be" not in rest or found.rest[rest.index("be") + 1].tag not in {"VBN", "VBD"}:
        return None
    return Draft(
        "advice", asked("advice.passive", context, topic=context.mid(found.subject)), level=2
    )


def check(passage: Passage, context: Context) -> Iterator[Draft]:
    """A denial asks the question that it denies: *Do people catch cold in bed?*."""
    most = 1 if passage.words > _SHORT_PASSAGE else len(passage.sentences)
    for sentence in passage.sentences[:most]:
        question = _forbidden(sentence.tokens, context) or _denied(sentence.tokens, context)
        if question is not None:
            yield Draft("check", question)
            return


def _forbidden(tokens: Tokens, context: Context) -> str | None:
    """*Never lend without security* asks whether it is a good idea to lend so."""
    found = order(tokens)
    if found is None or not found.is_negative:
        return None
    deed = found.phrase
    if not 3 <= len(deed) <= 14 or not is_smooth(deed):
        return None
    words = f"{deed[0].lower} {context.words(deed[1:])}"
    return asked("check.order", context, deed=words)


def _denied(tokens: Tokens, context: Context) -> str | None:
    found = clause(tokens)
    if found is None or not 5 <= len(found.tokens) <= _LONGEST_DENIAL:
        return None
    if not is_smooth(found.tokens, commas=0) or any(t.lower in _NOT_ASKABLE for t in found.tokens):
        return None
    denial = {token.lower for token in (*found.adverbs, found.verb, *found.rest[:1])} & _DENIALS
    nobody = found.subject[0].lower == "no"
    if not denial and not nobody:
        return None
    if found.verb.lower == "cannot":
        found = found._replace(verb=found.verb._replace(text="can", lower="can"))
    question = inverted(found, context, drop=NEGATIONS)
    if question is None:
        return None
    if nobody:
        question = question.replace(" no ", " any ", 1)
    if "never" in denial:
        subject = context.mid(found.subject)
        question = question.replace(subject, f"{subject} ever", 1)
    return question[0].upper() + question[1:] + "?"


_LONGEST_DENIAL = 18
_DENIALS = NEGATIONS | {"cannot"}
