"""Conversations answered together."""

from pathlib import Path

import torch

from lorewright.inference import Arm, ChatTokenizer, open_arm, open_weights
from lorewright.records import Turn

QUESTIONS = ["How often?", "Why is it that one should rebalance once a year at all?", "When?"]


def asked(question: str) -> tuple[Turn, ...]:
    return (Turn(role="user", text=question),)


def test_answers_are_those_of_one_conversation_alone(pocket: Path) -> None:
    arm = open_arm(pocket, threads=1)

    together = arm.answers([asked(one) for one in QUESTIONS], tokens=6)
    alone = [arm.answers([asked(one)], tokens=6)[0] for one in QUESTIONS]

    assert together == alone
    assert [one.text for one in alone] == [
        arm.generate(asked(one), max_new_tokens=6) for one in QUESTIONS
    ]


def test_an_answer_says_how_it_ended_and_how_long_it_is(pocket: Path) -> None:
    (cut,) = open_arm(pocket, threads=1).answers([asked("How often?")], tokens=2)

    assert (cut.stop, cut.tokens, cut.failure) == ("length", 2, None)


def test_the_same_seed_draws_the_same_and_moves_no_other_draw(pocket: Path) -> None:
    arm = open_arm(pocket, threads=1)
    before = torch.random.get_rng_state()

    drawn = [
        arm.answers([asked("Why?")], tokens=12, temperature=1.5, seed=seed) for seed in (1, 1, 2)
    ]

    assert drawn[0] == drawn[1] != drawn[2]
    assert torch.equal(before, torch.random.get_rng_state())


def short_of_context(pocket: Path, context: int) -> Arm:
    network = open_weights(pocket).eval()
    network.config.max_position_embeddings = context
    return Arm(network, ChatTokenizer.open(pocket))


def test_what_does_not_fit_fails_alone(pocket: Path) -> None:
    lengths = [len(ChatTokenizer.open(pocket).prompt_ids(asked(one))) for one in QUESTIONS]
    arm = short_of_context(pocket, max(lengths))

    found = arm.answers([asked(one) for one in QUESTIONS], tokens=4)

    assert [one.stop == "failed" for one in found] == [False, True, False]
    assert found[1].text is None
    assert f"a context of {max(lengths)}" in (found[1].failure or "")


def test_what_nearly_fits_is_cut_where_the_context_ends(pocket: Path) -> None:
    (length,) = [len(ChatTokenizer.open(pocket).prompt_ids(asked("How often?")))]

    (found,) = short_of_context(pocket, length + 2).answers([asked("How often?")], tokens=50)

    assert (found.stop, found.tokens) == ("length", 2)


def test_weights_that_are_no_numbers_are_a_failure(pocket: Path) -> None:
    network = open_weights(pocket).eval()
    with torch.no_grad():
        network.get_input_embeddings().weight.fill_(float("nan"))

    (found,) = Arm(network, ChatTokenizer.open(pocket)).answers([asked("Why?")], tokens=3)

    assert (found.stop, found.failure) == ("failed", "the weights give what is no number")


def test_nothing_asked_is_nothing_answered(pocket: Path) -> None:
    assert open_arm(pocket, threads=1).answers([]) == []
