"""Base models looked at without loading them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import huggingface_hub
import pytest

from lorewright.errors import BadMask, OutsideError
from lorewright.inference import library
from lorewright.train import describe, locate, outside_record


@pytest.fixture
def a_copy(a_base: Callable[[str], Path], tmp_path: Path) -> Path:
    """A base model that a test may damage."""
    return Path(shutil.copytree(a_base("llama"), tmp_path / "base"))


def test_a_base_is_known_by_its_shape_and_its_files(a_base: Callable[[str], Path]) -> None:
    folder = a_base("phi3")
    network = library("transformers").AutoModelForCausalLM.from_pretrained(folder)

    base = describe(folder, name="tiny-phi")

    assert base.architecture == "Phi3ForCausalLM"
    assert base.parameters == sum(weights.numel() for weights in network.parameters())
    assert base.max_length == 256
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= {
        file.path for file in base.files
    }
    assert outside_record(base).outside == base.files


def test_another_weight_is_another_base(a_copy: Path) -> None:
    before = outside_record(describe(a_copy, name="tiny")).ref
    weights = a_copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")

    assert outside_record(describe(a_copy, name="tiny")).ref != before


def test_pickled_weights_are_refused(a_copy: Path) -> None:
    (a_copy / "model.safetensors").rename(a_copy / "pytorch_model.bin")

    with pytest.raises(OutsideError, match="opening a pickle runs code"):
        describe(a_copy, name="tiny")


def test_a_folder_without_weights_is_refused(a_copy: Path) -> None:
    (a_copy / "model.safetensors").unlink()

    with pytest.raises(OutsideError, match="no safetensors"):
        describe(a_copy, name="tiny")


def test_split_weights_are_counted_once_and_a_missing_part_is_noticed(
    a_copy: Path, a_base: Callable[[str], Path]
) -> None:
    library("transformers").AutoModelForCausalLM.from_pretrained(a_copy).save_pretrained(
        a_copy, max_shard_size="50KB"
    )
    (a_copy / "model.safetensors").rename(a_copy / "consolidated.safetensors")

    base = describe(a_copy, name="tiny")

    parts = sorted(a_copy.glob("model-*.safetensors"))
    assert len(parts) > 1
    assert base.parameters == describe(a_base("llama"), name="tiny").parameters
    assert {part.name for part in parts} <= {file.path for file in base.files}
    parts[0].unlink()
    with pytest.raises(OutsideError, match="not all of them"):
        describe(a_copy, name="tiny")


@pytest.mark.parametrize("body", [b"", b"no weights", b"\xff" * 64, b"\x02" + b"\0" * 7 + b"[]"])
def test_a_broken_weights_file_is_refused(a_copy: Path, body: bytes) -> None:
    (a_copy / "model.safetensors").write_bytes(body)

    with pytest.raises(OutsideError, match="no safetensors"):
        describe(a_copy, name="tiny")


def test_a_tokenizer_without_a_template_is_refused_with_a_way_out(a_copy: Path) -> None:
    path = a_copy / "tokenizer_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    del config["chat_template"]
    path.write_text(json.dumps(config), encoding="utf-8")

    with pytest.raises(BadMask, match="no chat template") as caught:
        describe(a_copy, name="tiny")
    assert "instruct version" in (caught.value.hint or "")


def test_a_template_in_a_file_of_its_own_is_found(a_copy: Path) -> None:
    path = a_copy / "tokenizer_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    (a_copy / "chat_template.jinja").write_text(config.pop("chat_template"), encoding="utf-8")
    path.write_text(json.dumps(config), encoding="utf-8")

    base = describe(a_copy, name="tiny")

    assert "chat_template.jinja" in {file.path for file in base.files}


@pytest.mark.parametrize("body", ["[]", "{", ""])
def test_a_broken_config_is_refused(a_copy: Path, body: str) -> None:
    (a_copy / "config.json").write_text(body, encoding="utf-8")

    with pytest.raises(OutsideError, match=r"config\.json"):
        describe(a_copy, name="tiny")


def test_a_folder_is_found_where_it_is(a_copy: Path) -> None:
    assert locate(str(a_copy)) == a_copy.resolve()


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", "nowhere", "a/b/c"])
def test_what_is_neither_folder_nor_hub_name_is_refused(name: str) -> None:
    with pytest.raises(OutsideError, match="no such folder"):
        locate(name)


def test_a_hub_name_without_network_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))

    with pytest.raises(OutsideError, match="cannot be fetched") as caught:
        locate("nobody/nothing")
    assert "Offline, name a folder" in (caught.value.hint or "")
