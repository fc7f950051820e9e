"""Pieces of work for tests, on a workspace of their own."""

from collections.abc import Callable, Iterable, Iterator

from builders import a_recipe, an_example, keep_document
from lorewright.jobs import Piece, Prepared, Step
from lorewright.lineage import Ref
from lorewright.records import Document, Record, Rejection
from lorewright.store import Store

Work = Callable[[int], Iterable[Record]]


def a_step(store: Store, *, code: str = "1") -> Step:
    recipe = a_recipe("generate")
    store.put(recipe)
    return Step("generate", code, recipe.ref)


def a_piece(number: int, work: Work, *inputs: Ref) -> Piece:
    """A piece that is known by its number."""
    label = Ref("recipe", f"{number:064x}")
    return Piece(f"piece {number}", lambda: Prepared((label, *inputs), lambda: work(number)))


def some_pieces(count: int, work: Work) -> Iterator[Piece]:
    return (a_piece(number, work) for number in range(count))


def three_each(document: Document) -> Work:
    """Two examples of its own for each piece, and one that ten pieces share."""

    def work(number: int) -> Iterator[Record]:
        yield an_example(document, question=f"{number} a?")
        yield an_example(document, question=f"{number} b?")
        yield an_example(document, question=f"shared {number % 10}?")

    return work


def turned_down(document: Document, number: int, reason: str) -> Rejection:
    return Rejection(
        step="generate",
        outcome="rejected",
        reason=reason,
        detail=f"number {number}",
        made_from=(document.ref,),
    )


def a_document_in(store: Store) -> Document:
    return keep_document(store)
