"""Every schema that was ever released can still be read, and its records keep their names.

Each file holds the stored bytes of a record and its name. A file is never changed; when a kind
gets a new schema number, a file with that number is added beside the old one.
"""

import hashlib
import json
from pathlib import Path

import pytest

from builders import one_of_each_kind
from lorewright.lineage import Ref
from lorewright.records import KINDS, Record

GOLDEN = Path(__file__).parent / "golden"


def read(file: Path) -> tuple[Ref, bytes]:
    stored = json.loads(file.read_text(encoding="utf-8"))
    return Ref.parse(stored["name"]), stored["body"].encode()


@pytest.mark.parametrize("file", sorted(GOLDEN.iterdir()), ids=lambda file: file.stem)
def test_a_record_of_every_schema_keeps_its_name(file: Path) -> None:
    name, body = read(file)

    record = KINDS[name.kind].from_body(body)

    assert record.ref == name
    assert hashlib.sha256(body).hexdigest() == name.id
    assert file.stem == f"{name.kind}-{json.loads(body)['schema']}"


@pytest.mark.parametrize("record", one_of_each_kind(), ids=lambda one: one.kind)
def test_a_shape_that_changes_gets_a_new_schema_number(record: Record) -> None:
    name, body = read(GOLDEN / f"{record.kind}-{record.schema_number}.json")

    assert record.body == body
    assert record.ref == name
