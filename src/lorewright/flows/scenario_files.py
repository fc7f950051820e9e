"""Scenarios from files and into files; what comes along is a file too."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from lorewright.errors import StorageError, Unreadable
from lorewright.evaluate.scenarios import (
    STEP,
    BadRow,
    Draft,
    Row,
    draft_of,
    families_of,
    rows_in,
    shipped,
    shipped_bytes,
    unread,
    without_repeats,
    written,
)
from lorewright.flows.files import read_file
from lorewright.flows.scenarios import check_name, keep_set, scenarios_of
from lorewright.flows.source_files import Terms, usable_source
from lorewright.records import Blob, Rejection, ScenarioSet, Source
from lorewright.store import Store, Workspace, remember_file

MEDIA = {".jsonl": "application/jsonl", ".json": "application/json", ".csv": "text/csv"}
SHIPPED = Terms("Apache-2.0", "it came along with Lorewright")
SHIPPED_FILE = "safety.toml"
TOLD = 3
"""Reasons that stand in the error where no row can be used."""


class Imported(NamedTuple):
    """A set that was brought in, and what of its file is not in it."""

    set: ScenarioSet
    source: Source
    rejected: tuple[BadRow, ...]
    """By row."""
    unread: tuple[str, ...]
    """Names of fields that stand for nothing here."""
    was_here: bool
    """Whether the same file was brought in under this name before."""


def import_scenarios(store: Store, path: Path, name: str, *, terms: Terms = Terms()) -> Imported:  # noqa: B008 - it never changes
    """Bring in a file of scenarios as the set `name`; a row that is off hinders no other.

    Raises:
        Unreadable: when the file cannot be read, or no row of it can be used.
        Refused: when it is here with another licence, or was withdrawn.
        Erased: when it was destroyed on purpose.
    """
    check_name(name)
    content = read_file(path)
    read = _read(content, path.name)
    source = usable_source(store, path, _blob(content), MEDIA[path.suffix.lower()], terms)
    return _kept(store, name, source, content, read)


def import_shipped(store: Store, name: str = "safety") -> Imported:
    """Bring in the scenarios that came along.

    Raises:
        Refused: when they were withdrawn.
        Erased: when they were destroyed on purpose.
    """
    check_name(name)
    content = shipped_bytes()
    path = Path(SHIPPED_FILE)
    source = usable_source(store, path, _blob(content), "application/toml", SHIPPED)
    return _kept(store, name, source, content, _Read([*shipped()], [], set()))


def export_scenarios(workspace: Workspace, store: Store, found: ScenarioSet, file: Path) -> int:
    """Write a set into a file that can be read back; how many scenarios there are.

    Raises:
        UsageError: when files with this ending are not written.
        StorageError: when it cannot be written.
        Erased: when scenarios of the set were erased.
        Refused: when it rests on a withdrawn source.
    """
    scenarios = scenarios_of(store, found)
    content = written(scenarios, file.suffix.lower()).encode()
    place = workspace.local_path(file)
    # Remembered before it is written: what it repeats must be found on erasing.
    remember_file(store, place, "export", found.ref)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise StorageError.from_system(
            error, doing="the scenarios cannot be written", where=str(file)
        ) from error
    remember_file(store, place, "export", found.ref, hashlib.sha256(content).hexdigest())
    return len(scenarios)


def _blob(content: bytes) -> Blob:
    return Blob(sha256=hashlib.sha256(content).hexdigest(), size=len(content))


class _Read(NamedTuple):
    """What stands in a file."""

    drafts: list[Draft]
    bad: list[BadRow]
    strange: set[str]


def _read(content: bytes, file_name: str) -> _Read:
    read = _Read([], [], set())
    for row in rows_in(content, file_name):
        draft = row if isinstance(row, BadRow) else draft_of(row)
        if isinstance(draft, BadRow):
            read.bad.append(draft)
        else:
            read.drafts.append(draft)
        if isinstance(row, Row):
            read.strange.update(unread(row))
    return read


def _kept(store: Store, name: str, source: Source, content: bytes, read: _Read) -> Imported:
    sifted = without_repeats(read.drafts)
    rejected = tuple(sorted((*read.bad, *sifted.repeated)))
    if not sifted.drafts:
        said = "; ".join(f"row {one.number:,}: {one.detail}" for one in rejected[:TOLD])
        raise Unreadable(
            f"none of the {len(rejected):,} rows can be used: {said}"
            if rejected
            else "the file holds no row beside its header",
            where=source.file_name,
            hint="a row needs at least `messages` or `client_message`, with what the person says",
        )
    store.put_blob(content)
    store.put(source)
    families = families_of(sifted.drafts)
    before = {*store.newest(ScenarioSet.kind)}
    made = keep_set(
        store,
        name,
        [
            draft.as_record(family, (source.ref,))
            for draft, family in zip(sifted.drafts, families, strict=True)
        ],
        [
            Rejection(
                step=STEP,
                outcome="rejected",
                reason=one.reason,
                detail=f"row {one.number:,}: {one.detail}",
                made_from=(source.ref,),
            )
            for one in rejected
        ],
        origins=(source.ref,),
    )
    return Imported(made, source, rejected, tuple(sorted(read.strange)), made.ref in before)
