"""Scenarios beside what an adapter was trained on: what training gives away of them."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from lorewright.errors import Erased
from lorewright.evaluate.scenarios import NAMED, find_leaks, section_group
from lorewright.lineage import Ref
from lorewright.measures import Held, Leak
from lorewright.records import (
    Chunk,
    Conversation,
    Dataset,
    Deliberation,
    Document,
    Example,
    Scenario,
    Source,
    Split,
)
from lorewright.store import Store, examples

LEARNT = (Split.TRAIN, Split.VALID)
"""What an adapter has learnt from, and what its training was steered by."""
AT_ONCE = 64


class Checked(NamedTuple):
    """What was compared, and what was found."""

    leaks: tuple[Leak, ...]
    """`held_out` is the id of a scenario, `trained` the name of an example."""
    scenarios: int
    examples: int
    """Of the train and valid splits."""
    erased: int
    """Examples of these that are gone and could not be compared."""

    @property
    def leaking(self) -> int:
        """How many scenarios leak, in whatever way."""
        return len({leak.held_out for leak in self.leaks})


def check_leaks(store: Store, scenarios: Sequence[Scenario], dataset: Dataset) -> Checked:
    """Look for every leak between scenarios and a dataset; there must be none.

    Raises:
        MissingExtra: when scikit-learn is not installed.
    """
    trained = _Trained(store, dataset)
    leaks = find_leaks(scenarios, trained)
    held = (dataset.membership(split) for split in LEARNT)
    total = sum(one.count for one in held if one is not None)
    return Checked(leaks, len(scenarios), trained.seen, total - trained.seen)


class _Trained:
    """The examples that were learnt from, each with all its turns and what it belongs to."""

    def __init__(self, store: Store, dataset: Dataset) -> None:
        self.seen = 0
        self._store = store
        self._dataset = dataset
        self._documents: dict[Ref, Document | None] = {}

    def __iter__(self) -> Iterator[Held]:
        for split in LEARNT:
            found = examples(self._store, self._dataset, split)
            while batch := list(islice(found, AT_ONCE)):
                self.seen += len(batch)
                yield from self._held(batch)

    def _held(self, batch: Sequence[Example]) -> Iterator[Held]:
        named = self._names([ref for one in batch for ref in one.made_from])
        chunks = self._chunks([ref for one in batch for ref in one.made_from])
        for example in batch:
            groups = set(map(str, example.made_from))
            for ref in example.made_from:
                groups |= named.get(ref, set())
                if chunk := chunks.get(ref):
                    groups |= self._places(chunk.document, (chunk.start, chunk.end))
                if ref.kind == Document.kind:
                    groups |= self._files(ref)
            for cited in example.evidence:
                groups |= self._places(cited.document, (cited.start, cited.end))
            turns = tuple(turn.text for turn in example.turns)
            yield Held(str(example.ref), turns, tuple(sorted(groups)))

    def _names(self, refs: Sequence[Ref]) -> dict[Ref, set[str]]:
        """The ids of the conversations among `refs`, with those that they are counterparts of."""
        found: dict[Ref, set[str]] = {}
        held = dict.fromkeys(ref for ref in refs if ref.kind == Conversation.kind)
        for one in self._store.get_many(held, Conversation):
            groups = {f"{NAMED}{one.conversation_id}", *map(str, one.made_from)}
            originals = [ref for ref in one.made_from if ref.kind == Conversation.kind]
            for original in self._store.get_many(originals, Conversation):
                groups |= {f"{NAMED}{original.conversation_id}", *map(str, original.made_from)}
            found[one.ref] = groups
        panels = dict.fromkeys(ref for ref in refs if ref.kind == Deliberation.kind)
        for one in self._store.get_many(panels, Deliberation):
            found[one.ref] = {f"{NAMED}{one.conversation_id}"}
        return found

    def _chunks(self, refs: Sequence[Ref]) -> dict[Ref, Chunk]:
        names = dict.fromkeys(ref for ref in refs if ref.kind == Chunk.kind)
        return {one.ref: one for one in self._store.get_many(names, Chunk)}

    def _places(self, name: Ref, span: tuple[int, int]) -> set[str]:
        """The document, its files, and every section that a stretch of it touches."""
        document = self._document(name)
        if document is None:
            return {str(name)}
        start, end = span
        touched = {
            section_group(name.id, one.start)
            for one in document.sections
            if one.start < end and start < one.end
        }
        return {str(name), *touched, *self._files(name)}

    def _files(self, name: Ref) -> set[str]:
        document = self._document(name)
        sources = [ref for ref in document.made_from if ref.kind == Source.kind] if document else []
        named = (one.file_name for one in self._store.get_many(sources, Source))
        return {*map(str, sources), *(f"{NAMED}{name}" for name in named)}

    def _document(self, name: Ref) -> Document | None:
        """A document without its text; None when it was erased."""
        if name not in self._documents:
            try:
                self._documents[name] = self._store.get(name, Document)
            except Erased:
                self._documents[name] = None
        return self._documents[name]
