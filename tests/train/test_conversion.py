"""Adapters as plain ones: what is lost is measured, and small ranks lose more."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from lorewright.errors import UsageError
from lorewright.inference import ChatTokenizer, library, open_arm, open_weights, quiet_library
from lorewright.records import Turn
from lorewright.settings import TrainingSettings
from lorewright.train import plan_for
from lorewright.train.lora import LoraTraining, with_adapter
from lorewright.train.methods import Conversion, conversion, make_plain

Bases = Callable[[str], Path]
TURNS = [
    (Turn(role="user", text="How often?"), Turn(role="assistant", text="Rebalance once a year.")),
    (Turn(role="user", text="When?"), Turn(role="assistant", text="Ask before you advise.")),
]
Adapters = Callable[[str], Path]


@pytest.fixture(scope="module")
def an_adapter(a_base: Bases, tmp_path_factory: pytest.TempPathFactory) -> Adapters:
    """The folder of a trained adapter, by method; trained once."""
    made: dict[str, Path] = {}

    def find(method: str) -> Path:
        if method not in made:
            made[method] = tmp_path_factory.mktemp(method)
            _train(a_base("llama"), made[method], method)
        return made[method]

    return find


def _train(base: Path, folder: Path, method: str) -> None:
    settings = TrainingSettings(
        base="outside", method=method, epochs=12, batch=2, rank=4, learning_rate=Decimal("0.01")
    )
    plan = plan_for(settings, examples=2, is_pocket=False, max_length=None)
    tokenizer = ChatTokenizer.open(base)
    found = [one for turns in TURNS for one in tokenizer.samples("one", turns)]
    training = LoraTraining(with_adapter(open_weights(base), plan), found, [], plan)
    while training.step < training.steps:
        training.advance()
    training.write(folder, base_name="tiny")


def converted(base: Path, adapter: Path, folder: Path, rank: int) -> Conversion:
    folder.mkdir()
    return make_plain(base, adapter, folder, rank=rank, base_name="tiny", conversations=TURNS)


def score(base: Path, adapter: Path) -> float:
    return open_arm(base, adapter, threads=1).log_likelihoods([TURNS[0]])[0].log_likelihood


@pytest.mark.parametrize("method", ["dora", "adalora", "pissa", "rslora", "lora"])
def test_with_every_rank_nothing_is_lost(
    a_base: Bases, an_adapter: Adapters, tmp_path: Path, method: str
) -> None:
    base, plain = a_base("llama"), tmp_path / "plain"

    found = converted(base, an_adapter(method), plain, 48)

    config = library("peft").PeftConfig.from_pretrained(str(plain))
    assert (config.peft_type, config.use_dora, config.r) == ("LORA", False, 48)
    assert found.overall < 1e-5
    assert found.answers is not None
    assert found.answers.greatest_kl < 1e-5
    assert found.answers.same_likeliest == 1
    assert score(base, plain) == pytest.approx(score(base, an_adapter(method)), rel=1e-4)


def test_dora_loses_more_the_smaller_the_rank_and_says_how_much(
    a_base: Bases, an_adapter: Adapters, tmp_path: Path
) -> None:
    base = a_base("llama")

    few, more, most = (
        converted(base, an_adapter("dora"), tmp_path / str(rank), rank) for rank in (2, 8, 32)
    )

    assert few.overall > more.overall > most.overall > 0
    assert few.answers is not None
    assert most.answers is not None
    assert few.answers.mean_kl > most.answers.mean_kl > 0
    assert len(few.layers) == 14
    assert min(few.layers.values()) <= few.overall <= max(few.layers.values())


def test_the_measured_loss_is_that_of_the_written_weights(
    a_base: Bases, an_adapter: Adapters, tmp_path: Path
) -> None:
    """Taken from the files alone, without the code that converted."""
    base, plain = a_base("llama"), tmp_path / "plain"
    found = converted(base, an_adapter("dora"), plain, 4)
    peft = library("peft")
    with quiet_library():
        merged = [
            peft.PeftModel.from_pretrained(open_weights(base), str(place)).merge_and_unload()
            for place in (an_adapter("dora"), plain)
        ]
    original = dict(open_weights(base).named_parameters())
    layer = next(iter(found.layers))
    old, new = (dict(one.named_parameters())[f"{layer}.weight"] for one in merged)

    off = (old - new).norm() / (old - original[f"{layer}.weight"]).norm()

    assert found.layers[layer] == pytest.approx(off.item(), rel=1e-3)
    told = json.loads((plain / "conversion.json").read_text(encoding="utf-8"))
    assert told["layers"][layer] == pytest.approx(found.layers[layer], rel=1e-5)
    assert told["rank"] == 4


def test_large_layers_are_brought_near_by_iterations(
    a_base: Bases, an_adapter: Adapters, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = a_base("llama")
    exact = converted(base, an_adapter("dora"), tmp_path / "exact", 4)
    monkeypatch.setattr(conversion, "EXACT_UP_TO", 8)

    near = converted(base, an_adapter("dora"), tmp_path / "near", 4)

    assert near.overall == pytest.approx(exact.overall, rel=0.02)


def test_a_rank_that_no_layer_has_is_refused(
    a_base: Bases, an_adapter: Adapters, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="rank 49 is more than a layer has, 48"):
        converted(a_base("llama"), an_adapter("lora"), tmp_path / "plain", 49)


def test_whole_weights_have_no_plain_form(a_base: Bases, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="whole weights and no adapter"):
        converted(a_base("llama"), a_base("llama"), tmp_path / "plain", 4)
