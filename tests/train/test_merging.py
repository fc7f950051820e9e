"""A merged model answers as base and adapter do, or is refused."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lorewright.errors import BadRecord, OutsideError, Refused
from lorewright.inference import ChatTokenizer, Sample, library, open_arm
from lorewright.train.merging import BOUNDS, LEAST_TOKENS, merge_adapter, stored_type
from train.conftest import LINES
from train.made_adapters import an_adapter


def probes_for(base: Path) -> list[Sample]:
    tokenizer = ChatTokenizer.open(base)
    return [tokenizer.last_answer(line.name, line.turns) for line in LINES]


def stored_in(base: Path, place: Path, stored_as: str) -> Path:
    """The same base with its weights stored in another type."""
    torch, transformers = library("torch"), library("transformers")
    shutil.copytree(base, place)
    network = transformers.AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    network.to(getattr(torch, stored_as)).save_pretrained(place)
    return place


@pytest.mark.parametrize("family", ["llama", "qwen2", "phi3"])
def test_a_merged_folder_stands_by_itself_and_answers_alike(
    a_base: Callable[[str], Path], tmp_path: Path, family: str
) -> None:
    base = a_base(family)
    adapter, out = an_adapter(base, tmp_path / "job"), tmp_path / "merged"

    merged = merge_adapter(base, adapter, out, probes=probes_for(base))

    assert merged.largest <= merged.bound < merged.moved
    assert merged.agreement == 1
    assert merged.stored_as == "float32"
    conversations = [line.turns for line in LINES]
    wanted = open_arm(base, adapter, threads=1).log_likelihoods(conversations)
    found = open_arm(out, threads=1).log_likelihoods(conversations)
    plain = open_arm(base, threads=1).log_likelihoods(conversations)
    for one, other, without in zip(found, wanted, plain, strict=True):
        assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-3)
        assert abs(one.log_likelihood - without.log_likelihood) > 0.1


def test_tokenizer_and_template_come_over_as_they_are(
    a_base: Callable[[str], Path], tmp_path: Path
) -> None:
    base = tmp_path / "base"
    shutil.copytree(a_base("llama"), base)
    (base / "LICENSE").write_text("Anybody may.", encoding="utf-8")
    (base / "chat_template.jinja").write_text("{{ messages }}", encoding="utf-8")
    (base / "notes.bin").write_bytes(b"pickled")
    probes = probes_for(a_base("llama"))

    merge_adapter(base, an_adapter(base, tmp_path / "job"), tmp_path / "out", probes=probes)

    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "LICENSE"):
        assert (tmp_path / "out" / name).read_bytes() == (base / name).read_bytes()
    assert not (tmp_path / "out" / "notes.bin").exists()


@pytest.mark.parametrize("stored_as", ["bfloat16", "float16"])
def test_weights_are_stored_as_those_of_the_base_and_lose_no_more_than_that(
    a_base: Callable[[str], Path], tmp_path: Path, stored_as: str
) -> None:
    base = stored_in(a_base("llama"), tmp_path / "base", stored_as)

    merged = merge_adapter(
        base, an_adapter(base, tmp_path / "job"), tmp_path / "out", probes=probes_for(base)
    )

    assert merged.stored_as == stored_as
    assert 0 < merged.largest <= merged.bound == BOUNDS[stored_as] * merged.spread
    config = json.loads((tmp_path / "out" / "config.json").read_bytes())
    assert config["dtype"] == stored_as


def test_a_merge_that_answers_otherwise_is_refused(
    a_base: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = stored_in(a_base("llama"), tmp_path / "base", "bfloat16")
    monkeypatch.setitem(BOUNDS, "bfloat16", 1e-9)

    with pytest.raises(BadRecord, match="answer otherwise than base and adapter"):
        merge_adapter(
            base, an_adapter(base, tmp_path / "job"), tmp_path / "out", probes=probes_for(base)
        )


def test_an_adapter_that_holds_no_numbers_is_not_merged(
    a_base: Callable[[str], Path], tmp_path: Path
) -> None:
    base = a_base("llama")
    adapter = an_adapter(base, tmp_path / "job", size=float("nan"))

    with pytest.raises(BadRecord, match="cannot be merged"):
        merge_adapter(base, adapter, tmp_path / "out", probes=probes_for(base))


def test_an_adapter_of_another_base_is_not_merged(
    a_base: Callable[[str], Path], tmp_path: Path
) -> None:
    adapter = an_adapter(a_base("phi3"), tmp_path / "job")

    with pytest.raises(OutsideError, match="the adapter cannot be loaded"):
        merge_adapter(
            a_base("llama"), adapter, tmp_path / "out", probes=probes_for(a_base("llama"))
        )


def test_a_quantised_base_is_refused_and_one_without_a_config_too(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match=r"no config\.json"):
        stored_type(tmp_path)
    (tmp_path / "config.json").write_text(
        json.dumps({"quantization_config": {"quant_method": "bitsandbytes"}}), encoding="utf-8"
    )
    with pytest.raises(Refused, match="are quantised"):
        stored_type(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"torch_dtype": "bfloat16"}))
    assert stored_type(tmp_path) == "bfloat16"
    (tmp_path / "config.json").write_text("{}")
    assert stored_type(tmp_path) == "float32"


def test_enough_is_asked_and_no_more(a_base: Callable[[str], Path], tmp_path: Path) -> None:
    base = a_base("llama")
    many = probes_for(base) * 20

    merged = merge_adapter(base, an_adapter(base, tmp_path / "job"), tmp_path / "out", probes=many)

    longest = max(sum(sample.labels) for sample in many)
    assert LEAST_TOKENS <= merged.tokens < LEAST_TOKENS + longest
