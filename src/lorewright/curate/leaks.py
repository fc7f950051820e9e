"""Held-out examples whose words are trained on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lorewright.curate.curation import TurnedDown
from lorewright.curate.item import Item
from lorewright.lineage import Ref
from lorewright.prose import Span
from lorewright.records import Document
from lorewright.similarity import Overlaps, exact_digest

RUN = 8
"""Runs of this many words are counted."""
MOST_CONTAINED = 0.2
"""So much of an example's runs may be stock phrases that are trained on as well."""
LONG_RUN = 13
"""A run of this many words is no stock phrase: one is enough."""


def leaking(
    held_out: Sequence[Item],
    *,
    trained: Iterable[Item],
    taught: Mapping[Ref, Sequence[Span]],
    documents: Mapping[Ref, Document],
) -> dict[Ref, TurnedDown]:
    """The examples of `held_out` that training gives away, wherever the words come from.

    An example leaks when its question, its answer or a passage it cites is, word for word,
    one that is trained on; when more than a fifth of its runs of eight words stand in what is
    trained on; or when a single run of thirteen does.

    Args:
        held_out: what the transfer and valid splits would hold.
        trained: the training split.
        taught: for every document the spans that a base model made here may read.
        documents: with their text attached.
    """
    search = _Search(held_out, documents)
    for item in trained:
        search.read_example(item)
    for document, spans in sorted(taught.items()):
        for start, end in spans:
            search.read_text(documents[document].words[start:end], label=document)
    return dict(search.findings())


class _Search:
    def __init__(self, held_out: Sequence[Item], documents: Mapping[Ref, Document]) -> None:
        self._held_out = held_out
        self._documents = documents
        parts = [tuple(item.parts()) for item in held_out]
        self._runs = Overlaps(parts, RUN)
        self._long_runs = Overlaps(parts, LONG_RUN, whole=False)
        self._trained: dict[bytes, Ref] = {}

    def read_example(self, item: Item) -> None:
        for words in self._said(item):
            self._trained.setdefault(exact_digest(words), item.name)
        for part in item.parts():
            self.read_text(part, label=item.name)

    def read_text(self, words: str, *, label: Ref) -> None:
        self._runs.read(words, label=label)
        self._long_runs.read(words, label=label)

    def findings(self) -> Iterator[tuple[Ref, TurnedDown]]:
        for index, item in enumerate(self._held_out):
            found = self._repeated(item) or self._overlapping(index)
            if found:
                detail, source = found
                other = source if source.kind == "example" else None
                yield item.name, TurnedDown("leaks_into_training", detail, other)

    def _repeated(self, item: Item) -> tuple[str, Ref] | None:
        digests = ((words, exact_digest(words)) for words in self._said(item))
        other = next((self._trained[one] for _, one in digests if one in self._trained), None)
        if other is None:
            return None
        return f"its question, answer or evidence is, word for word, in {other.short}", other

    def _overlapping(self, index: int) -> tuple[str, Ref] | None:
        if source := self._long_runs.first_reader(index):
            name = Ref.parse(source)
            return f"a run of {LONG_RUN} of its words stands in {name.short}", name
        contained, source = self._runs.containment(index), self._runs.first_reader(index)
        if source is None or contained <= MOST_CONTAINED:
            return None
        name = Ref.parse(source)
        detail = f"{contained:.0%} of its runs of {RUN} words are trained on, as in {name.short}"
        return detail, name

    def _said(self, item: Item) -> Iterator[str]:
        """The questions, the answers and the passages of an example."""
        yield from item.parts()
        for cited in item.evidence:
            yield self._documents[cited.document].words[cited.start : cited.end]
