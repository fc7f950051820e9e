"""Recipes, presets, and what wins over what."""

from decimal import Decimal
from pathlib import Path

import pytest

from lorewright.errors import BadSettings
from lorewright.settings import TrainingSettings
from lorewright.train import Plan, known_recipes, plan_for, settled

OWN = """
name = "mine"
sentence = "LoRA on the attention alone."
source = "us"
kind = "lora"

[peft]
target_modules = ["q_proj", "v_proj"]

[optimizer]
learning_rate_factor = 2

[serving]
mixed_batch = true
vllm = true
merge = true
note = "Like LoRA."
"""


def a_plan(*, is_pocket: bool = False, parameters: int = 0, **chosen: object) -> Plan:
    settings = TrainingSettings.model_validate(chosen)
    return plan_for(
        settings, examples=100, is_pocket=is_pocket, max_length=None, parameters=parameters
    )


def test_every_method_that_is_promised_is_there_with_where_it_can_be_served() -> None:
    known = known_recipes()

    assert list(known.methods) == [
        *("lora", "rslora", "lora+", "dora", "adalora", "qlora", "qdora", "pissa", "full"),
        "dylora",
    ]
    assert all(one.serving.note.endswith(".") for one in known.methods.values())
    assert {one.name for one in known.methods.values() if not one.serving.vllm} == {
        *("dora", "qdora", "adalora", "dylora")
    }
    assert not known.method("dora").serving.mixed_batch


def test_dylora_is_refused_with_its_reason() -> None:
    with pytest.raises(BadSettings, match=r"not offered: peft has no such method.*every rank"):
        a_plan(method="dylora")


def test_an_unknown_method_or_preset_names_those_there_are() -> None:
    with pytest.raises(BadSettings, match="no training method 'lorra'") as caught:
        a_plan(method="lorra")
    with pytest.raises(BadSettings, match="no preset 'bold'") as other:
        a_plan(preset="bold")

    assert "lora, rslora" in (caught.value.hint or "")
    assert "dylora" not in (caught.value.hint or "")
    assert "conservative" in (other.value.hint or "")


def test_a_preset_fills_in_what_the_operator_leaves_open() -> None:
    aggressive, mixed = a_plan(preset="aggressive"), a_plan(preset="aggressive", rank=4, epochs=1)

    assert (aggressive.rank, aggressive.alpha, aggressive.epochs) == (32, 64, 4)
    assert (aggressive.learning_rate, aggressive.dropout) == (Decimal("0.0003"), Decimal("0.1"))
    assert (mixed.rank, mixed.alpha, mixed.epochs) == (4, 64, 1)


def test_the_balanced_preset_says_the_defaults_aloud() -> None:
    assert a_plan(preset="balanced") == a_plan()
    assert (a_plan(preset="fleet").rank, a_plan(preset="fleet").alpha) == (8, 32)


def test_the_pocket_base_keeps_its_rate_and_steps_under_a_preset() -> None:
    plan = a_plan(is_pocket=True, preset="conservative")

    assert (plan.learning_rate, plan.steps, plan.rank) == (Decimal("0.006"), 180, 8)


def test_a_method_scales_a_rate_that_was_chosen_and_none_that_was_said() -> None:
    assert a_plan(method="full").learning_rate == Decimal("0.00002")
    assert a_plan(method="full", learning_rate="0.0002").learning_rate == Decimal("0.0002")


def test_a_large_base_learns_at_half_the_rate() -> None:
    assert a_plan(parameters=70_000_000_000).learning_rate == Decimal("0.0001")
    assert a_plan(parameters=14_000_000_000).learning_rate == Decimal("0.0002")


def test_an_own_recipe_is_added_or_stands_in_the_place_of_another(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(OWN, encoding="utf-8")
    (tmp_path / "lora.toml").write_text(OWN.replace('"mine"', '"lora"'), encoding="utf-8")
    (tmp_path / "presets.toml").write_text(
        '[[preset]]\nname = "tiny"\nsentence = "x"\nrank = 2\n', encoding="utf-8"
    )
    known = known_recipes(tmp_path)
    plan = plan_for(
        TrainingSettings(method="mine", preset="tiny"),
        examples=9,
        is_pocket=False,
        max_length=None,
        recipes=known,
    )

    assert known.method("lora").peft.target_modules == ("q_proj", "v_proj")
    assert (plan.method.name, plan.rank, plan.learning_rate) == ("mine", 2, Decimal("0.0004"))
    assert "balanced" in known.presets


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("target_modules", "target_modulez"), "peft.target_modulez"),
        (('kind = "lora"', 'kind = "full"'), "full training has no adapter"),
        (('kind = "lora"', 'kind = "adalora"'), "a table"),
        (('kind = "lora"', 'kind = "loha"'), "kind"),
        (('name = "mine"', 'name = "Mine!"'), "name"),
        (("merge = true", ""), "serving.merge"),
        (('source = "us"', "source = "), "cannot be read"),
    ],
)
def test_a_recipe_that_is_off_is_named(tmp_path: Path, change: tuple[str, str], said: str) -> None:

    (tmp_path / "mine.toml").write_text(OWN.replace(*change), encoding="utf-8")

    with pytest.raises(BadSettings, match=said) as caught:
        known_recipes(tmp_path)

    assert (caught.value.where or "").endswith("mine.toml")


def test_settled_settings_say_every_number_that_shapes_the_adapter() -> None:
    known = known_recipes()
    filled = settled(TrainingSettings(preset="fleet", dropout=Decimal("0.2")), known)
    whole = settled(TrainingSettings(method="full"), known)

    assert (filled.rank, filled.alpha, filled.dropout) == (8, 32, Decimal("0.2"))
    assert whole.rank is None
