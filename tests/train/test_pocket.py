"""The pocket base model."""

from pathlib import Path

import pytest

from lorewright.errors import NotYet
from lorewright.inference import ChatTokenizer, library, open_arm
from lorewright.lineage import Ref, fingerprint
from lorewright.records import Blob, Turn
from lorewright.settings import PocketSettings
from lorewright.train import Event, describe, make_pocket, make_pocket_tokenizer, pocket_record
from lorewright.train.base_model import token_limit

TEXTS = [
    "Rebalance once a year, and never on a day of loss. " * 6,
    "Keep six months of rent aside. Größe zählt. 🌿 " * 6,
]
SMALL = PocketSettings(hidden=32, layers=1, heads=2, vocabulary=300, length=32, batch=4, steps=30)
DATASET, RECIPE = Ref("dataset", "a" * 64), Ref("recipe", "b" * 64)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_learns_and_says_how_far_it_is(tmp_path: Path) -> None:
    heard: list[Event] = []

    make_pocket(TEXTS, tmp_path / "pocket", settings=SMALL, threads=1, on_event=heard.append)

    told = [event for event in heard if event.phase == "train"]
    assert [event.step for event in told] == [10, 20, 30]
    assert told[-1].eta_s == 0
    assert (told[-1].loss or 9) < (told[0].loss or 0) - 0.3
    assert [heard[0].phase, heard[-1].phase] == ["load", "done"]


def test_the_same_texts_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_pocket(TEXTS, tmp_path / name, settings=SMALL, threads=1)

    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_its_tokenizer_can_be_had_without_it(tmp_path: Path) -> None:
    make_pocket(TEXTS, tmp_path / "pocket", settings=SMALL, threads=1)
    make_pocket_tokenizer(TEXTS, tmp_path / "alone", settings=SMALL)

    whole, alone = bytes_of(tmp_path / "pocket"), bytes_of(tmp_path / "alone")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        assert alone[name] == whole[name]
    assert token_limit(tmp_path / "alone") == token_limit(tmp_path / "pocket")


def test_transformers_reads_it_and_its_template_fits(tmp_path: Path) -> None:
    make_pocket(TEXTS, tmp_path / "pocket", settings=SMALL, threads=1)
    turns = (
        Turn(role="system", text="You coach."),
        Turn(role="user", text="How often?"),
        Turn(role="assistant", text="Once a year. 🌿"),
    )

    (sample,) = ChatTokenizer.open(tmp_path / "pocket").samples("example:1", turns)
    raw = library("transformers").AutoTokenizer.from_pretrained(tmp_path / "pocket")

    kept = [number for number, kept in zip(sample.ids, sample.labels, strict=True) if kept]
    assert raw.decode(kept) == "Once a year. 🌿<|end|>"
    assert raw.decode(sample.ids).startswith("<|begin|><|system|>You coach.<|end|><|user|>How")
    assert sample.ids.count(raw.bos_token_id) == 1


def test_its_answers_end(tmp_path: Path) -> None:
    make_pocket(TEXTS, tmp_path / "pocket", settings=SMALL, threads=1)
    arm = open_arm(tmp_path / "pocket", threads=1)

    assert isinstance(arm.generate((Turn(role="user", text="How often?"),), max_new_tokens=5), str)


def test_as_a_record_it_keeps_its_files_and_names_its_parents(tmp_path: Path) -> None:
    make_pocket(TEXTS, tmp_path / "pocket", settings=SMALL, threads=1)
    kept: dict[str, bytes] = {}

    def put(body: bytes) -> Blob:
        blob = Blob(sha256=fingerprint(body), size=len(body))
        kept[blob.sha256] = body
        return blob

    base = describe(tmp_path / "pocket", name="pocket")
    record = pocket_record(base, made_from=(DATASET, RECIPE), put_blob=put)

    assert record.made_from == (DATASET, RECIPE)
    assert {file.path: kept[file.blob.sha256] for file in record.files} == bytes_of(
        tmp_path / "pocket"
    )
    assert not any(str(tmp_path).encode() in body for body in kept.values())


def test_one_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "pocket").mkdir()

    make_pocket(TEXTS, tmp_path / "pocket", settings=SMALL)

    assert bytes_of(tmp_path / "pocket") == {}


def test_too_little_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotYet, match="too few"):
        make_pocket(["Too short."], tmp_path / "pocket", settings=SMALL)
