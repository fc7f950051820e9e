"""What the author says one should bear in mind."""

from collections.abc import Iterator

from lorewright.generate.extractive.clauses import clause
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.passages import Passage
from lorewright.generate.extractive.specific import is_specific

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
