"""The manifest: an in-toto statement about every file of a release and what it rests on.

Its subjects are the files, by name and SHA-256, and three records by theirs: a name with a
colon is that of a record, and no file may have one. Nothing in it depends on the day or the
machine, so the same release is the same bytes everywhere.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from lorewright.errors import Unreadable
from lorewright.lineage import Ref
from lorewright.records import Finding, SetFinding
from lorewright.release.facts import ReleaseFacts
from lorewright.release.strict_json import read_object

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:lorewright:release:1"
MANIFEST = "manifest.json"
ENVELOPE = "manifest.dsse.json"
KEY = "key.pub"
UNSIGNED = (MANIFEST, ENVELOPE, KEY)
"""What lies beside the files that the manifest lists."""
LARGEST_FILE = 2**43
_DIGEST = re.compile(r"[0-9a-f]{64}")


class FileFact(NamedTuple):
    """One file of a release."""

    path: str
    """Relative to the folder, with forward slashes."""
    sha256: str
    size: int


class Statement(NamedTuple):
    """A manifest as it was read and found to be well formed."""

    files: tuple[FileFact, ...]
    records: dict[str, str]
    """The root of the dataset and the names of records that are subjects, with their hash."""
    name: str
    version: str
    adapter: Ref
    dataset: Ref
    verdict: Ref | None
    root: str
    splits: dict[str, int]
    lengths: dict[str, int]
    """How long each document is."""
    sentence: str
    """What was proved."""


def proven_sentence(findings: Sequence[SetFinding] | None) -> str:
    """What the verdict of a release comes to."""
    if findings is None:
        return "unproven: no verdict was given"
    said = {found.finding for found in findings}
    if Finding.WORSE in said:
        return "worse than the base on a set"
    if Finding.LEARNED_CONTENT in said:
        return "learned content, better than the base and than the control"
    return "not shown to have learned content"


def is_better(findings: Sequence[SetFinding] | None) -> bool:
    """Whether content was learned on some set, and nothing got worse."""
    said = {found.finding for found in findings or ()}
    return Finding.LEARNED_CONTENT in said and Finding.WORSE not in said


def statement_of(facts: ReleaseFacts, files: Iterable[FileFact], *, builder: str) -> bytes:
    """The bytes that are signed.

    Args:
        facts: the release.
        files: every file but the manifest, its envelope and the key.
        builder: the program and its version.
    """
    data = facts.data.record
    subjects = [_file_subject(file) for file in sorted(files)]
    subjects += [
        _subject(f"root:{data.name}", data.root),
        _subject(data.ref, data.ref.id),
        _subject(facts.adapter.ref, facts.adapter.ref.id),
    ]
    told = {
        "_type": STATEMENT_TYPE,
        "subject": subjects,
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "release": {"name": facts.name, "version": facts.version},
            "builder": builder,
            "adapter": facts.adapter.ref,
            "baseModel": _base(facts),
            "dataset": {
                "record": data.ref,
                "name": data.name,
                "root": data.root,
                "splits": [
                    {"split": one.split.value, "count": one.count, "root": one.root}
                    for one in data.splits
                ],
            },
            "verdict": facts.verdict.ref if facts.verdict else None,
            "proof": proven_sentence(facts.verdict.findings if facts.verdict else None),
            **_rated(facts),
            "resolvedDependencies": [
                {
                    "name": one.file_name,
                    "uri": one.ref,
                    "digest": {"sha256": one.sha256},
                    "annotations": {"licence": one.licence, "origin": one.origin},
                }
                for one in facts.data.sources
            ],
            "documents": [
                {
                    "record": one.ref,
                    "source": one.source,
                    "textSha256": one.text_sha256,
                    "length": one.length,
                }
                for one in facts.data.documents
            ],
        },
    }
    return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _rated(facts: ReleaseFacts) -> dict[str, Any]:
    """What ratings show, where there are any that may be told."""
    if facts.rated is None:
        return {}
    proof, lock = facts.rated
    told = {"record": proof.ref, "verdict": proof.verdict, "headline": proof.headline}
    return {"rated": {**told, "lock": lock.ref, "lockSha256": lock.sha256}}


def read_statement(content: bytes) -> Statement:
    """Read a manifest from wherever it comes.

    Raises:
        Unreadable: when it has another shape, or names a file that does not lie in the
            folder or is named twice.
    """
    read = read_object(content, what="the manifest")
    if read.get("_type") != STATEMENT_TYPE or read.get("predicateType") != PREDICATE_TYPE:
        raise Unreadable("the manifest is no statement about a release that this version knows")
    try:
        return _read(read)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(
            f"the manifest lacks something, or has it in another shape: {str(error)[:100]}"
        ) from error


def fault_of_name(name: str) -> str | None:
    """Why a file may not be called `name`; None when it may."""
    path = PurePosixPath(name)
    if name != path.as_posix() or name in {"", "."}:
        return "it is not written as a plain path"
    if path.is_absolute() or ".." in path.parts:
        return "it leaves the folder"
    if any(character in name for character in "\\:\0") or not name.isprintable():
        return "it holds a character that no file of a release has"
    if name in UNSIGNED:
        return "it is the manifest itself, its signature or the key"
    return None


def _read(read: Mapping[str, Any]) -> Statement:
    files: list[FileFact] = []
    records: dict[str, str] = {}
    for subject in read["subject"]:
        name, digest = subject["name"], subject["digest"]["sha256"]
        if not _DIGEST.fullmatch(digest):
            raise ValueError("a digest is not 64 hexadecimal digits")
        if ":" in name:
            records[name] = digest
        else:
            files.append(FileFact(name, digest, _size(subject["annotations"]["size"])))
    _check_names([file.path for file in files])
    predicate = read["predicate"]
    data = predicate["dataset"]
    splits = {one["split"]: _size(one["count"]) for one in data["splits"]}
    if len(splits) != len(data["splits"]):
        raise ValueError("a split is there twice")
    return Statement(
        files=tuple(files),
        records=records,
        name=str(predicate["release"]["name"]),
        version=str(predicate["release"]["version"]),
        adapter=Ref.parse(predicate["adapter"]),
        dataset=Ref.parse(data["record"]),
        verdict=Ref.parse(predicate["verdict"]) if predicate["verdict"] is not None else None,
        root=str(data["root"]),
        splits=splits,
        lengths={one["record"]: _size(one["length"]) for one in predicate["documents"]},
        sentence=str(predicate["proof"]),
    )


def _check_names(names: list[str]) -> None:
    for name in names:
        if fault := fault_of_name(name):
            raise Unreadable(f"the manifest names the file {name[:100]!r}: {fault}")
    if len(set(names)) != len(names):
        raise Unreadable("the manifest names a file twice")


def _size(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value <= LARGEST_FILE:
        raise ValueError("a size or a count is absurd")
    return value


def _file_subject(file: FileFact) -> dict[str, Any]:
    return {**_subject(file.path, file.sha256), "annotations": {"size": file.size}}


def _subject(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest}}


def _base(facts: ReleaseFacts) -> dict[str, Any]:
    base = facts.base
    files = {file.path: file.blob.sha256 for file in base.files}
    files |= {file.path: file.sha256 for file in base.outside}
    return {"record": base.ref, "name": base.name, "origin": base.origin, "files": files}
