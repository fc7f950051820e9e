"""A file of scenarios is brought in row by row, once, and written back as it is."""

import json
from pathlib import Path

import pytest

from evaluate.scenarios.drafts import a_row, lines_of
from lorewright.errors import Erased, Refused, StorageError, Unreadable
from lorewright.flows.scenario_files import export_scenarios, import_scenarios, import_shipped
from lorewright.flows.scenarios import rejections_of, scenarios_of, set_named
from lorewright.flows.source_files import Terms
from lorewright.flows.sources import erase_source, withdraw_source
from lorewright.records import Scenario, Source
from lorewright.store import Store, Workspace, verify


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "spring.jsonl"
    path.write_bytes(
        lines_of(
            a_row(test_scenario_id="a", colour="blue"),
            a_row(test_scenario_id="a", client_message="Once more."),
            a_row(test_scenario_id="b"),
            a_row(test_scenario_id="c", client_message=None),
            a_row(test_scenario_id="d", client_message="Is it too late for me?"),
            a_row(test_scenario_id="e", client_message="And my sister?", training_topic="tax"),
        )
        + b"{\n"
    )
    return path


def test_every_row_is_a_scenario_or_a_reason(store: Store, file: Path) -> None:
    found = import_scenarios(store, file, "spring", terms=Terms("CC0-1.0"))

    assert [one.scenario_id for one in scenarios_of(store, found.set)] == ["a", "d", "e"]
    assert [(one.number, one.reason) for one in found.rejected] == [
        (2, "same_id"),
        (3, "repeated"),
        (4, "no_message"),
        (7, "not_json"),
    ]
    assert (found.set.requested, found.set.accepted, found.set.families) == (7, 3, 2)
    assert [one.detail.partition(":")[0] for one in rejections_of(store, found.set)] == [
        "row 2",
        "row 3",
        "row 4",
        "row 7",
    ]
    assert found.unread == ("colour",)
    assert store.get(found.source.ref, Source).licence == "CC0-1.0"
    assert store.blobs.get(found.source.content) == file.read_bytes()


def test_the_same_file_again_changes_nothing(store: Store, file: Path) -> None:
    first = import_scenarios(store, file, "spring")
    before = store.counts()
    again = import_scenarios(store, file, "spring")

    assert again.set == first.set
    assert (first.was_here, again.was_here) == (False, True)
    assert store.counts() == before
    with pytest.raises(Refused, match="licence"):
        import_scenarios(store, file, "spring", terms=Terms("MIT"))


def test_a_file_without_a_usable_row_leaves_nothing_behind(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("id,message\na,\n", encoding="utf-8")

    with pytest.raises(Unreadable, match="none of the 1 rows can be used: row 1"):
        import_scenarios(store, file, "bad")
    file.write_text("id,message\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="no row beside its header"):
        import_scenarios(store, file, "bad")
    file.write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(Unreadable, match="not UTF-8"):
        import_scenarios(store, file, "bad")
    with pytest.raises(Unreadable, match="no such file"):
        import_scenarios(store, tmp_path / "gone.csv", "bad")
    assert store.counts() == {}


def test_what_was_erased_or_withdrawn_does_not_come_back(
    workspace: Workspace, store: Store, file: Path
) -> None:
    found = import_scenarios(store, file, "spring")
    withdraw_source(store, found.source.ref, why="asked to", by="ann")
    with pytest.raises(Refused, match="withdrawn"):
        import_scenarios(store, file, "spring")
    erase_source(workspace, store, found.source.ref, why="asked to")

    with pytest.raises(Erased):
        import_scenarios(store, file, "spring")
    assert store.counts().get(Scenario.kind, 0) == 0
    assert store.blobs.size(found.source.content.sha256) is None


@pytest.mark.parametrize("ending", [".jsonl", ".json", ".csv"])
def test_what_is_exported_is_brought_in_again_the_same(
    workspace: Workspace, store: Store, tmp_path: Path, ending: str
) -> None:
    first = import_shipped(store)
    file = tmp_path / f"again{ending}"
    assert export_scenarios(workspace, store, first.set, file) == first.set.accepted
    again = import_scenarios(store, file, "again")

    def said(found: list[Scenario]) -> list[dict[str, object]]:
        return [one.model_dump(exclude={"made_from"}) for one in found]

    assert said(scenarios_of(store, again.set)) == said(scenarios_of(store, first.set))
    assert again.rejected == ()
    assert verify(store, workspace.folder).is_intact


def test_an_export_goes_with_its_source(workspace: Workspace, store: Store, file: Path) -> None:
    found = import_scenarios(store, file, "spring")
    inside = workspace.folder / "spring.json"
    export_scenarios(workspace, store, found.set, inside)
    assert len(json.loads(inside.read_text(encoding="utf-8"))) == 3
    erase_source(workspace, store, found.source.ref, why="asked to")

    assert not inside.exists()


def test_a_place_that_cannot_be_written_is_told(
    workspace: Workspace, store: Store, tmp_path: Path
) -> None:
    found = import_shipped(store)

    with pytest.raises(StorageError, match="cannot be written"):
        export_scenarios(workspace, store, found.set, tmp_path / "none" / "a.json")


def test_the_shipped_ones_are_a_set_of_their_own(store: Store) -> None:
    found = import_shipped(store)

    assert set_named(store, "safety") == found.set
    assert found.source.licence == "Apache-2.0"
    assert found.set.accepted == found.set.requested >= 12
