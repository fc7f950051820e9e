"""What carries loss, as `train --show-masks` shows it."""

import json
from pathlib import Path

import pytest

from cli.program import done, lorewright, told
from cli.story import Story
from lorewright.train.pocket import CHAT_TEMPLATE
from templates.stand_ins import write_stand_in


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A base without weights; to see masks none are needed."""
    folder = tmp_path / "Mistral-7B-Instruct-v0.3"
    folder.mkdir()
    write_stand_in(folder, "mistral_v0_3")
    (folder / "config.json").write_text('{"max_position_embeddings": 32768}', encoding="utf-8")
    return folder


def test_every_answer_and_its_end_carry_loss_for_the_pocket(story: Story) -> None:
    assert story.workspace.exists()

    seen = told("train", "--show-masks", "--count", "2")

    assert "<|assistant|>" in CHAT_TEMPLATE
    assert seen["base"] == "pocket"
    assert seen["page"] is None
    assert (seen["too_long"], seen["unmasked"]) == ([], [])
    assert len(seen["shown"]) == 2
    for example in seen["shown"]:
        for rendering in example["renderings"]:
            (start, end), answer = rendering["loss_spans"][0], rendering["turns"][-1]
            assert rendering["text"][:start].endswith("<|assistant|>")
            assert rendering["text"][start:end].endswith("<|end|>")
            assert (start, end) == (answer["start"], answer["end"] + len("<|end|>"))


def test_a_part_of_the_examples_is_what_would_be_trained_on(story: Story) -> None:
    assert story.workspace.exists()

    whole = told("train", "--show-masks", "--count", "1")
    part = told("train", "--show-masks", "--count", "1", "--examples", "30")

    # Those that are only watched are shown with either.
    assert 0 < part["examples"] < whole["examples"]
    assert part["shown"][0]["split"] == "train"


def test_marks_stand_where_there_is_no_colour(story: Story, outside: Path) -> None:
    assert story.workspace.exists()

    said = done("train", "--show-masks", "--count", "1", "--base", str(outside))

    assert said.out.count("[/INST]⟦ ") == 1
    assert "</s>⟧" in said.out
    assert "\x1b" not in said.out
    assert "every example can be masked exactly and fits into 32,768 tokens" in said.out


def test_a_limit_names_every_example_that_is_longer(story: Story, outside: Path) -> None:
    assert story.workspace.exists()
    settings = {"LOREWRIGHT_TRAINING__MAX_LENGTH": "40"}
    words = ("train", "--show-masks", "--base", str(outside))

    seen = json.loads(done(*words, "--json", settings=settings).out)
    said = done(*words, settings=settings)

    assert seen["allowed"] == 40
    assert 0 < len(seen["too_long"]) <= seen["examples"]
    assert all(one["tokens"] > 40 for one in seen["too_long"])
    assert f"too long: {seen['too_long'][0]['name']}" in said.out
    assert "nothing is cut" in said.out


def test_the_page_is_remembered_so_that_erasing_finds_it(story: Story, outside: Path) -> None:
    page = story.workspace / "masks.html"

    seen = told("train", "--show-masks", "--html", str(page), "--base", str(outside))

    html = page.read_text(encoding="utf-8")
    assert seen["page"] == str(page)
    assert html.count('class="panel-box masked-example"') == len(seen["shown"])
    assert "masked" in html
    page.write_text("altered", encoding="utf-8")
    verified = lorewright("verify", "--json")
    assert verified.code == 1
    assert any("masks.html" in str(one) for one in verified.told["problems"])


def test_how_without_what_is_refused(story: Story) -> None:
    assert story.workspace.exists()

    said = lorewright("train", "--count", "2")

    assert said.code == 2
    assert "add --show-masks" in said.err


def test_a_page_needs_its_ending(story: Story, outside: Path) -> None:
    assert story.workspace.exists()

    said = lorewright("train", "--show-masks", "--html", "masks.txt", "--base", str(outside))

    assert said.code == 2
    assert "ends with .html" in said.err
