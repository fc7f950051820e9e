"""Every setting is in the settings file of a new workspace, with its sentence and its default."""

import json
import re
from pathlib import Path

import pytest

from lorewright.errors import BadSettings
from lorewright.settings import (
    Settings,
    every_setting,
    held_settings,
    load_settings,
    masked,
    settings_schema,
    settings_text,
    toml_of,
)

DEFAULTS = Settings.model_construct()


def uncommented(text: str) -> str:
    """The file with every setting that has a default switched on."""
    return re.sub(r"^# (?=[a-z_]+ = )", "", text, flags=re.MULTILINE)


def test_the_file_of_a_new_workspace_says_what_holds_anyway(tmp_path: Path) -> None:
    file = tmp_path / "lorewright.toml"
    for text in (settings_text(), uncommented(settings_text())):
        file.write_text(text, encoding="utf-8")

        assert load_settings(file).model_dump() == DEFAULTS.model_dump()


def test_every_setting_stands_in_the_file_once_below_its_sentence() -> None:
    text = settings_text()
    for setting in every_setting():
        *above, name = setting.path
        table = re.escape(".".join(above))
        part = re.split(r"^\[[a-z.]+\]$", text, flags=re.MULTILINE)[0]
        if above:
            found = re.search(rf"^\[{table}\]$(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
            assert found, setting.name
            part = found[1]
        lines = [line for line in part.splitlines() if line.startswith(f"# {name} =")]
        assert lines == [f"# {name} = {toml_of(setting.default)}".rstrip()]
        said = " ".join(line.removeprefix("# ") for line in part.splitlines())
        assert setting.sentence, setting.name
        assert setting.sentence in said


def test_every_line_of_the_file_fits_and_ends_with_a_word() -> None:
    for line in settings_text().splitlines():
        assert len(line) <= 100
        assert line == line.rstrip()


def test_the_schema_knows_every_setting_by_its_sentence() -> None:
    schema = settings_schema()

    for setting in every_setting():
        part = schema
        for name in setting.path:
            reference = part.get("$ref", "")
            part = schema["$defs"][reference.rpartition("/")[2]] if reference else part
            part = part["properties"][name]
        assert part["description"] == setting.sentence
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (7, "7"),
        ('a "b"', '"a \\"b\\""'),
        ((1, 2), "[1, 2]"),
        (["x"], '["x"]'),
        (Path("served.jinja"), '"served.jinja"'),
    ],
)
def test_a_value_as_it_stands_in_the_file(value: object, text: str) -> None:
    assert toml_of(value) == text


def test_a_value_without_a_form_in_the_file_is_an_error() -> None:
    with pytest.raises(TypeError):
        toml_of(object())


def origins(file: Path) -> dict[str, str]:
    return {one.setting.name: one.origin for one in held_settings(load_settings(file), file)}


def test_what_decided_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "lorewright.toml"
    file.write_text(
        'operator = "Ada"\n'
        "evaluation = { seed = 8 }\n"
        "[chunks]\n"
        "cer_limit = 4\n"
        "example_limit = 4\n"
        "[training.pocket]\n"
        '"hidden" = 64  # = 64\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("LOREWRIGHT_CHUNKS__CER_LIMIT", "5")
    monkeypatch.setenv("lorewright_training__rank", "4")
    monkeypatch.setenv("LOREWRIGHT_CURATION", '{"seed": 9}')

    found = origins(file)

    assert found["operator"] == f"{file}:1"
    assert found["evaluation.seed"] == f"{file}:2"
    assert found["chunks.cer_limit"] == "the environment variable LOREWRIGHT_CHUNKS__CER_LIMIT"
    assert found["chunks.example_limit"] == f"{file}:5"
    assert found["training.pocket.hidden"] == f"{file}:7"
    assert found["training.rank"] == "the environment variable lorewright_training__rank"
    assert found["curation.seed"] == "the environment variable LOREWRIGHT_CURATION"
    assert found["curation.valid_share"] == "default"
    assert list(found) == [setting.name for setting in every_setting()]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("postgresql://ada:p@ss/w:ord@host/name", "postgresql://ada:***@host/name"),
        ("postgresql://ada@host/name", "postgresql://ada@host/name"),
        ("s3://bucket/x?access_key_id=AB&region=eu", "s3://bucket/x?access_key_id=***&region=eu"),
        ("postgresql:///x?user=a&password=b", "postgresql:///x?user=a&password=***"),
        ("pocket", "pocket"),
        (7, 7),
    ],
)
def test_passwords_are_not_shown(value: object, shown: object) -> None:
    assert masked(value) == shown


def test_a_setting_in_the_wrong_table_is_found(tmp_path: Path) -> None:
    file = tmp_path / "lorewright.toml"
    file.write_text("cer_limit = 3\n", encoding="utf-8")

    with pytest.raises(BadSettings) as caught:
        load_settings(file)

    assert caught.value.hint == "did you mean chunks.cer_limit?"
    assert caught.value.where == f"{file}:1"
