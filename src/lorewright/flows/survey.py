"""What a card tells about a dataset, counted while its members pass by once."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from lorewright import curate
from lorewright.errors import Erased
from lorewright.flows.current import documents_of
from lorewright.lineage import Ref
from lorewright.records import (
    Chunk,
    Dataset,
    Decision,
    Document,
    Example,
    Recipe,
    Rejection,
    Source,
    Split,
    Verb,
)
from lorewright.release import (
    DataFacts,
    DocumentFacts,
    FormFacts,
    RejectedFacts,
    SectionFacts,
    SourceFacts,
)
from lorewright.store import Store, decisions_about, held_out_sections, licence_of

AT_ONCE = 1000
"""Stored bytes in memory at a time."""
TAUGHT = "taught"
USES = {Split.VALID: "watched during training", Split.TRANSFER: "held out for transfer"}
"""What a section is for that nothing may learn from."""
_RECIPE = f"{Recipe.kind}:"
REVIEWS = frozenset({Verb.ACCEPT, Verb.REJECT, Verb.EDIT})
NO_HEADING = "(before any heading)"


class Survey:
    """Counts the members of a dataset; memory does not grow with their number.

    It grows with that of different spans, sections and documents.
    """

    def __init__(self, store: Store, data: Dataset) -> None:
        self._store = store
        self._data = data
        self._documents: dict[Ref, Document] = {}
        self._erased: list[str] = []
        for ref in documents_of(store, data.ref):
            try:
                self._documents[ref] = store.get(ref, Document)
            except Erased as error:
                self._erased.append(error.sentence)
        self._sources = {ref: _source_of(one) for ref, one in self._documents.items()}
        self._decided = _decided(store)
        self._reviewed = self._living = self._ungrounded = self._conversations = 0
        self._forms: Counter[tuple[str, str, Split]] = Counter()
        self._teachers: Counter[str] = Counter()
        self._spans: defaultdict[Ref, set[tuple[int, int]]] = defaultdict(set)
        self._in_section: Counter[tuple[Ref, int]] = Counter()
        self._of_source: Counter[Ref] = Counter()
        self._recipes: set[Ref] = {ref for ref in data.made_from if ref.kind == Recipe.kind}
        self._generation: set[str] = set()

    def take(self, ref: Ref, split: Split, content: Mapping[str, Any]) -> None:
        """Count one member, from its decoded content."""
        self._living += 1
        self._reviewed += ref in self._decided
        self._forms[content["task_form"], content["level"], split] += 1
        self._teachers[content["teacher"]] += 1
        self._ungrounded += not content["evidence"]
        self._conversations += sum(turn["role"] == "user" for turn in content["turns"]) > 1
        self._generation.update(ref for ref in content["made_from"] if ref.startswith(_RECIPE))
        sections: set[tuple[Ref, int]] = set()
        for one in content["evidence"]:
            document = self._documents.get(one["document"])
            if document is not None:
                ref = document.ref
                self._spans[ref].add((one["start"], one["end"]))
                sections.add((ref, document.section_at(one["start"]).start))
        self._in_section.update(sections)
        self._of_source.update({self._sources[ref] for ref, _ in sections})

    def facts(self) -> DataFacts:
        """Everything that was counted, with what the store says about sources and rejections."""
        sections: list[SectionFacts] = []
        characters: Counter[Ref] = Counter()
        covered: Counter[Ref] = Counter()
        for document in self._documents.values():
            for one in self._sections(document):
                sections.append(one)
                characters[_source_of(document)] += one.characters
                covered[_source_of(document)] += one.covered
        rests_on = {_source_of(document): document for document in self._documents.values()}
        return DataFacts(
            record=self._data,
            rejected=tuple(self._rejected()),
            forms=tuple(
                FormFacts(form, level, split, count)
                for (form, level, split), count in sorted(self._forms.items())
            ),
            teachers=tuple(sorted(self._teachers.items())),
            ungrounded=self._ungrounded,
            conversations=self._conversations,
            sources=tuple(
                self._source(ref, document, characters[ref], covered[ref])
                for ref, document in sorted(rests_on.items())
            ),
            documents=tuple(
                DocumentFacts(ref, _source_of(one), one.text.sha256, one.length)
                for ref, one in sorted(self._documents.items())
            ),
            sections=tuple(sections),
            recipes=tuple(
                self._store.get_many(
                    sorted(self._recipes | set(map(Ref.parse, self._generation))), Recipe
                )
            ),
            erased=tuple(self._erased),
            living=self._living,
            reviewed=self._reviewed,
        )

    def _sections(self, document: Document) -> Iterator[SectionFacts]:
        uses = {
            one.start: USES[one.split]
            for one in held_out_sections(self._store, self._data)
            if one.document == document.ref and one.split in USES
        }
        with_text = self._store.document(document.ref)
        for one in curate.coverage(with_text, self._spans[document.ref]).sections:
            yield SectionFacts(
                source=document.title,
                heading=one.section.heading or NO_HEADING,
                use=uses.get(one.section.start, TAUGHT),
                characters=one.characters,
                covered=one.covered,
                examples=self._in_section[document.ref, one.section.start],
            )

    def _source(self, ref: Ref, document: Document, characters: int, covered: int) -> SourceFacts:
        source = self._store.get(ref, Source)
        corrections = [
            one.why
            for one in decisions_about(self._store, ref)
            if one.verb is Verb.LICENCE and one.value
        ]
        return SourceFacts(
            ref=ref,
            file_name=source.file_name,
            media_type=source.media_type,
            sha256=source.content.sha256,
            size=source.content.size,
            licence=licence_of(self._store, source),
            corrected=corrections[-1] if corrections else None,
            origin=source.origin,
            title=document.title,
            author=document.author,
            date=document.date,
            language=document.language,
            examples=self._of_source[ref],
            characters=characters,
            covered=covered,
        )

    def _rejected(self) -> Iterator[RejectedFacts]:
        chunks = self._store.children(self._documents, kind=Chunk.kind)
        counts: Counter[tuple[str, str, bool]] = Counter()
        for content, made_from in _bodies(
            self._store, self._store.children(chunks, kind=Rejection.kind)
        ):
            if not self._generation.isdisjoint(made_from):
                is_failure = content["outcome"] == "failed"
                counts[content["step"], content["reason"], is_failure] += 1
        for (step, reason, is_failure), count in sorted(counts.items()):
            yield RejectedFacts(step, reason, count, is_failure)
        for lost in self._data.rejected_by_reason:
            yield RejectedFacts("curate", lost.reason, lost.count)


def _decided(store: Store) -> set[Ref]:
    """The examples that somebody judged, unless that was taken back."""
    decisions = [
        one
        for one in store.get_many(store.names(Decision.kind), Decision)
        if one.about.kind == Example.kind
    ]
    undone = {one.after for one in decisions if one.verb is Verb.UNDO}
    return {one.about for one in decisions if one.verb in REVIEWS and one.ref not in undone}


def _source_of(document: Document) -> Ref:
    return next(ref for ref in document.made_from if ref.kind == Source.kind)


def _bodies(store: Store, refs: list[Ref]) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Content and parents of stored records, without building them."""
    for at in range(0, len(refs), AT_ONCE):
        for _, body in store.bodies(refs[at : at + AT_ONCE]):
            stored = json.loads(body)
            yield stored["content"], stored["made_from"]
