"""A release is refused as soon as one byte of its folder is another, and every file is named."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flows.conftest import KEY, World
from lorewright.flows.inspecting import Inspection, inspect
from lorewright.release import ENVELOPE, MANIFEST, UNSIGNED, SigningKey, seal
from lorewright.settings import Settings
from lorewright.store import Workspace
from made_up import files_in, make_up

Change = Callable[[dict[str, Any]], object]
LineChange = Callable[[list[bytes]], list[bytes]]

NAMES = (
    "NOTICE",
    "README.md",
    "adapter/adapter_config.json",
    "adapter/adapter_model.safetensors",
    "bibliography.bib",
    "bibliography.json",
    "croissant.json",
    "data/recall.jsonl",
    "data/train.jsonl",
    "data/valid.jsonl",
    "dataset-card.md",
    "key.pub",
    "lineage.jsonl",
    "manifest.dsse.json",
    "manifest.json",
    "records.jsonl",
    "verdict.json",
)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with its examples; nobody changes it."""
    workspace = Workspace(tmp_path_factory.mktemp("released") / "workspace")
    workspace.make()
    with workspace.open(Settings()) as store:
        return World(workspace, store, make_up(store)).release(with_data=True).folder


@pytest.fixture
def folder(given: Path, tmp_path: Path) -> Path:
    """A copy of it, as whoever was given it has it."""
    place = tmp_path / "given"
    shutil.copytree(given, place)
    return place


def faults(folder: Path) -> dict[str, str]:
    return {one.file: one.trouble for one in inspect(folder).faults}


def test_what_was_given_is_intact(folder: Path) -> None:
    found = inspect(folder)

    assert found.is_intact
    assert found.files == len(NAMES) - len(UNSIGNED)
    assert found.examples == 15
    assert found.keyid == KEY.public.keyid


def test_the_list_of_files_is_whole(folder: Path) -> None:
    assert tuple(sorted(files_in(folder))) == tuple(sorted(NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_one_changed_byte_is_named(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    for place in sorted({0, len(content) // 2, len(content) - 1}):
        changed = bytearray(content)
        changed[place] ^= 1
        (folder / name).write_bytes(changed)

        assert faults(folder) == {name: "altered"}, place


@pytest.mark.parametrize("part", ["payload", "keyid", "sig"])
def test_a_change_in_any_part_of_the_envelope_is_its_own_fault(folder: Path, part: str) -> None:
    content = bytearray((folder / ENVELOPE).read_bytes())
    place = content.index(f'"{part}": "'.encode()) + len(part) + 10
    content[place] = ord("0" if content[place] != ord("0") else "1")
    (folder / ENVELOPE).write_bytes(content)

    assert faults(folder) == {ENVELOPE: "altered"}


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()

    assert faults(folder)[name] == "missing"


@pytest.mark.parametrize("name", NAMES)
def test_a_longer_file_is_named(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b"\n")

    assert faults(folder) == {name: "altered"}


def test_an_added_file_and_an_empty_folder_are_named(folder: Path) -> None:
    (folder / "adapter" / "more.bin").write_bytes(b"")
    (folder / ".hidden").write_bytes(b"x")
    (folder / "empty").mkdir()

    assert faults(folder) == {
        "adapter/more.bin": "extra", ".hidden": "extra", "empty/": "extra"
    }  # fmt: skip


def test_a_renamed_file_is_missing_and_extra(folder: Path) -> None:
    (folder / "NOTICE").rename(folder / "notice")

    assert faults(folder) == {"NOTICE": "missing", "notice": "extra"}


def test_two_files_that_changed_places_are_both_named(folder: Path) -> None:
    first, second = folder / "data" / "train.jsonl", folder / "data" / "valid.jsonl"
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)

    assert faults(folder) == {"data/train.jsonl": "altered", "data/valid.jsonl": "altered"}


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (folder / "NOTICE").rename(elsewhere)
    (folder / "NOTICE").symlink_to(elsewhere)
    (folder / "loop").symlink_to(folder, target_is_directory=True)

    found = inspect(folder)

    assert {one.file: one.trouble for one in found.faults} == {
        "NOTICE": "altered", "loop": "extra"
    }  # fmt: skip
    assert "not followed" in found.faults[0].sentence


def test_a_folder_behind_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    shutil.move(folder / "adapter", tmp_path / "adapter")
    (folder / "adapter").symlink_to(tmp_path / "adapter", target_is_directory=True)

    assert faults(folder) == {
        "adapter": "extra",
        "adapter/adapter_config.json": "missing",
        "adapter/adapter_model.safetensors": "missing",
    }


def test_a_pipe_is_named_and_not_read(folder: Path) -> None:
    (folder / "NOTICE").unlink()
    os.mkfifo(folder / "NOTICE")

    assert faults(folder) == {"NOTICE": "altered"}


def test_a_name_that_is_no_text_is_named(folder: Path) -> None:
    (folder / os.fsdecode(b"caf\xe9")).write_bytes(b"x")

    assert faults(folder) == {"caf\\xe9": "extra"}


def test_a_huge_manifest_is_not_read(folder: Path) -> None:
    with (folder / ENVELOPE).open("r+b") as file:
        file.truncate(10**12)

    found = inspect(folder)

    assert "absurd" in next(one.sentence for one in found.faults if one.file == ENVELOPE)


def test_a_folder_that_is_no_release_says_so(tmp_path: Path) -> None:
    found = inspect(tmp_path)

    assert {one.file: one.trouble for one in found.faults} == dict.fromkeys(UNSIGNED, "missing")
    assert found.told is None


def signed_again(folder: Path, change: Change, *, key: SigningKey = KEY) -> Inspection:
    """What is found when the signer itself signs another manifest."""
    told = json.loads((folder / MANIFEST).read_bytes())
    change(told)
    content = json.dumps(told).encode()
    (folder / MANIFEST).write_bytes(content)
    (folder / ENVELOPE).write_bytes(seal(content, key))
    (folder / "key.pub").write_bytes(key.public.as_pem())
    return inspect(folder)


def renamed(to: str) -> Change:
    return lambda told: told["subject"][0].update(name=to)


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "/etc/passwd",
        "a/../../b",
        "a//b",
        "./a",
        "a\\b",
        "a\0b",
        "",
        ".",
        "key.pub",
        "manifest.json",
        "README.md",
        "line\nbreak",
    ],
)
def test_a_signed_name_that_leaves_the_folder_or_is_taken_is_refused(
    folder: Path, name: str
) -> None:
    found = signed_again(folder, renamed(name))

    assert [one.file for one in found.faults if one.file == MANIFEST] == [MANIFEST]
    assert found.told is None


OTHER_SHAPES: list[Change] = [
    lambda told: told["subject"][0]["annotations"].update(size=-1),
    lambda told: told["subject"][0]["annotations"].update(size=2**60),
    lambda told: told["subject"][0]["annotations"].update(size="7"),
    lambda told: told["subject"][0]["digest"].update(sha256="xyz"),
    lambda told: told["subject"][0].pop("digest"),
    lambda told: told.pop("predicate"),
    lambda told: told.update(subject="all"),
    lambda told: told.update(_type="https://example.org"),
    lambda told: told["predicate"].update(adapter="adapter:1"),
    lambda told: told["predicate"]["dataset"]["splits"].append({"split": "train", "count": 1}),
]


@pytest.mark.parametrize("change", OTHER_SHAPES)
def test_a_signed_manifest_of_another_shape_is_refused(folder: Path, change: Change) -> None:
    found = signed_again(folder, change)

    assert found.told is None
    assert MANIFEST in {one.file for one in found.faults}


CONTRADICTIONS: list[tuple[Change, str]] = [
    (lambda told: told["predicate"]["dataset"].update(root="0" * 64), MANIFEST),
    (lambda told: told["subject"].pop(), MANIFEST),
    (lambda told: told["predicate"]["dataset"]["splits"][0].update(count=7), "lineage.jsonl"),
    (lambda told: told["predicate"]["documents"].pop(), "lineage.jsonl"),
    (lambda told: told["predicate"]["documents"][0].update(length=3), "lineage.jsonl"),
    (lambda told: told["predicate"].update(verdict="verdict:" + "0" * 64), "records.jsonl"),
]


@pytest.mark.parametrize(("change", "file"), CONTRADICTIONS)
def test_a_signed_manifest_that_contradicts_the_files_is_refused(
    folder: Path, change: Change, file: str
) -> None:
    found = signed_again(folder, change)

    assert file in {one.file for one in found.faults}


@pytest.mark.parametrize("name", ["lineage.jsonl", "records.jsonl"])
def test_a_manifest_may_not_leave_out_the_lineage(folder: Path, name: str) -> None:
    (folder / name).unlink()

    found = signed_again(
        folder,
        lambda told: told.update(subject=[one for one in told["subject"] if one["name"] != name]),
    )

    assert {one.file: one.trouble for one in found.faults} == {name: "missing"}


def resigned_with(folder: Path, name: str, content: bytes) -> Inspection:
    """What is found when the signer signs other content of one file."""
    (folder / name).write_bytes(content)

    def change(told: dict[str, Any]) -> None:
        subject = next(one for one in told["subject"] if one["name"] == name)
        subject["digest"]["sha256"] = hashlib.sha256(content).hexdigest()
        subject["annotations"]["size"] = len(content)

    return signed_again(folder, change)


def lines_of(folder: Path, name: str) -> list[bytes]:
    return (folder / name).read_bytes().splitlines(keepends=True)


OTHER_LINEAGES: list[LineChange] = [
    lambda lines: lines[:-1],
    lambda lines: lines[1:],
    lambda lines: [lines[1], lines[0], *lines[2:]],
    lambda lines: [*lines, lines[-1]],
    lambda lines: [lines[0].replace(b'"train"', b'"valid"'), *lines[1:]],
    lambda lines: [lines[0].replace(b'"train"', b'"other"'), *lines[1:]],
    lambda lines: [lines[0].replace(b'"start":', b'"start":-'), *lines[1:]],
    lambda lines: [b"{}\n", *lines],
    lambda lines: [b"\xff\n", *lines],
    lambda lines: [b"[" * 5000 + b"\n", *lines],
]


@pytest.mark.parametrize("change", OTHER_LINEAGES)
def test_a_signed_lineage_that_is_not_the_dataset_is_refused(
    folder: Path, change: LineChange
) -> None:
    changed = b"".join(change(lines_of(folder, "lineage.jsonl")))

    found = resigned_with(folder, "lineage.jsonl", changed)

    assert {one.file: one.trouble for one in found.faults} == {"lineage.jsonl": "altered"}


OTHER_RECORDS: list[LineChange] = [
    lambda lines: [one for one in lines if b'"name": "adapter:' not in one],
    lambda lines: [one for one in lines if b'"name": "dataset:' not in one],
    lambda lines: [one for one in lines if b'"name": "verdict:' not in one],
    lambda lines: [one.replace(b"tuned", b"turned") for one in lines],
    lambda lines: [one.replace(b'"steps\\":30', b'"steps\\":31') for one in lines],
    lambda lines: [b'{"name": "potato:1", "body": ""}\n', *lines],
]


@pytest.mark.parametrize("change", OTHER_RECORDS)
def test_signed_records_that_do_not_bear_out_the_manifest_are_refused(
    folder: Path, change: LineChange
) -> None:
    before = lines_of(folder, "records.jsonl")
    changed = b"".join(change(before))
    assert changed != b"".join(before)

    found = resigned_with(folder, "records.jsonl", changed)

    assert {one.file: one.trouble for one in found.faults} == {"records.jsonl": "altered"}


def test_signed_weights_that_are_not_the_adapter_are_refused(folder: Path) -> None:
    found = resigned_with(folder, "adapter/adapter_model.safetensors", b"other weights")

    assert {one.file: one.trouble for one in found.faults} == {"records.jsonl": "altered"}
    assert "other files" in found.faults[0].sentence


def test_whoever_signs_again_is_seen_by_the_key(folder: Path) -> None:
    stranger = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34))))

    found = signed_again(folder, lambda _told: None, key=stranger)

    assert found.is_intact
    assert found.keyid == stranger.public.keyid != KEY.public.keyid


def test_the_key_of_somebody_else_beside_the_signature_is_named(folder: Path) -> None:
    (folder / "key.pub").write_bytes(SigningKey.new().public.as_pem())

    assert faults(folder) == {"key.pub": "altered"}
