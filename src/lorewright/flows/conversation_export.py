"""Conversations into training files and downloads, with their lineage beside them."""

import hashlib
import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from lorewright.conversations.brightrun.differences import Difference, unlike_records
from lorewright.conversations.brightrun.writing import TrainingJson, TrainingLines
from lorewright.conversations.brightrun.writing_totals import About
from lorewright.conversations.complete import Complete
from lorewright.conversations.downloads import (
    MarkdownPages,
    Messages,
    Spreadsheet,
    WholeJson,
    raw_talk,
    talk_of,
)
from lorewright.conversations.formats import FORMATS, TRAINING_FILES
from lorewright.errors import LorewrightError, NotYet, Refused, StorageError, UsageError
from lorewright.flows.conversation_choice import Choice, LeftOut, Taken, Wanted, choose
from lorewright.flows.conversation_heads import about_of, consultants_of
from lorewright.flows.training_files import (
    TrainingFile,
    gathered,
    keep_version,
    version_of,
)
from lorewright.lineage import Ref
from lorewright.records import Conversation, Enrichment
from lorewright.settings import Settings
from lorewright.store import Store, Workspace, forget_file, remember_file

AT_ONCE = 64
"""Conversations in memory at a time."""
UNFINISHED = ".unfinished"
_NAME = re.compile(r"[\w][\w .-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written."""

    format: str
    name: str = "conversations"
    """Of the training file; its version rises when its conversations change."""
    wanted: Wanted = field(default_factory=Wanted)
    raw: bool = False
    """As conversations came, instead of what the stages made of them."""
    header: bool = False
    """Whether persona, arc and topic are said in front of the system prompt, for steering."""
    check: bool = False
    """Whether the file is read back and compared with the records."""
    folder: Path | None = None


@dataclass(slots=True)
class Exported:
    """A file, written; requested = written + left out."""

    format: str
    path: Path
    lineage: Path
    """Says for each conversation which records it is."""
    requested: int = 0
    written: int = 0
    pairs: int | None = None
    """In a training file."""
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])
    version: TrainingFile | None = None
    """None of what is written raw."""
    consultants: tuple[str, ...] = ()
    """Keys of all that speak in it; the first is the one that a training file shows."""
    unanswered: int = 0
    """Last turns of clients that a file of messages leaves out."""
    renamed_ids: int = 0
    """Pairs that had the id of another one."""
    differences: list[Difference] | None = None
    """Between the file and the records; None when it was not read back."""

    @property
    def reasons(self) -> dict[str, int]:
        """How many were left out, by reason, most first."""
        return dict(Counter(one.reason for one in self.left_out).most_common())


def export_conversations(
    workspace: Workspace, store: Store, settings: Settings, order: Order
) -> Exported:
    """Write the conversations that are wanted, in the order of their ids.

    The same conversations give the same bytes. The file is there whole or not at all.

    Raises:
        UsageError: when the order fits no format.
        NotYet: when there is nothing to write.
    """
    _refuse_impossible(order)
    choice = choose(store, order.wanted, raw=order.raw)
    if not choice.taken:
        raise _nothing(choice)
    version, rests_on = _version(store, order, choice)
    speaking = consultants_of(choice)
    about = About(order.name)
    if version and order.format in TRAINING_FILES:
        about = about_of(workspace, store, choice, version)
        about = replace(about, target=settings.training.base, header=order.header)
    writer = _writer(order, about)
    exported = Exported(
        order.format,
        *_places(workspace, order, writer.file.suffix, version),
        requested=choice.requested,
        left_out=choice.left_out,
        version=version,
        consultants=speaking,
    )
    _write(_Target(workspace, store, rests_on), choice, writer, exported)
    if version:
        keep_version(store, version)
    _count(exported, writer.file)
    if order.check:
        lost = {one.conversation for one in exported.left_out}
        there = [one for one in choice.taken if one.conversation not in lost]
        largest = settings.enrichment.largest_conversation_bytes
        compared = unlike_records(exported.path, _complete(store, there), limit=largest)
        exported.differences = list(compared)
    return exported


def _version(store: Store, order: Order, choice: Choice) -> tuple[TrainingFile | None, Ref]:
    """Which version the file is, and the one record that rests on all that it repeats."""
    if order.raw:
        refs = [one.conversation for one in choice.taken]
        return None, gathered(store, refs, Conversation.kind)
    members = {one.enrichment: one.conversation_id for one in choice.taken if one.enrichment}
    version = version_of(store, order.name, members)
    return version, version.members


def _count(exported: Exported, file: Any) -> None:
    """What only the file itself knows."""
    if isinstance(file, TrainingJson | TrainingLines):
        exported.pairs, exported.renamed_ids = file.totals.pairs, file.ids.renamed
    if isinstance(file, Messages):
        exported.unanswered = file.unanswered


class _Writer(NamedTuple):
    """A file of some format, and what it takes of a conversation."""

    file: Any
    """Has `suffix`, `add`, `head` and `tail`."""
    takes: Callable[[Any], Any]
    """From a complete conversation, or a raw one, to what the file takes."""


class _Target(NamedTuple):
    workspace: Workspace
    store: Store
    rests_on: Ref


def _refuse_impossible(order: Order) -> None:
    if order.format not in FORMATS:
        raise UsageError(
            f"conversations have no format {order.format!r}", hint=f"use {', '.join(FORMATS)}"
        )
    is_training_file = order.format in TRAINING_FILES
    if order.raw and is_training_file:
        raise UsageError(
            f"{order.format} is made of enriched conversations and cannot be written raw",
            hint="the format json has every raw text as it came",
        )
    if order.check and not is_training_file:
        raise UsageError(
            f"a file in the format {order.format} is not read back",
            hint=f"--check works with {', '.join(TRAINING_FILES)}",
        )
    if not _NAME.fullmatch(order.name):
        raise UsageError(
            f"{order.name[:100]!r} cannot be the name of a file",
            hint="use letters, digits, dots, hyphens and blanks",
        )


def _nothing(choice: Choice) -> NotYet:
    if not choice.requested:
        return NotYet(
            "there are no conversations in this workspace",
            hint="have some written with `lorewright generate conversations`, or bring some in "
            "with `lorewright import FILE`",
        )
    why = ", ".join(
        f"{count:,} {reason.replace('_', ' ')}" for reason, count in choice.reasons.items()
    )
    return NotYet(
        f"none of the {choice.requested:,} conversations can be written: {why}",
        hint="`lorewright enrich` readies those that wait; fewer options choose more of the others",
    )


def _places(
    workspace: Workspace, order: Order, suffix: str, version: TrainingFile | None
) -> tuple[Path, Path]:
    folder = order.folder or workspace.exports / order.name
    mark = f"v{version.version}" if version else "raw"
    stem = f"{order.name}-{mark}.{order.format}"
    return folder / f"{stem}{suffix}", folder / f"{stem}.lineage.jsonl"


def _writer(order: Order, about: About) -> _Writer:
    def as_it_is(one: Any) -> Any:
        return one

    talk: Callable[[Any], Any] = raw_talk if order.raw else talk_of
    match order.format:
        case "brightrun-v4":
            return _Writer(TrainingJson(about), as_it_is)
        case "brightrun-v5":
            return _Writer(TrainingJson(about, is_v5=True), as_it_is)
        case "brightrun-v4-jsonl":
            return _Writer(TrainingLines(about), as_it_is)
        case "messages":
            return _Writer(Messages(header=order.header, raw=order.raw), talk)
        case "csv":
            return _Writer(Spreadsheet(), talk)
        case "markdown":
            return _Writer(MarkdownPages(order.name), talk)
        case _:
            return _Writer(WholeJson(raw=order.raw), as_it_is)


def _write(target: _Target, choice: Choice, writer: _Writer, exported: Exported) -> None:
    paths = (exported.path, exported.lineage)
    drafts = [path.with_name(f"{path.name}{UNFINISHED}") for path in paths]
    store, places = target.store, [target.workspace.local_path(path) for path in (*paths, *drafts)]
    try:
        exported.path.parent.mkdir(parents=True, exist_ok=True)
        for place in places:
            # Remembered before it is written: what it repeats must be found on erasing.
            remember_file(store, place, "export", target.rests_on)
        with ExitStack() as stack:
            body = stack.enter_context(tempfile.TemporaryFile(dir=exported.path.parent))
            out, lineage = (_Hashing(stack.enter_context(one.open("wb"))) for one in drafts)
            _fill(store, choice, writer, exported, body=body, lineage=lineage)
            body.seek(0)
            out.write(writer.file.head())
            shutil.copyfileobj(body, out, 1 << 20)
            out.write(writer.file.tail())
        for path, draft in zip(paths, drafts, strict=True):
            draft.replace(path)
    except OSError as error:
        raise StorageError.from_system(
            error, doing="the file cannot be written", where=str(exported.path)
        ) from error
    finally:
        for draft, place in zip(drafts, places[2:], strict=True):
            with suppress(OSError):  # it was put in its place, or never begun
                draft.unlink()
            forget_file(store, place)
    for place, written in zip(places, (out, lineage), strict=False):
        remember_file(store, place, "export", target.rests_on, written.digest.hexdigest())


def _fill(
    store: Store,
    choice: Choice,
    writer: _Writer,
    exported: Exported,
    *,
    body: IO[bytes],
    lineage: "_Hashing",
) -> None:
    """Write every conversation that the format can hold; count the others."""
    is_raw = exported.version is None
    found = _raw(store, choice.taken) if is_raw else _complete(store, choice.taken)
    there = set[Ref]()
    for one in found:
        conversation = one if isinstance(one, Conversation) else one.conversation
        there.add(conversation.ref)
        try:
            for piece in writer.file.add(writer.takes(one)):
                body.write(piece)
        except LorewrightError as error:
            if not isinstance(error, Refused) and not is_raw:
                raise
            exported.left_out.append(
                LeftOut(
                    conversation.conversation_id,
                    conversation.ref,
                    "format_cannot_hold_it",
                    error.sentence,
                )
            )
            continue
        exported.written += 1
        lineage.write(f"{json.dumps(_origin(one), ensure_ascii=False)}\n".encode())
    exported.left_out += (
        LeftOut(one.conversation_id, one.conversation, "erased", "it was erased meanwhile")
        for one in choice.taken
        if one.conversation not in there
    )


def _raw(store: Store, taken: list[Taken]) -> Iterator[Conversation]:
    return store.get_many((one.conversation for one in taken), Conversation)


def _complete(store: Store, taken: list[Taken]) -> Iterator[Complete]:
    """What is taken with its enrichment; what was erased meanwhile is left out."""
    rest = iter(taken)
    while batch := list(islice(rest, AT_ONCE)):
        talks = {
            one.ref: one
            for one in store.get_many((one.conversation for one in batch), Conversation)
        }
        refs = [one.enrichment for one in batch if one.enrichment]
        made = {one.ref: one.content for one in store.get_many(refs, Enrichment)}
        for one in batch:
            conversation = talks.get(one.conversation)
            content = made.get(one.enrichment) if one.enrichment else None
            if conversation and content and one.enrichment:
                if one.is_reviewed and not content.human_reviewed:
                    content = content.model_copy(update={"human_reviewed": True})
                yield Complete(conversation, one.enrichment, content)


def _origin(one: Complete | Conversation) -> Mapping[str, Any]:
    conversation = one if isinstance(one, Conversation) else one.conversation
    return {
        "conversation_id": conversation.conversation_id,
        "conversation": conversation.ref,
        "enrichment": None if isinstance(one, Conversation) else one.enrichment,
        "evidence": [
            {"document": each.document, "start": each.start, "end": each.end}
            for each in conversation.evidence
        ],
        "made_from": list(conversation.made_from),
    }


class _Hashing:
    """A file and the hash of what was written into it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        """Append `piece`."""
        self.digest.update(piece)
        return self._file.write(piece)
