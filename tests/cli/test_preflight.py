"""`lorewright train` looks before it trains, and says all that it found."""

from pathlib import Path

import pytest

from cli.program import done, lorewright, told
from cli.story import Story, names_of

SHORT = {"LOREWRIGHT_TRAINING__BATCH": "1000", "LOREWRIGHT_TRAINING__FORCE": "[]"}
"""One step in all, and nothing overridden."""


def test_a_check_trains_nothing_and_finds_the_story_in_order(story: Story) -> None:
    said = told("train", "--check")

    assert said["blockers"] == []
    assert {one["severity"] for one in said["findings"]} <= {"warning"}
    assert said["not_looked_at"] == []
    assert len(names_of("adapter")) == 2


def test_what_is_in_the_way_is_listed_with_what_to_do(story: Story) -> None:
    check = lorewright("train", "--check", settings=SHORT)
    plain = lorewright("train", settings=SHORT)
    as_json = lorewright("train", "--json", settings=SHORT)

    assert (check.code, plain.code, as_json.code) == (1, 1, 1)
    for said in (check, plain):
        assert "blocker   too-few-steps: the run has 1 optimizer steps" in said.out
        assert "-> `lorewright train --epochs 50` makes 50 steps" in " ".join(said.out.split())
    assert "error: 1 finding before the training must be mended first" in plain.err
    assert as_json.told["blockers"] == ["too-few-steps"]
    assert len(names_of("adapter")) == 2


def test_what_is_overridden_stands_in_the_recipe_of_the_adapter(story: Story) -> None:
    trained = told("train", "--force", "too-few-steps", settings=SHORT)

    again = told("train", "--force", "too-few-steps", settings=SHORT)
    assert again["tuned"] == trained["tuned"]
    recipe = next(
        name
        for line in done("trace", trained["tuned"]).out.split()
        if (name := line).startswith("recipe:")
    )
    assert recipe
    shown = [told("show", name)["content"] for name in names_of("recipe")]
    forced = [one["settings"] for one in shown if "forced" in one["settings"]]
    assert {one["forced"] for one in forced} == {"too-few-steps"}
    assert {one["role"] for one in forced} == {"tuned", "permuted-control"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("too-few-stepz", "there is no finding called 'too-few-stepz'"),
        ("empty-train-split", "empty-train-split cannot be forced: there is nothing to train on"),
    ],
)
def test_a_name_that_cannot_be_forced_is_refused(story: Story, name: str, said: str) -> None:
    for more in ((), ("--check",)):
        refused = lorewright("train", "--force", name, *more)

        assert refused.code == 2
        assert said in refused.err


def test_an_estimate_says_what_training_takes_by_part(story: Story) -> None:
    said = done("train", "--estimate", "--no-calibrate", "--price-per-hour", "2")
    takes = told("train", "--estimate", "--no-calibrate", "--price-per-hour", "2")["takes"]

    for label in ("device", "tokens", "steps", "memory", "time", "cost", "disk"):
        assert f"\n{label:<9} " in said.out
    assert takes["memory"]["total"] == sum(
        size for part, size in takes["memory"].items() if part != "total"
    )
    assert takes["steps"] == told("show", told("train")["tuned"])["content"]["steps"]
    assert takes["tokens"]["counted"] is True
    assert takes["tokens"]["train_with_loss"] < takes["tokens"]["train"]
    assert len(takes["cost"]) == len(takes["seconds"]) == 3


def test_another_template_at_the_endpoint_stops_the_training(story: Story, tmp_path: Path) -> None:
    served = tmp_path / "served.jinja"
    served.write_text("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}")

    other = {"LOREWRIGHT_TRAINING__SERVING_TEMPLATE": str(served)}
    missing = {"LOREWRIGHT_TRAINING__SERVING_TEMPLATE": str(tmp_path / "nowhere")}

    blocked = lorewright("train", "--check", "--json", settings=other)
    assert blocked.told["blockers"] == ["template-differs-when-served"]
    refused = lorewright("train", "--check", settings=missing)
    assert refused.code == 2
    assert "the chat template that is served cannot be read" in refused.err


def test_a_small_base_is_timed_unasked(story: Story) -> None:
    takes = told("train", "--estimate")["takes"]

    assert takes["measured"]["step_seconds"] > 0
    assert abs(takes["measured"]["memory_error"]) < 1


def test_a_base_that_is_cut_off_is_refused_with_every_finding(story: Story, tmp_path: Path) -> None:
    folder = tmp_path / "half"
    folder.mkdir()
    (folder / "config.json").write_text('{"architectures": ["LlamaForCausalLM"]}')
    (folder / "model.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{}")

    said = lorewright("train", "--base", str(folder), settings=SHORT)

    assert said.code == 1
    for name in ("base-incomplete", "tokenizer-unreadable", "too-few-steps"):
        assert name in said.out


def test_a_base_that_is_not_here_is_estimated_by_what_is_known_of_it(story: Story) -> None:
    said = told("train", "--estimate", "--base", "meta-llama/Llama-3.1-8B-Instruct")

    assert said["takes"]["memory"]["weights"] >= 2 * 8_030_261_248
    assert said["takes"]["tokens"]["counted"] is False
    assert any("neither made nor fetched" in reason for reason in said["not_looked_at"])


def test_steps_cannot_be_timed_without_a_base(story: Story) -> None:
    said = lorewright("train", "--estimate", "--calibrate", "--base", "meta-llama/Llama-3.1-8B")

    assert said.code == 2
    assert "no step can be timed" in said.err
