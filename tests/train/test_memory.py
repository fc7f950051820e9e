"""Out of memory is recognised, and the smallest change that may help is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lorewright.train.memory import Memory, is_out_of_memory


def test_half_at_once_comes_first_then_checkpointing_then_nothing() -> None:
    memory, tried = Memory(), list[str]()
    while (smaller := memory.smaller([300, 280, 300, 100])) is not None:
        tried.append(smaller.in_words())
        memory = smaller

    assert tried == [
        "600 tokens at once",
        "300 tokens at once",
        "300 tokens at once, gradient checkpointing",
    ]


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=30), st.integers(1, 20_000))
def test_every_change_takes_less_and_they_come_to_an_end(lengths: list[int], most: int) -> None:
    memory, steps = Memory(pass_tokens=most), 0
    while (smaller := memory.smaller(lengths)) is not None:
        takes_less = (smaller.pass_tokens or 0) < min(
            memory.pass_tokens or 0, max(lengths) * len(lengths)
        )
        assert takes_less or (smaller.gradient_checkpointing and not memory.gradient_checkpointing)
        memory, steps = smaller, steps + 1

    assert memory.gradient_checkpointing
    assert steps < 20


@pytest.mark.parametrize(
    "said",
    [
        "CUDA out of memory. Tried to allocate 20.00 MiB",
        "[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory: you tried",
        "std::bad_alloc",
    ],
)
def test_the_words_of_libraries_are_understood(said: str) -> None:
    assert is_out_of_memory(RuntimeError(said))


def test_other_words_are_not_taken_for_it() -> None:
    assert is_out_of_memory(MemoryError())
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
