"""A key never stands in the settings; one that does is refused where it stands, unrepeated."""

import logging
import traceback
from pathlib import Path

import pytest

from lorewright.errors import BadSettings
from lorewright.settings import load_settings, masked

TAIL = "Zq7" * 12
KEYS = [
    "sk-" + TAIL,
    "sk-ant-api03-" + TAIL,
    "sk-proj-" + TAIL,
    "hf_" + TAIL,
    "gsk_" + TAIL,
    "xai-" + TAIL,
    "AIza" + TAIL,
    "AKIA" + "ABCD" * 4,
    "Bearer " + TAIL,
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lorewright.toml"


def refused(file: Path | None, text: str = "") -> BadSettings:
    if file is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings) as caught:
        load_settings(file)
    told = "".join(traceback.format_exception(caught.value))
    assert TAIL not in told
    assert "ABCDABCD" not in told
    return caught.value


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "written",
    [
        'operator = "{}"',
        'blobs = "s3://bucket?token={}"',
        '# an old one: "{}"',
        "zebra = ['x', '{}']",
        '"{}" = 1',
        'teacher = {{ model = "openai:x", key_variable = "{}" }}',
    ],
)
def test_what_looks_like_a_key_is_refused_wherever_it_stands(
    file: Path, key: str, written: str
) -> None:
    error = refused(file, "\n\n" + written.format(key))

    assert error.sentence == "a key stands in the settings"
    assert error.where == f"{file}:3"
    assert "teacher.key_variable" in (error.hint or "")


@pytest.mark.parametrize(
    "written",
    [
        '[teacher]\nkey = "geheim"',
        '[teacher]\napi_key = "geheim"',
        '[teacher]\ntoken = "geheim"',
        "\nanthropic_api_key = 'geheim'",
        "\nOPENAI_API_KEY = 'geheim'",
        "\nteacher.secret = 'geheim'",
    ],
)
def test_what_is_called_like_a_key_is_refused_whatever_it_holds(file: Path, written: str) -> None:
    error = refused(file, written)

    assert error.sentence == "a key stands in the settings"
    assert error.where == f"{file}:2"
    assert "geheim" not in "".join(traceback.format_exception(error))


def test_a_setting_that_is_only_misspelt_is_no_key(file: Path) -> None:
    file.write_text("[teacher]\nmax_tokens = 5\n", encoding="utf-8")

    with pytest.raises(BadSettings, match=r"no setting called teacher\.max_tokens") as caught:
        load_settings(file)
    assert caught.value.hint == "did you mean most_tokens?"


def test_a_key_in_a_variable_that_is_a_setting_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOREWRIGHT_TEACHER__KEY_VARIABLE", KEYS[0])

    error = refused(file)

    assert error.where == "the environment variable LOREWRIGHT_TEACHER__KEY_VARIABLE"


def test_a_variable_of_a_table_that_is_called_like_a_key_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOREWRIGHT_TEACHER__API_KEY", "geheim")

    assert refused(file).where == "the environment variable LOREWRIGHT_TEACHER__API_KEY"


def test_the_variable_that_holds_the_key_may_be_called_as_one_likes(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOREWRIGHT_KEY", KEYS[1])
    file.write_text('[teacher]\nkey_variable = "LOREWRIGHT_KEY"\n', encoding="utf-8")

    assert load_settings(file).teacher.key_variable == "LOREWRIGHT_KEY"


@pytest.mark.parametrize("value", ["short", "a value with spaces and a longer tail of words 12345"])
def test_a_value_that_is_off_is_not_repeated(file: Path, value: str) -> None:
    file.write_text(f'[teacher]\nkey_variable = "{value} {value}"\n', encoding="utf-8")

    with pytest.raises(BadSettings, match="key_variable is off") as caught:
        load_settings(file)
    assert value not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("key", KEYS)
def test_what_is_shown_holds_no_key(key: str) -> None:
    assert TAIL not in masked(f"it was {key}")
    assert "ABCDABCD" not in masked(f"it was {key}")


def test_ordinary_words_are_no_keys(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    file.write_text(
        'operator = "task-force-of-many-people"\n[teacher]\nmodel = "openai:qwen3-30b-a3b-instruct"'
        '\nkey_variable = "ANTHROPIC_API_KEY"\n[training]\nbase = "desk-lamp-research"\n',
        encoding="utf-8",
    )

    assert load_settings(file).operator == "task-force-of-many-people"
    assert not caplog.records
