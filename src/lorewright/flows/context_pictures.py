"""The page and the drawing about a document, or several, as a whole."""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path

from lorewright.analyze.context import RULES, chunks_below, outermost
from lorewright.errors import NotYet, UsageError
from lorewright.flows.context_desk import layout_of
from lorewright.flows.context_tables import complexity_table, counts_table
from lorewright.flows.places import moment_of, page_of
from lorewright.lineage import Ref
from lorewright.pictures import (
    ClaimList,
    ContextGraph,
    ContextPage,
    GraphChunk,
    GraphPart,
    GraphRelation,
    GraphTheme,
    PageClaim,
    Quoted,
    Table,
    context_graph,
    counted,
    render_context,
    standalone,
)
from lorewright.records import (
    CorpusContext,
    Document,
    DocumentContext,
    Evidence,
    NotedTheme,
    Relation,
    Theme,
)
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, remember_file

SUFFIXES = (".html", ".svg")
MOST_PARTS = 60
"""Lines where parts begin; the first are drawn."""
QUOTES = 3
"""Quotes of one claim that the page shows; the record has them all."""


def draw_context(
    workspace: Workspace,
    store: Store,
    settings: Settings,
    found: DocumentContext | CorpusContext | None,
    path: Path,
) -> Path:
    """Write the page (.html) or only the drawing (.svg) about a context.

    Raises:
        UsageError: when the file has another ending.
        NotYet: when there is no context.
    """
    if found is None:
        raise NotYet(
            "nothing is known about these documents together",
            hint="name one of them to draw it alone",
        )
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"a picture ends with {' or '.join(SUFFIXES)}", where=str(path), hint="rename it"
        )
    page = _Drawn(store, settings, found).page()
    is_page = path.suffix.lower() == ".html"
    text = render_context(page) if is_page else standalone(context_graph(page.graph))
    path.parent.mkdir(parents=True, exist_ok=True)
    place, content = workspace.local_path(path), text.encode()
    # Remembered before it is written: what it repeats must be found when a source is erased.
    remember_file(store, place, "report", found.ref)
    path.write_bytes(content)
    remember_file(store, place, "report", found.ref, hashlib.sha256(content).hexdigest())
    return path


class _Drawn:
    """A context beside the words that it points at; several documents lie in a row."""

    def __init__(
        self, store: Store, settings: Settings, found: DocumentContext | CorpusContext
    ) -> None:
        self._found = found
        refs = (found.document,) if isinstance(found, DocumentContext) else found.documents
        self._layouts = [layout_of(store, settings, ref) for ref in refs]
        ends = [one.chunks[-1].end for one in self._layouts]
        self._before = dict(zip(refs, accumulate([0, *ends[:-1]]), strict=True))
        chunks = [chunk for one in self._layouts for chunk in one.chunks]
        self._place = {chunk.ref: at for at, chunk in enumerate(chunks)}
        self._chunks = chunks

    def page(self) -> ContextPage:
        """Everything that the page shows."""
        found = self._found
        return ContextPage(
            title=self._title,
            headline=self._headline(),
            name=found.ref,
            made_by="rules, without a teacher" if found.teacher == RULES else found.teacher,
            graph=self._graph(),
            lists=tuple(self._lists()),
            counts=self._counts(),
            complexity=self._complexity(),
        )

    @property
    def _title(self) -> str:
        titles = [one.document.title for one in self._layouts]
        if len(titles) < 3:
            return " and ".join(titles)
        return f"{titles[0]} and {len(titles) - 1} other documents"

    def _headline(self) -> str:
        found, chunks = self._found, len(self._chunks)
        themes = counted(len(found.themes or ()), "theme")
        ties = counted(len(found.relations or ()), "relation")
        read = f"{counted(chunks, 'chunk')}, {themes}, {ties}"
        if isinstance(found, CorpusContext):
            return f"{len(found.documents):,} documents, {read}."
        asked = "" if found.teacher == RULES else f", read in {counted(found.groups, 'group')}"
        return f"{read}{asked}."

    def _graph(self) -> ContextGraph:
        found = self._found
        return ContextGraph(
            self._title,
            tuple(
                GraphChunk(self._shift(one.document, one.start), self._shift(one.document, one.end),
                           one.heading)
                for one in self._chunks
            ),
            tuple(self._relation(one) for one in found.relations or ()),
            tuple(GraphTheme(one.name, self._chunks_of(one)) for one in found.themes or ()),
            self._parts(),
        )  # fmt: skip

    def _relation(self, one: Relation) -> GraphRelation:
        evidence = self._found.evidence
        return GraphRelation(
            one.relation,
            self._place[one.source],
            self._place[one.target],
            one.why,
            " ".join(evidence[one.source_evidence[0]].quote.split()),
            " ".join(evidence[one.target_evidence[0]].quote.split()),
        )

    def _chunks_of(self, theme: NotedTheme) -> tuple[int, ...]:
        """The chunks with evidence of a theme, by their places in the row.

        A heading that rules took for a theme stands for all chunks below it.
        """
        places: set[int] = set()
        for layout in self._layouts:
            own = [self._found.evidence[at] for at in theme.evidence]
            own = [one for one in own if one.document == layout.document.ref]
            found = layout.chunks_with(own)
            if self._found.teacher == RULES:
                found = set(chunks_below(layout, own))
            places |= {self._place[layout.chunks[at].ref] for at in found}
        return tuple(sorted(places))

    def _parts(self) -> tuple[GraphPart, ...]:
        """Several documents; of one document, its outermost parts about the subject."""
        if len(self._layouts) > 1:
            return tuple(
                GraphPart(self._shift(one.document.ref, one.chunks[0].start), one.document.title)
                for one in self._layouts
            )
        layout = self._layouts[0]
        first, last = layout.chunks[0].start, layout.chunks[-1].end
        parts = outermost(layout.document.sections)
        inside = [one for one, _ in parts if first <= one.start < last]
        return tuple(GraphPart(one.start, one.heading) for one in inside[:MOST_PARTS])

    def _lists(self) -> Iterable[ClaimList]:
        found = self._found
        yield ClaimList("themes", "Themes", _THEMES, self._themes(), found.reason_for("themes"))
        yield ClaimList("terms", "Terms", _TERMS, self._terms(), found.reason_for("terms"))
        if isinstance(found, DocumentContext):
            yield ClaimList("people", "People", _PEOPLE, self._people(found),
                            found.reason_for("people"))  # fmt: skip
            yield ClaimList("voice", "Voice", _VOICE, self._voice(found), found.reason_for("voice"))
            yield ClaimList("expertise", "Expertise", _EXPERTISE, self._expertise(found),
                            found.reason_for("expertise"))  # fmt: skip
        yield ClaimList("relations", "Relations", _RELATIONS, self._relations(),
                        found.reason_for("relations"))  # fmt: skip

    def _themes(self) -> tuple[PageClaim, ...]:
        return tuple(
            PageClaim(one.name, one.sentence or "", _measure(one), self._quotes(one.evidence))
            for one in self._found.themes or ()
        )

    def _terms(self) -> tuple[PageClaim, ...]:
        if isinstance(self._found, CorpusContext):
            return tuple(
                PageClaim(one.term, one.difference, "", self._quotes((one.first[0], one.second[0])))
                for one in self._found.terms or ()
            )
        return tuple(
            PageClaim(
                one.term,
                "" if one.definition is None else "Defined in the words below.",
                f"{one.uses:,} uses",
                self._quotes(one.places[:1] if one.definition is None else (one.definition,)),
            )
            for one in self._found.terms or ()
        )

    def _people(self, found: DocumentContext) -> tuple[PageClaim, ...]:
        return tuple(
            PageClaim(one.name, one.role or "", f"named {one.mentions:,} times",
                      self._quotes(one.evidence))
            for one in found.people or ()
        )  # fmt: skip

    def _voice(self, found: DocumentContext) -> tuple[PageClaim, ...]:
        return tuple(
            PageClaim(one.trait, "", f"heard in groups with {100 * one.weight:.0f} % of the text",
                      self._quotes(one.evidence))
            for one in found.voice or ()
        )  # fmt: skip

    def _expertise(self, found: DocumentContext) -> tuple[PageClaim, ...]:
        if found.expertise is None:
            return ()
        one = found.expertise
        return (PageClaim(f"For a {one.level}", one.why, "", self._quotes(one.evidence)),)

    def _relations(self) -> tuple[PageClaim, ...]:
        return tuple(
            PageClaim(
                f"Chunk {self._place[one.source] + 1:,} {one.relation.replace('_', ' ')} chunk "
                f"{self._place[one.target] + 1:,}",
                one.why,
                "",
                self._quotes((one.source_evidence[0], one.target_evidence[0])),
            )
            for one in self._found.relations or ()
        )

    def _quotes(self, places: Sequence[int]) -> tuple[Quoted, ...]:
        return tuple(
            Quoted(" ".join(one.quote.split()), self._where(one))
            for one in (self._found.evidence[at] for at in places[:QUOTES])
        )

    def _where(self, one: Evidence) -> str:
        document = self._document(one.document)
        heading = document.section_at(one.start).heading
        parts = [
            document.title if len(self._layouts) > 1 else "",
            f"under “{heading}”" if heading else "",
            page_of(document, one.start, one.end) or "",
            moment_of(document, one.start, one.end) or "",
            f"characters {one.start:,} to {one.end:,}",
            "" if one.match == "exact" else f"{one.match} match",
        ]
        return ", ".join(filter(None, parts))

    def _document(self, ref: Ref) -> Document:
        return next(one.document for one in self._layouts if one.document.ref == ref)

    def _shift(self, document: Ref, at: int) -> int:
        return self._before[document] + at

    def _counts(self) -> Table:
        found = self._found
        unread = found.unread if isinstance(found, DocumentContext) else ()
        aside = sum(len(one.set_aside) for one in self._layouts)
        return counts_table(found.pairs, found.quarantined, unread, aside)

    def _complexity(self) -> Table | None:
        if isinstance(self._found, CorpusContext) or self._found.complexity is None:
            return None
        return complexity_table(self._found.complexity)


def _measure(theme: NotedTheme) -> str:
    if not isinstance(theme, Theme):
        return ""
    return f"in chunks with {100 * theme.weight:.1f} % of the text"


_THEMES = "What it comes back to, the heaviest first."
_TERMS = "The words of its subject."
_PEOPLE = "Whom it speaks of."
_VOICE = "How it speaks."
_EXPERTISE = "For whom it is written."
_RELATIONS = "What its chunks have to do with each other, with the words on both sides."
