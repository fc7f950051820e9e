"""Whatever is changed behind the store's back, `verify` names it and nothing else."""

import shutil
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path

import pytest

from builders import a_recipe
from every_kind import one_of_each_kind
from lorewright.lineage import fingerprint
from lorewright.records import Blob, Split
from lorewright.settings import Settings
from lorewright.store import Store, Verification, Workspace, members, verify
from lorewright.store.rows import named
from lorewright.store.tables import (
    blobs,
    records,
)
from store.furnished import World, furnish, tamper
from store.tampering import CHANGES, Change, body_of, flipped, page_of


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Made once, and copied for each test."""
    workspace = Workspace(tmp_path_factory.mktemp("furnished"))
    workspace.make()
    with workspace.open(Settings()) as store:
        return furnish(store, workspace)


@pytest.fixture
def world(furnished: World, tmp_path: Path) -> Generator[World]:
    workspace = Workspace(tmp_path / "copy")
    shutil.copytree(furnished.workspace.folder, workspace.folder)
    with workspace.open(Settings()) as store:
        export = workspace.exports / furnished.export.name
        yield replace(furnished, store=store, workspace=workspace, export=export)


@pytest.fixture
def postgres_world(workspace: Workspace, fresh_postgres: Callable[[], str]) -> Generator[World]:
    with workspace.open(Settings(database=fresh_postgres())) as store:
        yield furnish(store, workspace)


def checked(world: World) -> Verification:
    world.store.forget_texts()
    return verify(world.store, world.workspace.folder)


def test_what_nobody_touched_is_intact(store: Store, workspace: Workspace) -> None:
    stages: list[str] = []
    world = furnish(store, workspace)

    found = verify(store, workspace.folder, progress=stages.append)

    assert found.problems == []
    assert found.is_intact
    assert len(found.erased) == 4
    assert all("asked to" in told for told in found.erased)
    assert found.checked | {"database": 1} == {
        "database": 1, "blobs": 16, "records": 52, "edges": 71, "evidence": 14,
        "dataset members": 4, "decisions": 3, "tombstones": 4, "making rows": 2, "memos": 1,
        "calls": 1, "files": 1,
    }  # fmt: skip
    assert stages == [
        "database", "blobs", "records", "tombstones", "making rows", "memos", "calls", "files",
    ]  # fmt: skip
    assert {ref.kind for ref in world.refs.values()} == {one.kind for one in one_of_each_kind()}


def test_an_empty_workspace_is_intact(store: Store, workspace: Workspace) -> None:
    assert verify(store, workspace.folder).is_intact


@pytest.mark.parametrize("kind", [one.kind for one in one_of_each_kind()])
def test_one_flipped_byte_in_any_kind_of_record_is_named(world: World, kind: str) -> None:
    ref = world.refs[kind]
    body = body_of(world, ref)

    for at in (0, len(body) // 2, len(body) - 1):
        change = records.update().where(named([ref]))
        tamper(world.store, change.values(body=flipped(body, at)))
        found = checked(world)
        tamper(world.store, change.values(body=body))

        assert ref in {problem.thing for problem in found.problems}
        assert {problem.thing for problem in found.problems} <= {ref}
        assert all("hash" in p.sentence or "altered" in p.sentence for p in found.problems)
    assert checked(world).is_intact


BLOBS: dict[str, Callable[[World], Blob]] = {
    "a source's file": lambda world: world.document.text,
    "a membership page": lambda world: page_of(world.dataset),
    "the list of rejections": lambda world: next(b for b in [world.dataset.rejected] if b),
    "the held-out sections": lambda world: next(b for b in [world.dataset.held_out] if b),
    "an adapter's file": lambda _world: blob_by_content(b"low rank"),
    "a training history": lambda _world: blob_by_content(b"history"),
    "a base's file": lambda _world: blob_by_content(b"weights"),
    "the scores of a verdict": lambda _world: blob_by_content(b"scores"),
    "the manifest of a release": lambda _world: blob_by_content(b"statement"),
    "the signature of a release": lambda _world: blob_by_content(b"envelope"),
}


def blob_by_content(content: bytes) -> Blob:
    return Blob(sha256=fingerprint(content), size=len(content))


@pytest.mark.parametrize("purpose", BLOBS)
@pytest.mark.parametrize("harm", ["altered", "cut short", "missing"])
def test_a_harmed_blob_is_named_with_what_needs_it(world: World, purpose: str, harm: str) -> None:
    blob = BLOBS[purpose](world)
    place = world.workspace.folder / "blobs" / "sha256" / blob.sha256[:2] / blob.sha256[2:]
    content = place.read_bytes()
    if harm == "missing":
        place.unlink()
    else:
        place.write_bytes(flipped(content) if harm == "altered" else content[:-1])

    (problem,) = checked(world).problems

    assert problem.thing == f"blob {blob.sha256}"
    assert problem.trouble == ("missing" if harm == "missing" else "altered")
    assert "belongs to" in problem.sentence


ON_POSTGRES = CHANGES[::3]
"""The code is the same for both databases, so a share of the table is enough for the second."""


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_any_change_is_named_and_nothing_else(world: World, change: Change) -> None:
    the_change_is_named(world, change)


@pytest.mark.parametrize("change", ON_POSTGRES, ids=lambda change: change.__name__)
def test_any_change_is_named_on_postgres_too(postgres_world: World, change: Change) -> None:
    the_change_is_named(postgres_world, change)


def the_change_is_named(world: World, change: Change) -> None:
    expected = change(world)

    things = {problem.thing for problem in checked(world).problems}
    assert things == ({expected} if isinstance(expected, str) else expected)


def test_a_lost_row_is_named_by_what_rests_on_it(store: Store, workspace: Workspace) -> None:
    world = furnish(store, workspace)
    member = next(members(store, world.dataset, Split.TRAIN))
    lost = [world.refs["document"], member, world.decisions[1].ref]
    for ref in lost:
        tamper(store, records.delete().where(named([ref])))

    found = checked(world)

    named_as_missing = {p.thing for p in found.problems if p.trouble == "missing"}
    assert named_as_missing >= set(lost)
    assert all(thing.startswith("table ") for thing in named_as_missing - set(lost))


def test_a_blob_that_was_announced_and_never_came_is_no_problem(
    store: Store, workspace: Workspace
) -> None:
    row = {"sha256": b"1" * 32, "size": 7}
    tamper(store, blobs.insert().values(row))

    assert verify(store, workspace.folder).is_intact


def test_a_torn_database_is_a_finding_and_not_an_error(workspace: Workspace) -> None:
    with workspace.open(Settings()) as store:
        store.put(*(a_recipe("step", number=number, more="x" * 500) for number in range(400)))
        store.database.compact()
    file = workspace.folder / "lorewright.db"
    content = bytearray(file.read_bytes())
    last = len(content) // 4096
    for page in range(last - 40, last - 20):
        content[page * 4096 : page * 4096 + 2048] = b"\x5a" * 2048
    file.write_bytes(bytes(content))

    with workspace.open(Settings()) as store:
        found = verify(store, workspace.folder)

    assert not found.is_intact
