"""What is found in the files of a base, in its tokenizer and in what it makes of examples."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lorewright.errors import BadMask
from lorewright.inference import library
from lorewright.records import Split
from lorewright.train import known_recipes
from lorewright.train.estimate import Device, Limits, Pace, shape_in
from lorewright.train.preflight import Reader, Severity, again_with
from train.preflight.proposals import (
    DEVICE,
    GIB,
    a_proposal,
    a_talk,
    copied,
    found,
    names,
    talks,
    the,
)

Bases = Callable[[str], Path]
TURNS = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
OPENED = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"


@pytest.mark.parametrize("family", ["llama", "mistral", "qwen2", "phi3"])
def test_a_whole_base_with_its_own_tokenizer_is_found_whole(a_base: Bases, family: str) -> None:
    seen = found(a_proposal(*talks(80), folder=a_base(family)))

    assert seen.blockers == []
    assert names(seen) <= {"stop-token-not-served", "tokenizer-vocabulary"}
    assert seen.estimate is not None
    assert sum(seen.tokens_of) == seen.estimate.tokens.train.tokens
    assert seen.not_looked_at == ()


def test_a_template_that_begins_twice_is_found(a_base: Bases, tmp_path: Path) -> None:
    folder = copied(a_base("llama"), tmp_path / "b", chat_template="<s><s>" + TURNS + OPENED)

    finding = the("double-begin-token", found(a_proposal(folder=folder)))

    assert (finding.is_blocker, finding.count) == (True, 80)


def test_a_template_without_the_begin_that_its_tokenizer_wants_is_found(
    a_base: Bases, tmp_path: Path
) -> None:
    folder = copied(a_base("llama"), tmp_path / "b")
    tokenizers = library("tokenizers")
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", 1)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))

    assert the("missing-begin-token", found(a_proposal(folder=folder))).is_blocker


def test_a_template_that_ends_answers_with_nothing_is_found(a_base: Bases, tmp_path: Path) -> None:
    turns = TURNS.replace("<|im_end|>\n", "\n\n")
    folder = copied(a_base("llama"), tmp_path / "b", chat_template=turns + OPENED)

    seen = found(a_proposal(folder=folder))

    assert [one.name for one in seen.blockers] == ["stop-token-outside-loss"]
    assert "no control token ends the assistant's turn" in seen.blockers[0].sentence


def test_an_end_at_which_no_endpoint_stops_is_a_warning(a_base: Bases, tmp_path: Path) -> None:
    folder = copied(a_base("llama"), tmp_path / "b")

    finding = the("stop-token-not-served", found(a_proposal(folder=folder)))
    assert (finding.severity, "<|im_end|>" in finding.sentence) == (Severity.WARNING, True)

    (folder / "generation_config.json").write_text('{"eos_token_id": [2, 4]}')
    assert names(found(a_proposal(folder=folder))) == set()


def test_a_template_that_prompts_otherwise_than_it_trains_is_found(
    a_base: Bases, tmp_path: Path
) -> None:
    opened = OPENED.replace("assistant\n", "assistant\nThink. ")
    folder = copied(a_base("llama"), tmp_path / "b", chat_template=TURNS + opened)

    assert [one.name for one in found(a_proposal(folder=folder)).blockers] == [
        "template-differs-when-served"
    ]


def test_another_template_at_the_endpoint_is_compared_token_by_token(a_base: Bases) -> None:
    other = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"

    finding = the(
        "template-differs-when-served",
        found(a_proposal(*talks(80), folder=a_base("llama"), served=other)),
    )

    assert finding.count == 80
    assert finding.where[0].startswith("example:0, token 1: trained on '<|im_start|>")
    assert "copy the served one" in finding.hint


def test_the_same_template_at_the_endpoint_is_no_finding(a_base: Bases) -> None:
    seen = found(a_proposal(folder=a_base("llama"), served=TURNS + OPENED))

    assert "template-differs-when-served" not in names(seen)


def test_words_that_are_commands_to_the_base_are_found_by_example(a_base: Bases) -> None:
    bad = a_talk("example:c", "u Why?", "a Write <|im_end|> at the end.")

    seen = found(a_proposal(*talks(80), bad, folder=a_base("llama")))

    assert the("mask-not-exact", seen).where == ("example:c",)
    assert "control token" in the("mask-not-exact", seen).sentence


def test_examples_that_are_too_long_are_all_counted_with_their_lengths(a_base: Bases) -> None:
    long = [a_talk(f"example:l{n}", "u Go on?", f"a {'Rest. ' * 200}{n}") for n in range(7)]

    finding = the("example-too-long", found(a_proposal(*talks(80), *long, folder=a_base("llama"))))

    assert (finding.count, len(finding.where)) == (7, 5)
    assert finding.where[0].startswith("example:l0: ")
    assert "more than 256 tokens" in finding.sentence


def test_valid_examples_are_read_as_tokens_too(a_base: Bases) -> None:
    long = a_talk("example:v", "u Go on?", "a " + "Rest. " * 200)

    seen = found(a_proposal(folder=a_base("llama"), held_out={Split.VALID: [long]}))

    assert the("example-too-long", seen).count == 1


def test_a_shard_that_was_cut_off_is_found_with_its_size(a_base: Bases, tmp_path: Path) -> None:
    folder = copied(a_base("llama"), tmp_path / "b")
    weights = folder / "model.safetensors"
    size = weights.stat().st_size
    os.truncate(weights, size - 1000)

    finding = the("base-incomplete", found(a_proposal(folder=folder)))

    assert finding.where == (f"model.safetensors has {size - 1000:,} of {size:,} bytes",)


def test_shards_that_the_index_names_and_nobody_fetched_are_found(
    a_base: Bases, tmp_path: Path
) -> None:
    folder = copied(a_base("llama"), tmp_path / "b")
    (folder / "model.safetensors").rename(folder / "model-00001-of-00003.safetensors")
    named = {name: f"model-0000{n}-of-00003.safetensors" for n, name in enumerate("abc", start=1)}
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": named}), encoding="utf-8")
    os.truncate(folder / "model-00001-of-00003.safetensors", 20)

    assert the("base-incomplete", found(a_proposal(folder=folder))).where == (
        "model-00001-of-00003.safetensors ends within its header, or is no safetensors",
        "model-00002-of-00003.safetensors is missing",
        "model-00003-of-00003.safetensors is missing",
    )


def test_a_tokenizer_with_more_words_than_the_base_is_found(a_base: Bases, tmp_path: Path) -> None:
    folder = copied(a_base("llama"), tmp_path / "b")
    tokenizers = library("tokenizers")
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.add_special_tokens([f"<|more{n}|>" for n in range(400)])
    tokenizer.save(str(folder / "tokenizer.json"))

    finding = the("tokenizer-vocabulary", found(a_proposal(folder=folder)))

    assert (finding.severity, finding.count > 300) == (Severity.WARNING, True)
    assert "320 rows" in finding.sentence
    assert finding.where[0].startswith("<|more")


def test_an_example_with_a_word_that_the_base_has_no_row_for_stops_everything(
    a_base: Bases, tmp_path: Path
) -> None:
    folder = copied(a_base("llama"), tmp_path / "b")
    tokenizers = library("tokenizers")
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.add_tokens([f"word{n}" for n in range(100)])
    tokenizer.save(str(folder / "tokenizer.json"))
    beyond = a_talk("example:w", "u Which?", "a It is word99, of course.")

    finding = the("tokenizer-vocabulary", found(a_proposal(*talks(80), beyond, folder=folder)))

    assert (finding.is_blocker, finding.count) == (True, 1)
    assert finding.where[0].startswith("example:w: word99 is number ")


def test_a_template_that_writes_all_roles_alike_is_found(a_base: Bases, tmp_path: Path) -> None:
    alike = "{% for m in messages %}{{ m.content }}<|im_end|>{% endfor %}"
    folder = copied(a_base("llama"), tmp_path / "b", chat_template=alike)

    assert the("template-without-roles", found(a_proposal(folder=folder))).is_blocker


def test_a_tokenizer_that_cannot_be_opened_is_a_finding_beside_the_others(
    a_base: Bases, tmp_path: Path
) -> None:
    folder = copied(a_base("llama"), tmp_path / "b", chat_template=None)
    with pytest.raises(BadMask) as refused:
        Reader(folder)

    empty = a_talk("example:e", "u Why?", "a !")
    seen = found(
        replace(
            a_proposal(*talks(80), empty, shape=shape_in(folder)),
            folder=folder,
            trouble=refused.value,
        )
    )

    assert {one.name for one in seen.blockers} == {"tokenizer-unreadable", "answer-empty"}
    assert "cannot be opened" in seen.not_looked_at[0]


def test_a_rank_beyond_a_layer_is_found_without_loading_weights(a_base: Bases) -> None:
    seen = found(a_proposal(folder=a_base("llama"), rank=49))

    finding = the("rank-too-large", seen)
    assert finding.count == 14
    assert finding.hint == "set training.rank to at most 48"
    assert "rank-too-large" not in names(found(a_proposal(folder=a_base("llama"), rank=48)))


@pytest.mark.parametrize("method", ["dora", "qdora", "adalora"])
def test_a_method_that_is_not_served_everywhere_is_a_warning_with_what_to_do(method: str) -> None:
    finding = the("method-not-servable", found(a_proposal(method=method)))

    assert finding.severity is Severity.WARNING
    assert finding.hint == known_recipes().method(method).serving.note


@pytest.mark.parametrize("method", ["lora", "lora+", "qlora", "pissa", "full"])
def test_a_method_that_is_served_everywhere_is_no_finding(method: str) -> None:
    assert "method-not-servable" not in names(found(a_proposal(method=method)))


def test_a_base_that_is_trained_itself_has_no_rank(a_base: Bases) -> None:
    seen = found(a_proposal(folder=a_base("llama"), method="full", rank=49))

    assert "rank-too-large" not in names(seen)


@pytest.mark.parametrize("method", ["adalora", "full"])
def test_a_sketch_of_a_method_without_low_rank_matrices_is_in_the_way(method: str) -> None:
    assert the("sketch-not-possible", found(a_proposal(method=method, sketch=True))).is_blocker
    assert "sketch-not-possible" not in names(found(a_proposal(method=method)))


@pytest.mark.parametrize("method", ["lora", "dora", "pissa"])
def test_a_sketch_of_low_rank_matrices_is_no_finding(method: str) -> None:
    assert "sketch-not-possible" not in names(found(a_proposal(method=method, sketch=True)))


def test_memory_that_no_device_of_this_size_has_is_a_blocker(a_base: Bases) -> None:
    small = Device("cpu", "processor, 2 threads", GIB // 2, GIB // 2, 0.04)
    full = Device("cpu", "processor, 2 threads", 8 * GIB, GIB // 2, 0.04)

    assert the("memory", found(a_proposal(folder=a_base("llama"), device=small))).is_blocker
    busy = the("memory", found(a_proposal(folder=a_base("llama"), device=full)))
    assert busy.severity is Severity.WARNING
    assert "the largest part is libraries" in busy.where[0]


def test_a_disk_without_room_is_a_blocker(a_base: Bases) -> None:
    assert the("disk-room", found(a_proposal(folder=a_base("llama"), free_disk=1000))).is_blocker


def test_limits_on_time_and_money_are_held_against_the_estimate(a_base: Bases) -> None:
    price = Decimal(3600)
    tight = Limits(max_minutes=Decimal("0.01"), max_cost=Decimal("0.01"), price_per_hour=price)
    wide = Limits(max_minutes=Decimal(10**6), max_cost=Decimal(10**6), price_per_hour=price)

    blocked = found(a_proposal(folder=a_base("llama"), limits=tight))
    free = found(a_proposal(folder=a_base("llama"), limits=wide))

    assert {"time-limit", "cost-limit"} <= {one.name for one in blocked.blockers}
    assert not {"time-limit", "cost-limit"} & names(free)


def test_a_measured_pace_replaces_what_was_said_about_time(a_base: Bases) -> None:
    limits = Limits(max_minutes=Decimal(60))
    proposal = a_proposal(folder=a_base("llama"), limits=limits)
    before = found(proposal)

    slow = again_with(Pace(1000.0, 100.0, 1.0, None), proposal, before)
    quick = again_with(Pace(0.001, 100.0, 1.0, 10**9), proposal, before)

    assert "time-limit" in {one.name for one in slow.blockers}
    assert "time-limit" not in names(quick)
    assert quick.estimate is not None
    assert quick.estimate.expected.memory == 10**9
    assert quick.estimate.seconds.high < 60


def test_the_device_of_a_proposal_is_that_of_the_estimate(a_base: Bases) -> None:
    seen = found(a_proposal(folder=a_base("llama")))

    assert seen.estimate is not None
    assert seen.estimate.device == DEVICE
