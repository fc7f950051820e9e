"""Settings come from flag, environment, file and default, in this order, and say what is off."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from lorewright.errors import BadSettings
from lorewright.settings import ChunkSettings, GenerationSettings, Settings, load_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lorewright.toml"


def said(file: Path, text: str) -> BadSettings:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings) as caught:
        load_settings(file)
    assert caught.value.exit_code == 2
    return caught.value


def test_every_setting_has_a_default(file: Path) -> None:
    assert load_settings(None).model_dump() == load_settings(file).model_dump()
    assert load_settings(None).chunks == ChunkSettings()


def test_flags_win_over_the_environment_and_that_over_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('operator = "file"\n[chunks]\ncer_limit = 1\n', encoding="utf-8")

    assert load_settings(file).operator == "file"
    monkeypatch.setenv("LOREWRIGHT_OPERATOR", "environment")
    monkeypatch.setenv("LOREWRIGHT_CHUNKS__CER_LIMIT", "2")
    assert load_settings(file).operator == "environment"
    assert load_settings(file).chunks.cer_limit == 2
    assert load_settings(file, operator="flag").operator == "flag"


def test_tables_that_name_one_setting_leave_the_others(file: Path) -> None:
    file.write_text("[chunks]\ncer_limit = 1\n", encoding="utf-8")

    settings = load_settings(file)

    assert settings.chunks == ChunkSettings(cer_limit=1)
    assert settings.generation == GenerationSettings()


def test_fractions_are_decimals(file: Path) -> None:
    file.write_text("[curation]\nnear_duplicate_jaccard = 0.7\n", encoding="utf-8")

    jaccard = load_settings(file).curation.near_duplicate_jaccard

    assert jaccard == Decimal("0.7")
    assert str(jaccard) == "0.7"


def test_settings_do_not_change() -> None:
    settings = load_settings(None)

    with pytest.raises(ValidationError, match="frozen"):
        settings.operator = "somebody"
    with pytest.raises(ValidationError, match="frozen"):
        settings.chunks.cer_limit = 1


def test_an_unknown_setting_is_shown_where_it_stands_with_the_nearest_known_one(
    file: Path,
) -> None:
    error = said(file, "# cer_limti = 1\n\n[chunks]\nsequential_characters = 2000\ncer_limti = 1\n")

    assert error.sentence == "there is no setting called chunks.cer_limti"
    assert error.where == f"{file}:5"
    assert error.hint == "did you mean cer_limit?"


def test_an_unknown_setting_like_no_other_points_to_the_list(file: Path) -> None:
    error = said(file, "zebra = 1\n")

    assert error.where == f"{file}:1"
    assert "lorewright config show" in (error.hint or "")


def test_a_nested_unknown_setting_is_compared_with_its_neighbours(file: Path) -> None:
    assert said(file, "[training.pocket]\nhiden = 1\n").hint == "did you mean hidden?"
    assert said(file, "[operator]\nx = 1\n").sentence.startswith("the setting operator is off")


def test_a_value_that_is_off_says_how(file: Path) -> None:
    error = said(file, 'operator = "Ada"\n[curation]\ntransfer_share = 2\n')

    assert error.sentence.startswith("the setting curation.transfer_share is off: ")
    assert error.where == f"{file}:3"


def test_settings_that_do_not_go_together_are_told(file: Path) -> None:
    error = said(file, "[curation]\ntransfer_share = 0.6\nvalid_share = 0.4\n")

    assert error.sentence.startswith("the setting curation is off: transfer_share and valid_share")
    assert error.where == str(file)


@pytest.mark.parametrize(
    "text",
    ["chunks.cer_limti = 1\n", "chunks = { cer_limti = 1 }\n", "[ chunks ]\n  cer_limti=1\n"],
)
def test_the_file_is_named_however_the_setting_is_written(file: Path, text: str) -> None:
    error = said(file, text)

    assert error.sentence == "there is no setting called chunks.cer_limti"
    assert (error.where or "").startswith(str(file))


def test_a_variable_that_is_off_is_named(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setenv("LOREWRIGHT_CHUNKS__CER_LIMIT", "many")

    error = said(file, "")

    assert error.where == "the environment variable LOREWRIGHT_CHUNKS__CER_LIMIT"


def test_a_variable_that_cannot_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    monkeypatch.setenv("LOREWRIGHT_CHUNKS", "{not json")

    assert "in the environment cannot be read" in said(file, "").sentence


@pytest.mark.parametrize("content", [b"operator = \n", b"operator = '\xff'\n"])
def test_a_file_that_is_no_toml_is_told(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    with pytest.raises(BadSettings, match="not valid TOML") as caught:
        load_settings(file)

    assert caught.value.where == str(file)


def test_every_setting_survives_a_recipe() -> None:
    """Steps keep their settings as JSON, where a fraction must be text."""

    assert json.loads(Settings().model_dump_json(), parse_float=pytest.fail)
