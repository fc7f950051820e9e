"""What to do, or what happens, in a case that the text puts."""

from collections.abc import Iterator

from lorewright.generate.extractive.clauses import Tokens, clause, is_smooth, trimmed
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.orders import order
from lorewright.generate.extractive.passages import Passage, Sentence
from lorewright.generate.extractive.phrases import has_finite_verb
from lorewright.generate.extractive.templates import asked
from lorewright.generate.extractive.words import BE, word_set

_NO_MAIN_CLAUSE = word_set("condition", "no_main_clause")

_LEAST_CASE = 6
_OF_TIME = frozenset({"where", "while", "before", "until", "once"})
_OPENERS = frozenset(
    {"if", "when", "whenever", "unless", "until", "before", "after", "once", "where", "while"}
)


def condition(passage: Passage, context: Context) -> Iterator[Draft]:
    """*If X, do Y* asks *What should you do if X?*."""
    for sentence in passage.sentences:
        case = _case(sentence) if passage.weighs(sentence) else None
        if case is not None:
            kind = _kind(*case)
            if kind:
                yield Draft(
                    "condition",
                    asked(kind, context, condition=context.mid(case[0])),
                    level=2 if kind == "condition.follows" else 1,
                )
                return


def _case(sentence: Sentence) -> tuple[Tokens, Tokens] | None:
    tokens = sentence.tokens
    if not tokens or tokens[0].lower not in _OPENERS:
        return None
    comma = next((i for i, token in enumerate(tokens) if token.text == ","), 0)
    if not 4 <= comma <= 22 or tokens[comma - 1].tag in {"JJ", "RB", "CC"}:
        return None
    put, main = tokens[:comma], trimmed(tokens[comma + 1 :])
    if put[-1].tag in {"VB", "VBP"}:
        return None  # *if you do not pay*: whom, and what, stands elsewhere
    if not has_finite_verb(put) or not is_smooth(put, commas=0) or len(main) < 3:
        return None
    if main[0].lower in _NO_MAIN_CLAUSE:
        return None
    return put, main


def _kind(put: Tokens, main: Tokens) -> str | None:
    past = any(token.tag == "VBD" and token.lower != "were" for token in put)
    if order(main) is not None:
        return None if past else "condition.do"
    found = clause(main[:25]) or clause(main[1:25])
    if found is None:
        return None
    rest = [token.lower for token in found.rest[:3]]
    if found.verb.lower in {"should", "must", "ought"}:
        passive = "be" in rest
        if passive:
            return None if past else "condition.done"
        return (
            "condition.do" if found.subject[0].lower in {"you", "we", "one"} and not past else None
        )
    if found.verb.lower in {"would", "could", "might"}:
        return (
            "condition.would" if put[0].lower == "if" and any(t.tag == "VBD" for t in put) else None
        )
    if (
        past
        or found.subject[0].lower == "we"
        or put[0].lower in {"where", "while", "before", "until", "once"}
    ):
        return None
    if found.verb.lower in BE:
        return "condition.follows" if _is_full(put) else None
    return (
        "condition.happens"
        if found.verb.lower in {"will", "can", "may"} or found.verb.tag in {"VBZ", "VBP", "VB"}
        else None
    )


def _is_full(put: Tokens) -> bool:
    """Whether a case says enough to ask what follows, and is no *if you must have a kiln*."""
    forced = any(token.lower in {"must", "may", "can"} for token in put)
    return not forced and len(put) >= _LEAST_CASE
