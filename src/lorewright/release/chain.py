"""`records.jsonl`: the stored bytes of the records that a release rests on.

A record is named by the hash of these bytes, which hold the names of what it was made from.
So the way from the adapter to its dataset, its recipe and its verdict can be followed from
the folder alone. Documents, chunks and examples stay out: their bytes repeat the sources.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from lorewright.errors import LorewrightError, Unreadable
from lorewright.lineage import Ref, fingerprint
from lorewright.records import KINDS, Adapter, Dataset, Record, Verdict
from lorewright.release.statement import Statement
from lorewright.release.strict_json import read_object

FOLDER = "adapter"
"""Where the files of the adapter lie."""


def lines_of(bodies: Iterable[tuple[Ref, bytes]]) -> str:
    """The file, from names and stored bytes."""
    rows = (
        json.dumps({"name": name, "body": body.decode()}, ensure_ascii=False)
        for name, body in sorted(bodies)
    )
    return "".join(f"{row}\n" for row in rows)


def read_records(lines: Iterable[bytes]) -> dict[Ref, Record]:
    """The records in the file, each with the name that its bytes have.

    Raises:
        Unreadable: naming the line that is no record, or one under a false name.
    """
    found: dict[Ref, Record] = {}
    for number, line in enumerate(lines, start=1):
        try:
            read = read_object(line, what="a line")
            name, body = Ref.parse(read["name"]), str(read["body"]).encode()
            record = KINDS[name.kind].from_body(body)
        except (KeyError, TypeError, ValueError, LorewrightError) as error:
            raise Unreadable(f"line {number:,} is no record that this version knows") from error
        if fingerprint(body) != name.id:
            raise Unreadable(f"line {number:,}: the bytes of {name.short} have another hash")
        found[name] = record
    return found


def broken_links(
    told: Statement, records: Mapping[Ref, Record], files: Mapping[str, str]
) -> Iterator[str]:
    """What the manifest says about its records and what these do not bear out.

    Args:
        told: the manifest.
        records: from `read_records`.
        files: the SHA-256 of every file by its path.
    """
    adapter, data = records.get(told.adapter), records.get(told.dataset)
    if not isinstance(adapter, Adapter):
        yield f"{told.adapter.short} is not among its records"
    else:
        listed = {f"{FOLDER}/{file.path}": file.blob.sha256 for file in adapter.files}
        lying = {name: sha for name, sha in files.items() if name.startswith(f"{FOLDER}/")}
        if listed != lying:
            yield f"{told.adapter.short} has other files than the folder {FOLDER}"
        if told.dataset not in adapter.made_from:
            yield f"{told.adapter.short} was not trained on {told.dataset.short}"
    if not isinstance(data, Dataset):
        yield f"{told.dataset.short} is not among its records"
    elif (
        data.root != told.root or {one.split.value: one.count for one in data.splits} != told.splits
    ):
        yield f"{told.dataset.short} has another root or other counts"
    yield from _verdict(told, records)


def _verdict(told: Statement, records: Mapping[Ref, Record]) -> Iterator[str]:
    if told.verdict is None:
        return
    verdict = records.get(told.verdict)
    if not isinstance(verdict, Verdict):
        yield f"{told.verdict.short} is not among its records"
    elif told.adapter not in verdict.made_from:
        yield f"{told.verdict.short} is about another adapter"
