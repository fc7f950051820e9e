"""Base models and adapters, asked how likely answers are."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from lorewright.errors import MissingExtra, OutsideError
from lorewright.inference import ChatTokenizer, library, open_arm
from lorewright.records import Turn

ANSWERS = ["Once a year.", "Rebalance once a year. 🌿 Rebalance once a year.", "No."]


def said(answer: str, question: str = "How often?") -> tuple[Turn, ...]:
    return (Turn(role="user", text=question), Turn(role="assistant", text=answer))


def test_a_score_is_the_sum_over_the_answer_and_its_end(pocket: Path) -> None:
    sample = ChatTokenizer.open(pocket).last_answer("one", said(ANSWERS[0]))
    network = library("transformers").AutoModelForCausalLM.from_pretrained(pocket).eval()
    with torch.no_grad():
        logits = network(input_ids=torch.tensor([sample.ids])).logits[0].log_softmax(-1)
    by_hand = sum(
        logits[at - 1, sample.ids[at]].item() for at, kept in enumerate(sample.labels) if kept
    )

    (score,) = open_arm(pocket, threads=1).log_likelihoods([said(ANSWERS[0])])

    assert score.tokens == sum(sample.labels)
    assert score.log_likelihood == pytest.approx(by_hand, rel=1e-5)


def test_scores_keep_their_order_and_do_not_depend_on_the_batch(pocket: Path) -> None:
    arm = open_arm(pocket, threads=1)
    asked = [said(answer, question) for question in ("Why?", "When?") for answer in ANSWERS]

    alone = [arm.log_likelihoods([one])[0] for one in asked]
    together = arm.log_likelihoods(asked, batch=4)

    assert [score.tokens for score in together] == [score.tokens for score in alone]
    assert [score.log_likelihood for score in together] == pytest.approx(
        [score.log_likelihood for score in alone], rel=1e-5
    )


def test_nothing_to_score_is_no_scores(pocket: Path) -> None:
    assert open_arm(pocket, threads=1).log_likelihoods([]) == []


def test_an_answer_is_cut_at_its_limit_and_the_same_each_time(pocket: Path) -> None:
    arm = open_arm(pocket, threads=1)
    question = (Turn(role="user", text="How often?"),)

    first = arm.generate(question, max_new_tokens=8)

    assert first == arm.generate(question, max_new_tokens=8)
    assert "<|" not in first
    assert arm.generate(question, max_new_tokens=20).startswith(first[:3])


def test_a_folder_without_weights_is_refused(pocket: Path, tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((pocket / name).read_bytes())

    with pytest.raises(OutsideError, match="base model cannot be loaded"):
        open_arm(tmp_path, threads=1)


def test_a_folder_without_an_adapter_is_refused(pocket: Path, tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="adapter cannot be loaded"):
        open_arm(pocket, tmp_path, threads=1)


def test_a_library_that_is_not_there_names_the_extra() -> None:
    with pytest.raises(MissingExtra, match="no_such_library") as caught:
        library("no_such_library")
    assert caught.value.hint == 'pip install "lorewright[train]"'


@pytest.mark.parametrize("room", ["inference", "train", "templates"])
def test_importing_the_room_loads_nothing_heavy(room: str) -> None:
    heavy = "{'torch', 'transformers', 'peft', 'numpy', 'tokenizers'}"
    code = f"import sys, lorewright.{room}; sys.exit(str(sorted({heavy} & set(sys.modules))))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr.strip() == "[]"


TEXT = "Rebalance once a year. 🌿 " * 30


def test_every_token_of_plain_text_is_scored_once(pocket: Path) -> None:
    tokenizer = ChatTokenizer.open(pocket)
    arm = open_arm(pocket, threads=1)
    windows = list(tokenizer.windows(TEXT, 16))
    text = "".join(tokenizer.text(one.ids) for one in windows)

    scores = arm.text_log_likelihoods(TEXT, width=16, most=1000)

    assert text == TEXT
    assert [one.tokens for one in scores] == [sum(one.labels) for one in windows]
    assert all(one.log_likelihood < 0 for one in scores)


def test_of_a_long_text_windows_that_lie_evenly_are_scored(pocket: Path) -> None:
    arm = open_arm(pocket, threads=1)
    every = arm.text_log_likelihoods(TEXT, width=16, most=1000)

    some = arm.text_log_likelihoods(TEXT, width=16, most=3)

    assert [one.log_likelihood for one in some] == pytest.approx(
        [every[at * len(every) // 3].log_likelihood for at in range(3)], rel=1e-5
    )


def test_a_score_of_text_is_what_the_network_says_of_its_tokens(pocket: Path) -> None:
    sample = next(iter(ChatTokenizer.open(pocket).windows(TEXT, 12)))
    network = library("transformers").AutoModelForCausalLM.from_pretrained(pocket).eval()
    with torch.no_grad():
        logits = network(input_ids=torch.tensor([sample.ids])).logits[0].log_softmax(-1)
    by_hand = sum(
        logits[at - 1, sample.ids[at]].item() for at, kept in enumerate(sample.labels) if kept
    )

    first = open_arm(pocket, threads=1).text_log_likelihoods(TEXT, width=12, most=1000)[0]

    assert first.log_likelihood == pytest.approx(by_hand, rel=1e-5)
