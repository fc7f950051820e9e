"""What the author says of what people believe, and what one should bear in mind."""

from collections.abc import Iterator

from lorewright.generate.extractive.clauses import Tokens, clause, is_smooth, trimmed
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.passages import Passage
from lorewright.generate.extractive.phrases import has_finite_verb
from lorewright.generate.extractive.specific import is_specific
from lorewright.generate.extractive.templates import asked
from lorewright.generate.extractive.words import word_set

_HOLD = word_set("belief", "verbs")
_HOLDERS = word_set("belief", "holders")


def belief(passage: Passage, context: Context) -> Iterator[Draft]:
    """*People often say that clay is dead.* asks what the author makes of the idea."""
    tokens = passage.first.tokens
    if not tokens or tokens[0].lower not in _HOLDERS or len(passage.sentences) < 2:
        return
    at = next((i for i in range(1, min(9, len(tokens))) if tokens[i].lower in _HOLD), 0)
    if not at or any(
        t.lower in {"never", "not", "must", "should", "n't", "i", "know", "let", "cannot", ","}
        for t in tokens[:at]
    ):
        return
    idea = _that_clause(tokens, at + 1)
    found = clause(idea) if idea is not None else None
    if found is not None and found.phrase is not None and found.subject[0].lower == "the":
        idea = idea if is_specific(found.subject) else None  # "the effect" is told elsewhere
    if idea is not None:
        yield Draft("belief", asked("belief.idea", context, idea=context.words(idea)), level=2)


def _that_clause(tokens: Tokens, at: int) -> Tokens | None:
    if at < len(tokens) and tokens[at].text == ",":
        at += 1
    if at >= len(tokens):
        return None
    if tokens[at].lower != "that":
        if clause(tokens[at : at + 14]) is None:
            return None
        at -= 1
    stop = next(
        (
            i
            for i in range(at + 1, len(tokens))
            if tokens[i].text in {";", ":", "--", ".", "?"} or tokens[i].lower in {"because", "but"}
        ),
        len(tokens),
    )
    idea = trimmed(tokens[at + 1 : stop])
    return (
        idea
        if 4 <= len(idea) <= 24
        and is_smooth(idea, commas=1)
        and not any(t.lower in {"this", "these", "i"} for t in idea)
        and has_finite_verb(idea)
        else None
    )


_MIND = ("remember", "consider", "recollect", "observe")


def bear_in_mind(passage: Passage, context: Context) -> Iterator[Draft]:
    """*Remember that clay shrinks …* asks what one should remember about clay."""
    for sentence in passage.sentences:
        tokens = sentence.tokens
        lowers = [token.lower for token in tokens[:5]]
        at = next((i for i in range(min(4, len(lowers))) if lowers[i] in _MIND), None)
        if at is None or (at and lowers[0] not in {"always", "you", "we", "but", "let"}):
            continue
        if at + 1 >= len(tokens) or tokens[at + 1].lower != "that":
            continue
        found = clause(tokens[at + 2 :])
        if found and found.phrase and is_specific(found.subject):
            verb = "remember" if lowers[at] == "remember" else "bear in mind"
            about = context.words(found.subject)
            yield Draft("bear_in_mind", f"What should you {verb} about {about}?")
            return
