"""Every schema that was ever released can still be read, and its records keep their names.

Each file holds the stored bytes of a record and its name. A file is never changed; when a kind
gets a new schema number, a file with that number is added beside the old one.
"""

import hashlib
import json
import re
from pathlib import Path

import pytest

from every_kind import one_of_each_kind
from lorewright.lineage import Ref
from lorewright.records import KINDS, ChunkAnalysis, Record
from lorewright.records.analysis import TRAINING_TEXTS

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
    _, body = read(GOLDEN / f"{record.kind}-{record.schema_number}.json")

    assert without_names(record.body) == without_names(body)


def without_names(body: bytes) -> bytes:
    """The bytes of a record without those of its parents, whose own schema may have changed."""
    return re.sub(rb"([a-z_]+):[0-9a-f]{64}", rb"\1:", body)


@pytest.mark.parametrize(
    ("kind", "unknown"),
    [
        ("document", ("pages", "moments")),
        ("source", ("origin",)),
        ("example", ("difficulty", "prerequisite_knowledge", "style_directives")),
    ],
)
def test_what_an_older_schema_did_not_know_is_empty(kind: str, unknown: tuple[str, ...]) -> None:
    old, today = (
        KINDS[kind].from_body(read(GOLDEN / f"{kind}-{schema}.json")[1]).model_dump()
        for schema in (1, 2)
    )

    assert all(today[name] and not old[name] for name in unknown)


def test_an_older_analysis_says_why_it_knows_no_answers() -> None:
    _, body = read(GOLDEN / "analysis-1.json")
    old = ChunkAnalysis.from_body(body)

    assert old.teacher is None
    for name in TRAINING_TEXTS:
        assert getattr(old.fields, name) is None
        assert "not asked for" in str(old.reason_for(name))
    assert all(ground.teacher is None for ground in old.grounds)
