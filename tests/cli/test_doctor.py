"""What works here, and how to mend the rest."""

import os
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from cli.program import SAMPLE, Said, done, lorewright, told
from lorewright.flows import checkup
from lorewright.flows.keys import KeyRing
from lorewright.store.database import HEAD

pytestmark = pytest.mark.usefixtures("workspace")


def checks(said: Said) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in said.told["checks"]}


def test_a_sound_workspace_is_ok_and_nothing_is_changed(workspace: Path) -> None:
    before = sorted(workspace.rglob("*"))

    found = checks(done("doctor", "--json"))

    assert {"python", "core", "train", "disk", "workspace", "settings", "database", "blobs"} <= {
        *found
    }
    assert {"readers", "exporters", "generators"} <= {*found}
    assert all(one["state"] != "broken" for one in found.values())
    assert sorted(workspace.rglob("*")) == before
    done("ingest", str(SAMPLE))
    assert checks(done("doctor", "--json"))["database"]["said"] == f"schema {HEAD}"


def test_outside_a_workspace_it_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOREWRIGHT_WORKSPACE")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    said = done("doctor")

    assert "missing  workspace" in said.out
    assert "lorewright init" in said.out
    assert list(elsewhere.iterdir()) == []


def test_settings_that_are_off_are_broken_with_their_line(workspace: Path) -> None:
    (workspace / "lorewright.toml").write_text("[chunks]\ncer_limti = 3\n", encoding="utf-8")

    said = lorewright("doctor", "--json")

    assert said.code == 4
    assert not said.told["works"]
    broken = checks(said)["settings"]
    assert broken["state"] == "broken"
    assert "lorewright.toml:2" in broken["said"]
    assert broken["mend"] == "did you mean cer_limit?"


def test_a_database_that_is_none_is_broken_and_left_alone(workspace: Path) -> None:
    file = workspace / "lorewright.db"
    file.write_text("garbage" * 100, encoding="utf-8")

    said = lorewright("doctor")

    assert said.code == 4
    assert "broken   database" in said.out
    assert "broken: database" in said.err
    assert file.read_text(encoding="utf-8") == "garbage" * 100


def test_a_database_that_does_not_answer_is_broken() -> None:
    nobody = {"LOREWRIGHT_DATABASE": "postgresql://ada:geheim@127.0.0.1:9/none"}

    said = lorewright("doctor", "--json", settings=nobody)

    assert said.code == 4
    assert checks(said)["database"]["state"] == "broken"
    assert "geheim" not in said.out


def test_a_library_that_is_absent_or_too_old_is_named_with_its_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Old(metadata.PathDistribution):
        @property
        def version(self) -> str:
            return "0.1"

    def find(name: str) -> metadata.Distribution:
        if name in {"mammoth", "pypdfium2"}:
            raise metadata.PackageNotFoundError(name)
        found = metadata.distribution(name)
        return Old(getattr(found, "_path")) if name == "scipy" else found  # noqa: B009 - private

    monkeypatch.setattr(checkup, "distribution", find)

    said = lorewright("doctor", "--json")

    found = checks(said)
    assert said.code == 4
    assert found["formats"]["state"] == "missing"
    assert found["formats"]["said"] == "mammoth is not installed, pypdfium2 is not installed"
    assert found["formats"]["mend"] == 'pip install "lorewright[formats]"'
    assert found["prove"]["state"] == "broken"
    assert "scipy 0.1 is not >=1.13" in found["prove"]["said"]


def test_a_plug_in_that_cannot_be_loaded_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "site" / "broken_reader-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-reader\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[lorewright.readers]\nodd = no_such_module:Odd\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])

    said = lorewright("doctor", "--json")

    assert said.code == 4
    assert "'odd' cannot be loaded" in checks(said)["readers"]["said"]


def test_a_folder_that_cannot_be_written_is_broken(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system_says = os.access

    def may(path: Path, mode: int, **how: bool) -> bool:
        # Root may write everywhere, whatever the rights of a folder are.
        if Path(path) == workspace and mode & os.W_OK:
            return False
        return system_says(path, mode, **how)

    monkeypatch.setattr("os.access", may)

    said = lorewright("doctor")

    assert said.code == 4
    assert "cannot be written" in said.out
    assert "chmod u+wx" in said.out


@pytest.mark.parametrize(
    ("version", "comparison", "bound", "holds"),
    [
        ("2.13.0+cpu", "<", "2.14", True),
        ("2.14.0", "<", "2.14", False),
        ("1.10", ">=", "1.9", True),
        ("5", ">=", "5.0.0", True),
        ("0.5rc1", ">=", "0.5", True),
        ("0.4.9", ">=", "0.5", False),
    ],
)
def test_versions_are_compared_by_their_numbers(
    version: str, comparison: str, bound: str, *, holds: bool
) -> None:
    assert checkup.holds(version, comparison, bound) is holds


@pytest.mark.slow
def test_torch_is_loaded_when_asked() -> None:
    deep = {one["name"]: one for one in told("doctor", "--deep")["checks"]}

    assert "threads" in deep["torch"]["said"]


def test_the_key_that_signs_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    before = checks(lorewright("doctor", "--json"))["signing"]
    key = KeyRing().own_or_new()
    made = checks(lorewright("doctor", "--json"))["signing"]
    KeyRing().signing_file.chmod(0o644)
    shared = checks(lorewright("doctor", "--json"))["signing"]

    assert (before["state"], made["state"], shared["state"]) == ("missing", "ok", "broken")
    assert key.public.keyid[:12] in made["said"]
    assert "chmod 600" in shared["mend"]
