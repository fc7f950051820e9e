"""A release checked with nothing but its folder: every hash, the signature, the lineage.

What the folder says about itself is not trusted: names are looked at before they are used,
links are not followed, and a file of another size than the manifest says is not even read.
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Literal, NamedTuple

from lorewright import release
from lorewright.errors import LorewrightError, StorageError, Unreadable
from lorewright.release import ENVELOPE, KEY, MANIFEST, UNSIGNED, Envelope, PublicKey, Statement

LARGEST_MANIFEST = 64 * 2**20
LINEAGE = "lineage.jsonl"
RECORDS = "records.jsonl"

Trouble = Literal["missing", "altered", "extra"]


class Fault(NamedTuple):
    """One thing about a folder that is not as it was signed."""

    trouble: Trouble
    file: str
    sentence: str


@dataclass
class Inspection:
    """What was found in a folder."""

    faults: list[Fault] = field(default_factory=list[Fault])
    files: int = 0
    """Files whose hash was computed."""
    examples: int = 0
    """Names that the root of the dataset was computed from."""
    keyid: str | None = None
    """Whose signature was found; None when there is none that could be read."""
    told: Statement | None = None

    @property
    def is_intact(self) -> bool:
        """Whether everything is as it was signed."""
        return not self.faults

    def report(self, trouble: Trouble, file: str, sentence: str) -> None:
        """Name one file, once."""
        if all(one.file != file for one in self.faults):
            self.faults.append(Fault(trouble, file, sentence))


def inspect(folder: Path) -> Inspection:
    """Check a release; who signed it is for the caller to judge.

    Raises:
        StorageError: when the folder cannot be read.
    """
    found = Inspection()
    lying = dict(_walk(folder))
    envelope, key = _envelope(folder, lying, found), _key(folder, lying, found)
    _manifest(folder, lying, envelope, key, found)
    listed = {file.path: file for file in found.told.files} if found.told else {}
    for name, file in listed.items():
        _file(folder, lying, name, file, found)
    if found.told is not None or not lying.keys() & set(UNSIGNED):
        for name in sorted(lying.keys() - listed.keys() - set(UNSIGNED)):
            found.report("extra", name, "the manifest does not know it")
    if found.told is not None:
        _Depth(folder, found.told, found).check()
    return found


def _envelope(
    folder: Path, lying: Mapping[str, os.stat_result], found: Inspection
) -> Envelope | None:
    content = _small(folder, lying, ENVELOPE, found)
    if content is None:
        return None
    try:
        envelope = release.open_envelope(content)
    except Unreadable as error:
        found.report("altered", ENVELOPE, error.sentence)
        return None
    found.keyid = envelope.keyid
    return envelope


def _key(folder: Path, lying: Mapping[str, os.stat_result], found: Inspection) -> PublicKey | None:
    content = _small(folder, lying, KEY, found)
    if content is None:
        return None
    try:
        return release.public_key_from_pem(content)
    except Unreadable as error:
        found.report("altered", KEY, error.sentence)
        return None


def _manifest(
    folder: Path,
    lying: Mapping[str, os.stat_result],
    envelope: Envelope | None,
    key: PublicKey | None,
    found: Inspection,
) -> None:
    """Find out which of manifest, envelope and key is not as it was, and read the manifest.

    With a broken signature the manifest is read all the same, so that more can be named; the
    folder is refused whatever it says.
    """
    content = _small(folder, lying, MANIFEST, found)
    if envelope is not None and key is not None:
        _signature(content, envelope, key, found)
    is_trusted = all(one.file != ENVELOPE for one in found.faults)
    if envelope is not None and (content is None or (is_trusted and content != envelope.payload)):
        found.report("altered", MANIFEST, "it is not what was signed")  # or missing, said above
        content = envelope.payload
    if content is None:
        return
    try:
        found.told = release.read_statement(content)
    except LorewrightError as error:
        found.report("altered", MANIFEST, error.sentence)


def _signature(
    content: bytes | None, envelope: Envelope, key: PublicKey, found: Inspection
) -> None:
    holds = envelope.is_signed_by(key)
    if holds and envelope.keyid != key.keyid:
        found.report("altered", ENVELOPE, "it names another key than the one that signed")
    elif envelope.keyid != key.keyid:
        found.report("altered", KEY, "this is not the key that the signature names")
    elif not holds and content is not None and envelope._replace(payload=content).is_signed_by(key):
        found.report("altered", ENVELOPE, "it holds something else than was signed")
    elif not holds:
        found.report("altered", ENVELOPE, "the signature does not hold")


def _file(
    folder: Path,
    lying: Mapping[str, os.stat_result],
    name: str,
    file: release.FileFact,
    found: Inspection,
) -> None:
    status = lying.get(name)
    if status is None:
        found.report("missing", name, "the manifest lists it, and it is not there")
    elif not stat.S_ISREG(status.st_mode):
        found.report("altered", name, "it is a link or no regular file, and is not followed")
    elif status.st_size != file.size:
        found.report(
            "altered", name, f"it has {status.st_size:,} bytes, and should have {file.size:,}"
        )
    else:
        found.files += 1
        with _open(folder / name) as handle:
            if hashlib.file_digest(handle, "sha256").hexdigest() != file.sha256:
                found.report("altered", name, "its bytes have another hash")


class _Depth:
    """What the files say together: the root of the dataset and the chain of records."""

    def __init__(self, folder: Path, told: Statement, found: Inspection) -> None:
        self._folder, self._told, self._found = folder, told, found
        self._broken = {one.file for one in found.faults}

    def check(self) -> None:
        """Compare the manifest with the lineage and the records that it lists."""
        files = {file.path: file.sha256 for file in self._told.files}
        self._subjects()
        if self._is_whole(LINEAGE, files):
            self._lineage()
        if self._is_whole(RECORDS, files):
            self._records(files)

    def _is_whole(self, name: str, files: Mapping[str, str]) -> bool:
        if name not in files:
            self._found.report("missing", name, "a release has one, and the manifest lists none")
        return name in files and name not in self._broken

    def _subjects(self) -> None:
        told = self._told
        records = {name: sha for name, sha in told.records.items() if not name.startswith("root:")}
        roots = [sha for name, sha in told.records.items() if name.startswith("root:")]
        if roots != [told.root] or records != {
            told.adapter: told.adapter.id,
            told.dataset: told.dataset.id,
        }:
            self._found.report(
                "altered", MANIFEST, "its subjects are not the records that it speaks of"
            )

    def _lineage(self) -> None:
        told = self._told
        try:
            with _open(self._folder / LINEAGE) as lines:
                roots = release.recompute(lines, splits=list(told.splits), lengths=told.lengths)
        except Unreadable as error:
            self._found.report("altered", LINEAGE, error.sentence)
            return
        self._found.examples = sum(roots.counts.values())
        if (roots.root, roots.counts) != (told.root, told.splits):
            self._found.report(
                "altered", LINEAGE, "its names have another root, or are more or fewer"
            )

    def _records(self, files: Mapping[str, str]) -> None:
        try:
            with _open(self._folder / RECORDS) as lines:
                records = release.read_records(lines)
        except Unreadable as error:
            self._found.report("altered", RECORDS, error.sentence)
            return
        broken = list(release.broken_links(self._told, records, files))
        if broken:
            self._found.report("altered", RECORDS, "; ".join(broken))


def _small(
    folder: Path, lying: Mapping[str, os.stat_result], name: str, found: Inspection
) -> bytes | None:
    """A file that is read whole, unless it is not there or absurdly large."""
    status = lying.get(name)
    if status is None:
        found.report("missing", name, "without it nothing is known about the others")
    elif not stat.S_ISREG(status.st_mode):
        found.report("altered", name, "it is a link or no regular file, and is not followed")
    elif status.st_size > LARGEST_MANIFEST:
        found.report("altered", name, f"it has {status.st_size:,} bytes, which is absurd")
    else:
        with _open(folder / name) as handle:
            return handle.read()
    return None


def _open(path: Path) -> BufferedReader:
    """A regular file, even when somebody puts a link in its place meanwhile."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def _walk(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every file, link and empty folder below `folder`; links are not followed."""
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        above = "" if place == folder else f"{place.relative_to(folder).as_posix()}/"
        try:
            with os.scandir(place) as listed:
                entries = list(listed)
            if not entries and above:
                yield _shown(above), place.stat(follow_symlinks=False)
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                else:
                    yield _shown(above + entry.name), entry.stat(follow_symlinks=False)
        except OSError as error:
            raise StorageError.from_system(
                error, doing="the folder cannot be read", where=str(place)
            ) from error


def _shown(name: str) -> str:
    """A name as it can be printed; one that is no text is in no manifest."""
    return os.fsencode(name).decode(errors="backslashreplace")
