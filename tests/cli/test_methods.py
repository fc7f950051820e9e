"""Methods on the command line: listed, foreseen, refused; whole weights and converted adapters."""

import pytest

from cli.program import done, lorewright, told
from cli.story import Story, names_of

ESTIMATE = ("train", "--estimate", "--no-calibrate")


def test_methods_are_listed_with_where_they_are_served() -> None:
    said, listed = done("train", "--methods").out, told("train", "--methods")

    names = [one["name"] for one in listed["methods"]]
    assert names[0] == "lora"
    assert "vLLM refuses it" in said
    assert "dylora" in names
    assert next(one for one in listed["methods"] if one["name"] == "dylora")["refused"]
    assert "preset fleet: Half the rank" in said


def test_an_own_recipe_is_listed_with_the_others(story: Story) -> None:
    folder = story.workspace / "recipes"
    folder.mkdir()
    text = 'name = "ours"\nsentence = "s"\nsource = "us"\nkind = "lora"\n'
    serving = '[serving]\nmixed_batch = true\nvllm = true\nmerge = true\nnote = "n"\n'
    (folder / "ours.toml").write_text(text + serving, encoding="utf-8")

    listed = told("train", "--methods")["methods"]

    assert listed[-1]["name"] == "ours"
    assert told(*ESTIMATE, "--method", "ours")["method"] == "ours"


def test_an_estimate_says_numbers_and_what_the_device_decides(story: Story) -> None:
    said = told(*ESTIMATE, "--preset", "fleet", "--learning-rate", "1e-3")
    known = told("train", "--estimate", "--base", "microsoft/phi-4")
    strange = told("train", "--estimate", "--base", "organisation/strange")

    assert (said["plan"]["rank"], said["plan"]["learning_rate"]) == (8, "0.001")
    assert said["fits"] is True
    assert len(said["reasons"]) >= 4
    assert known["memory_gb"] > 10
    assert known["memory_gb"] == round(known["takes"]["memory"]["total"] / 10**9, 2)
    assert known["takes"]["precision"] in {"float32", "bfloat16", "nf4"}
    assert strange["device"] is None
    assert (
        "known once it is here" in done("train", "--estimate", "--base", "organisation/strange").out
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--method", "dylora"), "dylora is not offered"),
        (("--method", "magic"), "there is no training method 'magic'"),
        (("--preset", "bold"), "there is no preset 'bold'"),
    ],
)
def test_what_there_is_not_is_an_error_of_one_sentence(
    story: Story, words: tuple[str, ...], sentence: str
) -> None:
    said = lorewright("train", *words)

    assert said.code == 2
    assert sentence in said.err


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "fast"])
def test_a_rate_that_is_none_is_refused(rate: str) -> None:
    assert lorewright("train", "--learning-rate", rate).code == 2


def test_a_converted_adapter_is_a_record_of_its_own_and_can_be_tested(story: Story) -> None:
    before = names_of("adapter")

    said = told("convert", "--rank", "4")
    again = told("convert", "--rank", "4")
    verdict = told("evaluate")

    assert said["adapter"] not in before
    assert said["source"] in before
    assert again == said
    assert 0 < said["overall"] < 1
    assert said["answers"]["tokens"] > 10
    assert said["source"] in str(told("trace", said["adapter"]))
    assert said["adapter"] in str(told("trace", verdict["verdict"]))


@pytest.mark.slow
def test_whole_weights_are_trained_tested_and_have_no_plain_form(story: Story) -> None:
    trained = told("train", "--method", "full")
    verdict = told("evaluate")
    refused = lorewright("convert")

    assert trained["tuned"] in str(told("trace", verdict["verdict"]))
    assert trained["control"] in str(told("trace", verdict["verdict"]))
    assert refused.code == 2
    assert "is a whole base and no adapter" in refused.err
    told("release", "--allow-unknown-licence")
