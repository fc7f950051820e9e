"""What is set, by what, and what can be."""

import json
from pathlib import Path

import pytest

from cli.program import done, lorewright, told
from lorewright.settings import every_setting

pytestmark = pytest.mark.usefixtures("workspace")


def test_every_setting_is_shown_with_what_decided_it(workspace: Path) -> None:
    (workspace / "lorewright.toml").write_text('operator = "Ada"\n', encoding="utf-8")
    settings = {"LOREWRIGHT_CHUNKS__CER_LIMIT": "3"}

    out = done("config", "show", "--origin", settings=settings).out
    found = told("config", "show", settings=settings)

    assert f'operator = "Ada"   # {workspace / "lorewright.toml"}:1\n' in out
    assert "cer_limit = 3   # the environment variable LOREWRIGHT_CHUNKS__CER_LIMIT\n" in out
    assert "curation.seed = 7   # default\n" in out
    assert [one["name"] for one in found["settings"]] == [one.name for one in every_setting()]
    assert all(one["sentence"] and one["variable"] for one in found["settings"])


def test_without_being_asked_no_origin_is_shown() -> None:
    assert "#" not in done("config", "show").out


def test_a_password_is_shown_nowhere() -> None:
    settings = {"LOREWRIGHT_DATABASE": "postgresql://ada:geheim@host/name"}

    for words in (("show",), ("show", "--origin"), ("show", "--json")):
        said = done("config", *words, settings=settings)
        assert "geheim" not in said.out + said.err
        assert "ada:***@host" in said.out


def test_settings_are_shown_outside_a_workspace_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.delenv("LOREWRIGHT_WORKSPACE")

    assert told("config", "show")["file"] is None
    said = done("config", "path")
    assert said.out == f"{elsewhere / 'lorewright.toml'}\n"
    assert "lorewright init" in said.err
    assert list(elsewhere.iterdir()) == []


def test_a_broken_file_can_still_be_found_and_looked_up(workspace: Path) -> None:
    (workspace / "lorewright.toml").write_text("[chunks]\ncer_limti = 3\n", encoding="utf-8")

    said = lorewright("config", "show")

    assert said.code == 2
    assert "lorewright.toml:2" in said.err
    assert "did you mean cer_limit?" in said.err
    assert told("config", "path")["exists"]
    assert json.loads(done("config", "schema").out)["properties"]["operator"]["description"]
