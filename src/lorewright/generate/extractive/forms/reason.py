"""Why something is so, or why one should do it."""

from collections.abc import Iterator

from lorewright.generate.extractive.clauses import Tokens, clause, inverted, is_smooth
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.orders import order
from lorewright.generate.extractive.passages import Passage, Sentence
from lorewright.generate.extractive.templates import asked
from lorewright.generate.extractive.verbs import gerund
from lorewright.generate.extractive.words import word_set

_SUBJECTS = word_set("reason", "subjects")
_NO_CLAIM = word_set("reason", "no_claim_before_because")

_LONGEST = 20


def reason(passage: Passage, context: Context) -> Iterator[Draft]:
    """*X because Y* asks *Why X?*."""
    for i, sentence in enumerate(passage.sentences):
        claim = _claim_before_reason(sentence)
        if (
            claim is None
            and i + 1 < len(passage.sentences)
            and _gives_reason(passage.sentences[i + 1])
        ):
            claim = sentence.tokens
        if claim is not None:
            yield from _asked_why(_last_clause(claim), context)
            return


def _claim_before_reason(sentence: Sentence) -> Tokens | None:
    tokens = sentence.tokens
    for i in range(3, len(tokens) - 3):
        word = tokens[i].lower
        comes_after_comma = tokens[i - 1].text in {",", ";", "--"}
        if word == "because" and tokens[i - 1].lower not in _NO_CLAIM:
            return tokens[:i]
        if word in {"for", "since"} and comes_after_comma and _opens_reason(tokens, i + 1):
            return tokens[:i]
    if tokens and tokens[0].lower == "because":
        comma = next((i for i, token in enumerate(tokens) if token.text == ","), 0)
        return tokens[comma + 1 :] if 4 <= comma <= 20 else None
    return None


def _opens_reason(tokens: Tokens, at: int) -> bool:
    """Whether a clause with a verb begins here, so that *for* means *because*."""
    if tokens[at].lower in _SUBJECTS:
        return True
    found = clause(tokens[at : at + 14])
    return found is not None


def _gives_reason(sentence: Sentence) -> bool:
    lowers = [token.lower for token in sentence.tokens[:4]]
    return (
        lowers[:1] == ["because"]
        or (
            lowers[:1] == ["for"]
            and lowers[1:2]
            in (["if"], ["it"], ["they"], ["he"], ["you"], ["when"], ["there"], ["nothing"])
        )
        or lowers[:3] in (["the", "reason", "is"], ["the", "reason", "of"])
    )


def _last_clause(tokens: Tokens) -> Tokens:
    """What stands after the last strong break, since that is what the reason supports."""
    cut = max((i for i, token in enumerate(tokens[:-1]) if token.text in {";", ":"}), default=-1)
    tokens = tokens[cut + 1 :]
    if tokens and tokens[0].lower in {
        "and",
        "but",
        "so",
        "yet",
        "hence",
        "therefore",
        "also",
        "again",
    }:
        tokens = tokens[1:]
    return tokens


def _asked_why(claim: Tokens, context: Context) -> Iterator[Draft]:
    found_order = order(claim)
    if found_order is not None:
        deed = found_order.phrase
        if 2 <= len(deed) <= _LONGEST and is_smooth(deed):
            done = f"{gerund(deed[0].text)} {context.words(deed[1:])}"
            kind = "reason.avoid" if found_order.is_negative else "reason.do"
            should = "should you not" if found_order.is_negative else "should you"
            yield Draft("reason", f"Why {should} {deed[0].lower} {context.words(deed[1:])}?")
            yield Draft("reason_given", asked(kind, context, deed=done), level=2)
        return
    found = clause(claim)
    if any(
        token.lower in {"example", "instance", "here", "there", "then", "now"} for token in claim
    ):
        return
    if found is None or not 4 <= len(found.tokens) <= _LONGEST:
        return
    if not is_smooth(found.tokens, commas=0):
        return
    question = inverted(found, context)
    if question is not None:
        yield Draft("reason", f"Why {question}?")
    if found.subject[0].lower != "it":
        yield Draft(
            "reason_given", asked("reason.says", context, claim=context.mid(found.tokens)), level=2
        )
