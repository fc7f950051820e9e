"""From a training file to conversations, and at once to their enrichments.

A file is read as a stream: its bytes become a source, its conversations records in batches, each
batch committed as one piece of work. A run that was cut off goes on where it was, and the same
file again makes nothing new.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from lorewright import jobs
from lorewright.conversations.brightrun import (
    Found,
    Head,
    Place,
    Unusable,
    conversations_in,
    head_of,
    identity_of,
    is_in_lines,
)
from lorewright.conversations.enriching import shown
from lorewright.errors import LorewrightError, OutsideError
from lorewright.flows.conversation_examples import make_examples
from lorewright.flows.current import step_of
from lorewright.flows.enriching import Tally, enrich_conversations, tally
from lorewright.flows.files import digest_of
from lorewright.flows.source_files import Terms, usable_source
from lorewright.jobs import Piece, Prepared, Progress, Watch
from lorewright.lineage import Ref
from lorewright.records import (
    Conversation,
    RawForm,
    Rejection,
    Severity,
    Source,
)
from lorewright.settings import Settings
from lorewright.store import Store

STEP = "import"
AT_ONCE, MOST_BYTES = 64, 1 << 20
"""The most conversations of one piece of work, and the most bytes of them unless one has more."""
AHEAD = 4
"""Pieces that are begun and not committed: what is in memory at a time."""
TOLD = 1_000
"""Issues of a file that are told with it; every conversation keeps all of its own."""
REPEATED = "repeated"
"""Why a conversation that stands in a file twice, letter by letter, is kept once."""


class Complaint(NamedTuple):
    """One thing that is wrong with a file, where it is and what helps."""

    line: int
    """In the file."""
    conversation: Ref | None
    """None for what stands outside of all that could be kept."""
    code: str
    severity: str
    field: str
    message: str


@dataclass(slots=True)
class Imported:
    """What became of one file."""

    path: Path
    source: Ref
    form: RawForm
    was_here: bool = False
    """Whether something of this file was kept before."""
    requested: int = 0
    """What stands in its list of conversations, or in its lines, whatever it is."""
    conversations: int = 0
    """Those that are kept, each letter by letter."""
    new: int = 0
    """Those of them that were not here before."""
    enriched: int = 0
    """Conversations that were taken through the stages now."""
    rejected: Counter[str] = field(default_factory=Counter[str])
    """What is not for a trainer, by reason; kept with it."""
    failed: int = 0
    """What could not be done now and is done when the command is run again."""
    tally: Tally = field(default_factory=Tally)
    complaints: list[Complaint] = field(default_factory=list[Complaint])
    """By line; no more than are told."""
    failures: list[tuple[str, LorewrightError]] = field(
        default_factory=list[tuple[str, LorewrightError]]
    )

    @property
    def accepted(self) -> int:
        """Conversations that went through every stage."""
        return self.tally.completed

    @property
    def is_known(self) -> bool:
        """Whether nothing of it was new."""
        return self.was_here and not (self.new or self.enriched or self.failed)


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of all files that were named."""

    files: tuple[Imported, ...]
    unreadable: tuple[tuple[Path, LorewrightError], ...]
    """Those of which nothing could be read, with the reason."""


def import_conversations(
    paths: Iterable[Path],
    *,
    store: Store,
    settings: Settings,
    terms: Terms = Terms(),  # noqa: B008 - it never changes
    own: Path | None = None,
    watch: Watch = lambda _progress: None,
) -> Brought:
    """Bring in training files; one that cannot be read is told and the others go on.

    What is complete becomes an example each, ready for a dataset.

    Args:
        paths: the files.
        store: where everything is kept.
        settings: the item limit.
        terms: licence and origin of all of them.
        own: the folder with the operator's own catalogues.
        watch: is told of each piece of work, by bytes of the file.
    """
    files: list[Imported] = []
    unreadable: list[tuple[Path, LorewrightError]] = []
    for path in paths:
        try:
            source, head = _source_of(path, store, terms)
        except LorewrightError as error:
            if isinstance(error, OutsideError):
                raise
            unreadable.append((path, error))
            continue
        reading = _Reading(path, source, head, store, settings)
        files.append(reading.brought_in(own, watch))
    examples = make_examples(store, settings)
    if examples.failed:
        raise examples.failed[0][1]
    return Brought(tuple(files), tuple(unreadable))


def _source_of(path: Path, store: Store, terms: Terms) -> tuple[Source, Head]:
    """The file as a source that may be used, kept; and what it says of all conversations.

    Raises:
        Unreadable: when it cannot be read, or is no training file.
        Refused: when it is here with another licence, or was withdrawn.
        Erased: when it was destroyed on purpose.
    """
    content = digest_of(path)
    head = head_of(path)
    media_type = "application/jsonl" if is_in_lines(path) else "application/json"
    source = usable_source(store, path, content, media_type, terms)
    store.put_file(path)
    store.put(source)
    return source, head


class _Lines:
    """On which line of its file each conversation begins; sixteen bytes for each."""

    def __init__(self) -> None:
        self._names = array("Q")
        self._before = array("q")

    def add(self, ref: Ref, found: Found) -> None:
        self._names.append(_short(ref))
        apart = found.lines_before is None
        self._before.append(-found.place.line if apart else found.line(0))

    def at(self, ref: Ref, of_raw: int) -> int:
        """The line of the file; where its lines lie apart, that of the first."""
        before = self._before[self._names.index(_short(ref))]
        return -before if before < 0 else max(before + of_raw, 1)


def _short(ref: Ref) -> int:
    return int(ref.id[:16], 16)


class _Reading:
    """One file while it is read."""

    def __init__(
        self, path: Path, source: Source, head: Head, store: Store, settings: Settings
    ) -> None:
        self._path, self._source, self._store, self._settings = path, source.ref, store, settings
        self._form = head.form
        self._lines = _Lines()
        self._seen: dict[str, int] = {}
        self._called = set[str]()
        self._batches: list[list[Ref]] = []
        self._sizes: dict[str, int] = {}
        self._outside = [
            Complaint(1, None, "UNKNOWN_KEY", Severity.WARNING, shown(one), "it is not read")
            for one in head.other
        ]
        self._told = Imported(path, source.ref, head.form)

    def brought_in(self, own: Path | None, watch: Watch) -> Imported:
        """Keep all that is in the file, enrich it, and count what became of it."""
        before = set(self._store.children([self._source]))
        self._told.was_here = bool(before)
        report = jobs.run(
            self._pieces(),
            step=step_of(self._store, STEP),
            store=self._store,
            watch=watch,
            ahead=AHEAD,
        )
        made = set(report.made)
        batches = [[ref for ref in batch if ref in made] for batch in self._batches]
        batches = [batch for batch in batches if batch]
        enriching = enrich_conversations(
            self._store,
            self._settings,
            about=batches,
            own=own,
            watch=lambda done: watch(Progress(done.label, 0, done.made)),
        )
        told = self._told
        told.tally = tally(self._store, self._settings, about=batches, shown=TOLD)
        told.conversations = told.tally.conversations
        told.new = sum(ref not in before for batch in batches for ref in batch)
        told.enriched = enriching.accepted
        told.rejected = report.rejected + Counter(told.tally.stopped)
        lost = sum(self._sizes[label] for label, _ in report.failed)
        told.failed = lost + told.tally.open
        told.failures = [*report.failed, *enriching.failed]
        self._complain()
        return told

    def _pieces(self) -> Iterator[Piece]:
        batch: list[Conversation | Rejection] = []
        size = 0
        for found in conversations_in(
            self._path, limit=self._settings.enrichment.largest_conversation_bytes
        ):
            weight = found.place.end - found.place.start
            if batch and (len(batch) >= AT_ONCE or size + weight > MOST_BYTES):
                yield self._piece(batch, size)
                batch, size = [], 0
            batch.append(self._record(found))
            size += weight
        if batch:
            yield self._piece(batch, size)

    def _piece(self, batch: list[Conversation | Rejection], size: int) -> Piece:
        last = sum(self._sizes.values()) + len(batch)
        label = f"{self._path.name}, {last - len(batch) + 1:,} to {last:,}"
        names = tuple(one.ref for one in batch)
        self._sizes[label] = len(batch)
        self._batches.append([ref for ref in names if ref.kind == Conversation.kind])
        return Piece(label, lambda: Prepared((self._source, *names), lambda: batch, weight=size))

    def _record(self, found: Found | Unusable) -> Conversation | Rejection:
        self._told.requested += 1
        if isinstance(found, Unusable):
            return self._rejection(found.place, found.reason, found.detail)
        first = self._seen.setdefault(found.digest, found.place.line)
        if first != found.place.line:
            said = f"it is the same, letter by letter, as the one in line {first:,}"
            return self._rejection(found.place, REPEATED, said)
        who = identity_of(found.raw)
        name = who.conversation_id
        record = Conversation(
            conversation_id=f"{name}-{found.digest}" if name in self._called else name,
            scaffold=who.scaffold,
            form=self._form,
            raw=found.raw,
            teacher=who.teacher,
            is_control=who.is_control,
            made_from=(self._source,),
        )
        self._called.add(name)
        self._lines.add(record.ref, found)
        return record

    def _rejection(self, place: Place, reason: str, detail: str) -> Rejection:
        """What is none, or is too large: its words stay in the file, which is kept."""
        self._outside.append(
            Complaint(place.line, None, reason.upper(), Severity.BLOCKER, "", detail)
        )
        where = f"line {place.line:,}, bytes {place.start:,} to {place.end:,} of the file"
        return Rejection(
            step=STEP,
            outcome="rejected",
            reason=reason,
            detail=f"{where}: {detail}",
            made_from=(self._source,),
        )

    def _complain(self) -> None:
        """What is wrong, by line of the file; blockers are told before there are too many."""
        of_stages = [
            Complaint(
                self._lines.at(one.conversation, one.line or 1),
                one.conversation,
                *(one.code, one.severity, one.field, one.message),
            )
            for one in self._told.tally.shown
        ]
        self._told.complaints = sorted(
            [*self._outside, *of_stages][:TOLD], key=lambda one: one.line
        )
