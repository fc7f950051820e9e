"""What somebody else said or found."""

from collections.abc import Iterator

from lorewright.generate.extractive.clauses import Tokens, trimmed
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.passages import Passage
from lorewright.generate.extractive.phrases import full_phrase, is_finite_verb
from lorewright.generate.extractive.specific import is_specific
from lorewright.generate.extractive.verbs import infinitive
from lorewright.generate.extractive.words import word_set


def citation(passage: Passage, context: Context) -> Iterator[Draft]:
    """*Ode (1989) argued that clay …* asks what Ode argued about clay."""
    for sentence in passage.sentences:
        tokens = trimmed(sentence.tokens)
        at = _after_year(tokens, _name(tokens))
        if not 0 < at < len(tokens) - 4 or tokens[at].lower not in word_set("verbs", "saying"):
            continue
        is_present = tokens[at].lower.endswith("s")
        base = infinitive(tokens[at].text, "VBZ" if is_present else "VBD")
        topic = full_phrase(tokens, at + 2, longest=7) if tokens[at + 1].lower == "that" else None
        if base is None or topic is None or topic.end >= len(tokens):
            continue
        if not is_finite_verb(tokens[topic.end]) or not is_specific(
            tokens[topic.start : topic.end]
        ):
            continue
        name, about = context.words(tokens[:at]), context.words(tokens[topic.start : topic.end])
        yield Draft(
            "citation", f"What {'does' if is_present else 'did'} {name} {base} about {about}?"
        )
        return


def _name(tokens: Tokens) -> int:
    """The end of a run of names at the start: *Meijman and Mulder*, *Dr. Ode*, *Ode et al.*."""
    i = 0
    while i < len(tokens) and (
        (tokens[i].tag == "NNP" and tokens[i].text[0].isupper())
        or (i > 0 and tokens[i].lower in {"and", "&", ".", "et", "al"})
    ):
        i += 1
    while i and not tokens[i - 1].is_word:
        i -= 1
    return i if any(len(token.text) > 2 for token in tokens[:i]) else 0


def _after_year(tokens: Tokens, at: int) -> int:
    if (
        at + 2 < len(tokens)
        and tokens[at].text == "("
        and tokens[at + 1].tag == "CD"
        and tokens[at + 2].text == ")"
    ):
        return at + 3
    return at
