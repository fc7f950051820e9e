"""The loss of each held-out example adds up to the loss that is reported."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.errors import BadRecord
from lorewright.inference import ChatTokenizer, Sample, open_weights
from lorewright.train import result_of
from lorewright.train.held_out import (
    HELD_OUT_FILE,
    HeldOutLoss,
    held_out_losses,
    read_held_out,
    write_held_out,
)
from lorewright.train.packing import TreePacking
from train.conftest import HELD_OUT, LINES


def test_the_losses_of_an_adapter_and_of_its_control_add_up(finished: tuple[Path, Path]) -> None:
    for job in finished:
        result = result_of(job)
        losses = read_held_out((job / "result" / HELD_OUT_FILE).read_bytes())

        assert [one.example for one in losses] == [line.name for line in HELD_OUT]
        whole = math.fsum(one.nats for one in losses) / sum(one.tokens for one in losses)
        assert whole == pytest.approx(float(result.held_out_loss or 0), abs=2e-5)
        assert HELD_OUT_FILE in {file.path for file in result.files}


def test_every_packing_and_every_split_gives_the_same(a_base: Callable[[str], Path]) -> None:
    folder = a_base("llama")
    tokenizer = ChatTokenizer.open(folder)
    samples = [one for line in LINES for one in tokenizer.samples(line.name, line.turns)]
    network = open_weights(folder).eval()

    whole = held_out_losses(network, samples, most=4096)
    apart = held_out_losses(network, samples, most=1)

    assert [one[::2] for one in whole] == [one[::2] for one in apart]
    assert [one.nats for one in whole] == pytest.approx([one.nats for one in apart], rel=1e-5)
    tree = sum(part.summed_loss(network).item() for part in TreePacking().passes(samples))
    assert math.fsum(one.nats for one in whole) == pytest.approx(tree, rel=1e-5)


def test_the_renderings_of_one_example_are_one_line(a_base: Callable[[str], Path]) -> None:
    folder = a_base("llama")
    tokenizer = ChatTokenizer.open(folder)
    (sample,) = tokenizer.samples(LINES[0].name, LINES[0].turns)
    network = open_weights(folder).eval()

    (once,) = held_out_losses(network, [sample], most=512)
    (twice,) = held_out_losses(network, [sample, Sample(*_fields(sample))], most=512)

    assert twice.tokens == 2 * once.tokens
    assert twice.nats == pytest.approx(2 * once.nats, rel=1e-5)


def _fields(sample: Sample) -> tuple[str, tuple[int, ...], tuple[bool, ...]]:
    return sample.name, sample.ids, sample.labels


LOSSES = st.builds(
    HeldOutLoss,
    example=st.text(min_size=1),
    nats=st.floats(0, 1e6).map(lambda value: round(value, 6)),
    tokens=st.integers(1, 10**6),
)


@given(st.lists(LOSSES, max_size=5))
def test_what_is_written_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, losses: list[HeldOutLoss]
) -> None:
    folder = tmp_path_factory.mktemp("held-out")
    write_held_out(folder, losses)

    assert read_held_out((folder / HELD_OUT_FILE).read_bytes()) == losses


@pytest.mark.parametrize("body", [b"{", b'{"example": "a"}', b"[]", b'{"nats": "x"}', b"7"])
def test_what_is_no_such_file_is_an_error(body: bytes) -> None:
    with pytest.raises(BadRecord, match="cannot be read"):
        read_held_out(body)


def test_a_line_holds_nothing_but_a_name_and_two_numbers(finished: tuple[Path, Path]) -> None:
    (line,) = (finished[0] / "result" / HELD_OUT_FILE).read_text(encoding="utf-8").splitlines()

    assert set(json.loads(line)) == {"example", "nats", "tokens"}
