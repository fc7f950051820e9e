"""The port of everything that proposes examples, and the door through which they are asked."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from lorewright import plugins
from lorewright.errors import UsageError
from lorewright.lineage import Ref
from lorewright.records import Chunk, Document, Example, Rejection
from lorewright.settings import GenerationSettings


class Generator(Protocol):
    """Proposes question-answer pairs from a stretch of a document.

    An implementation yields an `Example` for every pair that it stands by and a `Rejection`
    for every one that it turned down, so that nothing proposed is lost from the count.
    """

    name: str
    version: str
    levels: frozenset[int]
    """The levels that it can make."""

    def propose(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        *,
        settings: GenerationSettings,
        recipe: Ref,
    ) -> Iterator[Example | Rejection]:
        """Propose pairs from the stretch of `document` that `chunks` cover."""
        ...


def propose(
    document: Document, chunks: Sequence[Chunk], *, settings: GenerationSettings, recipe: Ref
) -> Iterator[Example | Rejection]:
    """Propose pairs with the generator that the settings name.

    Args:
        document: with its text attached.
        chunks: consecutive chunks of the sequential layer of `document`; chunks of other
            layers inside their stretch may stand between them.
        settings: the generator, the levels and the bounds of an answer.
        recipe: the record that holds these settings; a parent of everything proposed.

    Raises:
        PluginError: when no generator has that name.
        UsageError: when the generator cannot make one of the levels asked for.
    """
    generator: Generator = plugins.load("generators", settings.teacher)()
    check_levels(generator, settings)
    return generator.propose(document, chunks, settings=settings, recipe=recipe)


def check_levels(generator: Generator, settings: GenerationSettings) -> None:
    """Refuse levels that `generator` cannot make.

    Raises:
        UsageError: naming the levels that it can.
    """
    beyond = sorted(set(settings.levels) - generator.levels)
    if not beyond:
        return
    able = ", ".join(str(level) for level in sorted(generator.levels))
    hint = f"ask for levels among {able}"
    if 4 in beyond:
        hint += "; level 4 needs a generator that asks a chat model"
    raise UsageError(
        f"the generator {generator.name!r} cannot make level {beyond[0]}",
        where="generation.levels",
        hint=hint,
    )
