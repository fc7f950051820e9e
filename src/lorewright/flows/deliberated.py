"""The training text of deliberations, found from the deliberations that it was made from."""

from collections.abc import Iterator

from lorewright.lineage import Ref
from lorewright.records import Deliberation, Example, Person
from lorewright.store import Store


def deliberated_examples(store: Store) -> Iterator[Ref]:
    """Every example that was made from a deliberation, by name.

    Edited ones are not among them; their originals are, and the new words take their place.
    """
    held = store.names(Deliberation.kind)
    made = sorted({name for one in held for name in store.children([one], kind=Example.kind)})
    for example in store.get_many(made, Example):
        if [ref.kind for ref in example.made_from[:2]] != [Example.kind, Person.kind]:
            yield example.ref
