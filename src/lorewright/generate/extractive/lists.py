"""Questions that a list answers."""

from collections.abc import Iterator

from lorewright.generate.extractive.clauses import Tokens, is_smooth, trimmed
from lorewright.generate.extractive.context import Context
from lorewright.generate.extractive.drafts import Draft
from lorewright.generate.extractive.headings import HeadingKind, read_heading
from lorewright.generate.extractive.parts import Listing
from lorewright.generate.extractive.passages import Sentence
from lorewright.generate.extractive.verbs import gerund


def procedure(listing: Listing, context: Context) -> Iterator[Draft]:
    """*To glaze a pot: 1. …* asks how you glaze a pot, and for the steps of glazing it."""
    if listing.items < 2:
        return
    if listing.intro is not None and (deed := _deed(listing.intro)):
        verb, rest = deed[0].lower, context.words(deed[1:])
        yield Draft("procedure", f"How do you {verb} {rest}?")
        yield Draft("steps", f"What are the steps in {gerund(verb)} {rest}?")
        return
    heading = read_heading(context.heading, context.vocabulary)
    if listing.is_numbered and listing.items >= 3 and heading and heading.kind is HeadingKind.NOUN:
        name = context.name_for(heading.within)
        yield Draft("steps", f"What points does {name} list under {heading.within}?", level=2)


def _deed(intro: Sentence) -> Tokens:
    """What *To glaze a pot:* introduces: verb and object; empty for any other sentence."""
    tokens = trimmed(intro.tokens)
    opens = [token.lower for token in tokens[:1]] == ["to"]
    return tokens[1:] if opens and 3 <= len(tokens) <= 14 and is_smooth(tokens, commas=0) else ()
