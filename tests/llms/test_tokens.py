"""How many tokens a text has."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from lorewright.llms.tokens import Density, density_of

RULE = density_of("")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A language model's folder with a tokenizer that makes a token of each word."""
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return tmp_path


def test_a_tokenizer_that_is_here_counts(folder: Path) -> None:
    density = density_of("word " * 100, str(folder))

    assert density.likely == 5
    assert density.basis == "the model's own tokenizer"
    assert density.fewest < 5 < density.most


@pytest.mark.parametrize("name", ["gpt-4.1", "Qwen/Qwen3-8B", "no such: name", "/nowhere"])
def test_without_one_a_rule_of_thumb_is_said_to_be_one(name: str) -> None:
    density = density_of("word " * 100, name)

    assert density == density_of("word " * 100)
    assert "rule of thumb" in density.basis


def test_a_tokenizer_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{", encoding="utf-8")

    assert "rule of thumb" in density_of("word", str(tmp_path)).basis


def test_scripts_are_cut_more_finely_the_further_they_are_from_latin() -> None:
    likely = [
        density_of(text).likely
        for text in ("Rebalance once a year.", "Проверяйте масло", "בדוק את השמן", "每周检查油位。")
    ]

    assert likely == sorted(likely, reverse=True)
    assert len(set(likely)) == 4


@given(st.text(min_size=1, max_size=500))
def test_whatever_the_text_the_likely_density_lies_in_its_range(text: str) -> None:
    density = density_of(text)

    assert 0 < density.fewest < density.likely < density.most


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_is_learnt_never_leaves_its_range(characters: int, tokens: int) -> None:
    learnt = RULE.learnt(characters, tokens)

    assert 0 < learnt.fewest <= learnt.likely <= learnt.most


def test_the_more_calls_the_less_doubt() -> None:
    few, many = RULE.learnt(3_000, 1_000), RULE.learnt(3_000_000, 1_000_000)

    assert many.most - many.fewest < few.most - few.fewest < RULE.most - RULE.fewest
    assert many.likely == pytest.approx(3, rel=0.02)
    assert isinstance(many, Density)
