"""The pairs that a chat model has written so far, found from the documents they are about."""

from collections.abc import Iterator

from lorewright.lineage import Ref
from lorewright.records import Example, Person, Recipe
from lorewright.store import Store

STEP = "pairs"
"""The step that writes them, in recipes and rejections."""


def written_pairs(store: Store, document: Ref, *, teacher: str | None = None) -> Iterator[Example]:
    """Every living pair about a document, whichever run wrote it, by name.

    What was paid for stays: neither a new version of Lorewright nor another plan makes a pair
    worse. One that is not wanted is rejected by a reviewer. Edited examples are not among
    them; their originals are.

    Args:
        store: where they are kept.
        document: the document.
        teacher: only the pairs of this language model, as in `anthropic:claude-sonnet-4-5`.
    """
    recipes = _recipes(store)
    made = sorted(store.children([document], kind=Example.kind)) if recipes else []
    for example in store.get_many(made, Example):
        is_edit = [ref.kind for ref in example.made_from[:2]] == [Example.kind, Person.kind]
        is_pair = not is_edit and not recipes.isdisjoint(example.made_from)
        if is_pair and teacher in {None, example.teacher}:
            yield example


def _recipes(store: Store) -> frozenset[Ref]:
    """The recipes by which pairs were ever written."""
    known = store.get_many(store.names(Recipe.kind), Recipe)
    return frozenset(recipe.ref for recipe in known if recipe.step == STEP)
