"""A short claim that the rest of its passage unfolds."""

from collections.abc import Iterator

from lorewright.generate.extractive.clauses import Clause, Tokens, clause, is_smooth
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.passages import Passage
from lorewright.generate.extractive.specific import is_specific
from lorewright.generate.extractive.templates import asked
from lorewright.generate.extractive.theme import is_cited, keeps_to
from lorewright.generate.extractive.words import BE, MODALS, word_set

_LONGEST = 22
_LEAST_BEHIND = 15


def claim(passage: Passage, context: Context) -> Iterator[Draft]:
    """*Thin walls dry soonest. They …* asks what the author says to that."""
    found = clause(_first_clause(passage.first.tokens))
    if found is None or not 5 <= len(found.tokens) <= _LONGEST or not _is_general(found):
        return
    if passage.words - len(found.tokens) < _LEAST_BEHIND:
        return
    words = context.mid(found.tokens)
    if is_smooth(found.tokens, commas=0) and keeps_to(passage, words):
        yield Draft("claim", asked("claim.that", context, claim=words), level=2)


def _first_clause(tokens: Tokens) -> Tokens:
    """Up to the first strong break; what stands behind it unfolds the claim."""
    end = next((i for i, token in enumerate(tokens) if token.text in {";", ":"}), len(tokens))
    return tokens[:end]


def _is_general(found: Clause) -> bool:
    """In the present, about people or a thing that has a name of its own, and no definition."""
    opens_with_there = found.subject[0].lower == "there"
    said = found.tokens[1:] if opens_with_there else found.tokens
    if any(token.lower in word_set("claims", "excluded") for token in said):
        return False
    if found.phrase is None:
        known = found.subject[0].lower in _ANYBODY or opens_with_there or _is_empty_it(found)
    else:
        known = is_specific(found.subject) or _of_people(found)
    is_now = found.verb.tag in {"VBZ", "VBP", "VB"} or found.verb.lower in BE | MODALS
    defines = found.rest[0].lower in _ARTICLES and not opens_with_there
    is_definition = (found.verb.lower in BE and defines) or found.verb.lower in {"mean", "means"}
    is_past = found.verb.lower in {"was", "were"}
    cited = is_cited(found.tokens, len(found.subject))
    is_bare_chance = found.verb.lower in {"may", "might", "could"}
    if is_bare_chance or found.subject[0].tag == "NNP":
        return False
    return known and is_now and not is_past and not is_definition and not cited


def _of_people(found: Clause) -> bool:
    """*No man*, *most people*, *every potter*: people in general."""
    head = found.tokens[found.phrase.head] if found.phrase else found.tokens[0]
    opens = found.subject[0]
    return head.lower in word_set("nouns", "persons") and (
        opens.lower in word_set("claims", "quantities") or opens.tag in {"NNS", "JJ"}
    )


_ARTICLES = frozenset({"a", "an", "one", "another", "the"})
_ANYBODY = frozenset({"you", "we", "nobody", "everybody", "everyone", "nothing"})


def _is_empty_it(found: Clause) -> bool:
    """*It is wise to …*, *it is never the glaze that …*."""
    lowers = [token.lower for token in found.tokens]
    is_plain = lowers[:2] == ["it", "is"] and found.rest[0].tag == "JJ"
    return is_plain and lowers[3:4] in (["to"], ["that"]) and "say" not in lowers
