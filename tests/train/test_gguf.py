"""llama.cpp's converter is found, called and not believed. A stand-in takes its place here."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from lorewright.errors import MissingExtra, OutsideError, Refused, Unreadable
from lorewright.inference import library
from lorewright.train.gguf import (
    COMMANDS,
    What,
    command_for,
    convert,
    find_converter,
    header_of,
    refuse_unfit_alone,
)

STAND_IN = Path(__file__).parent / "converter_stand_in.py"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "folder"
    place.mkdir()
    torch = library("torch")
    tensors = {"a": torch.zeros(2, 2), "b": torch.zeros(3)}
    library("safetensors.torch").save_file(tensors, place / "model.safetensors")
    (place / "config.json").write_text('{"architectures": ["LlamaForCausalLM"]}')
    (place / "adapter_config.json").write_text('{"peft_type": "LORA", "r": 8, "bias": "none"}')
    return place


def test_the_command_names_file_type_and_base(tmp_path: Path) -> None:
    whole = command_for(("x",), tmp_path / "m", tmp_path / "o.gguf", out_type="q8_0")
    alone = command_for(
        ("py", "x.py"), tmp_path / "a", tmp_path / "o.gguf", out_type="f16", base=tmp_path / "b"
    )

    assert whole == [
        *("x", "--outfile", str(tmp_path / "o.gguf"), "--outtype", "q8_0", str(tmp_path / "m"))
    ]
    assert alone[:4] == ["py", "x.py", "--base", str(tmp_path / "b")]
    assert alone[-1] == str(tmp_path / "a")


@pytest.mark.parametrize("base", [False, True])
def test_what_a_converter_wrote_is_looked_at(folder: Path, tmp_path: Path, *, base: bool) -> None:
    out, converter = tmp_path / "out.gguf", find_converter("merged", STAND_IN)

    command = command_for(converter, folder, out, out_type="f16", base=folder if base else None)
    header = convert(command, out)

    assert header == (3, 2, 0)
    assert header_of(out) == header


@pytest.mark.parametrize(
    ("file", "error", "why"),
    [
        ("FAIL", OutsideError, "Model FooForCausalLM is not supported"),
        ("LIE", Unreadable, "is no GGUF file"),
        ("NOTHING", Unreadable, "wrote no file"),
    ],
)
def test_a_converter_that_fails_or_lies_is_told(
    folder: Path, tmp_path: Path, file: str, error: type[Exception], why: str
) -> None:
    (folder / file).touch()
    out = tmp_path / "out.gguf"

    with pytest.raises(error, match=why):
        convert(command_for((str(STAND_IN),), folder, out, out_type="f16"), out)


def test_a_converter_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x00\x01")
    broken.chmod(0o755)

    with pytest.raises(OutsideError, match="cannot be started"):
        convert([str(broken)], tmp_path / "out.gguf")


@pytest.mark.parametrize("what", ["merged", "adapter"])
def test_without_a_converter_one_is_told_what_to_install(
    what: What, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingExtra, match=r"llama\.cpp's converter") as error:
        find_converter(what)
    assert "--converter" in (error.value.hint or "")


@pytest.mark.parametrize("what", ["merged", "adapter"])
def test_a_converter_is_found_on_the_path(
    what: What, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in reversed(COMMANDS[what]):
        place = tmp_path / name
        place.write_text("#!/bin/sh\n")
        place.chmod(0o755)

        assert find_converter(what) == (str(place),)


def test_a_named_converter_is_run_by_python_when_nothing_else_can(tmp_path: Path) -> None:
    script = tmp_path / "convert_hf_to_gguf.py"
    script.write_text("print()")
    script.chmod(stat.S_IRUSR)

    words = find_converter("merged", script)

    assert words[-1] == str(script)
    assert len(words) == 2
    with pytest.raises(OutsideError, match="there is no converter"):
        find_converter("merged", tmp_path / "nowhere.py")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"peft_type": "ADALORA"}, "of the kind ADALORA"),
        ({"use_dora": True}, "DoRA"),
        ({"use_rslora": True}, "rsLoRA"),
        ({"alpha_pattern": {"q_proj": 3}}, "scaled differently"),
        ({"modules_to_save": ["lm_head"]}, "whole layers"),
        ({"bias": "all"}, "biases"),
    ],
)
def test_what_llama_cpp_would_read_otherwise_does_not_stand_alone(
    folder: Path, changes: dict[str, Any], why: str
) -> None:
    config = {"peft_type": "LORA", "r": 8, "bias": "none"}
    path = folder / "adapter_config.json"
    path.write_text(json.dumps(config))
    refuse_unfit_alone(folder)

    path.write_text(json.dumps(config | changes))

    with pytest.raises(Refused, match=why):
        refuse_unfit_alone(folder)


@pytest.mark.parametrize(
    "content", [b"", b"GGUF", b"GGML" + bytes(20), b"GGUF" + bytes(20), b"GGUF\x09" + bytes(19)]
)
def test_what_is_no_gguf_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(content)

    with pytest.raises(Unreadable):
        header_of(path)
