"""A tiny pocket model, and tokenizers with templates of several styles."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from lorewright.inference import library
from lorewright.settings import PocketSettings
from lorewright.train import make_pocket

SMALL = PocketSettings(hidden=32, layers=1, heads=2, vocabulary=300, length=32, batch=4, steps=40)


@pytest.fixture(scope="session")
def pocket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bases") / "pocket"
    torch.set_num_threads(1)
    make_pocket(["Rebalance once a year. 🌿 " * 20], folder, settings=SMALL, threads=1)
    return folder


TokenizerMaker = Callable[..., Path]


@pytest.fixture
def a_tokenizer(tmp_path: Path) -> TokenizerMaker:
    """Writes a byte-level tokenizer with a chat template, and says where."""

    def make(
        template: str | None,
        *,
        swallows_space: bool = False,
        normalizes: bool = False,
        joins: tuple[tuple[str, str], ...] = (),
        begin: str | None = "<s>",
    ) -> Path:
        tokenizers = library("tokenizers")
        alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
        pieces = [*alphabet, *(left + right for left, right in joins)]
        vocabulary = {piece: number for number, piece in enumerate(pieces)}
        tokenizer = tokenizers.Tokenizer(
            tokenizers.models.BPE(vocab=vocabulary, merges=list(joins))
        )
        tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(
            add_prefix_space=False, use_regex=False
        )
        tokenizer.decoder = tokenizers.decoders.ByteLevel()
        if normalizes:
            tokenizer.normalizer = tokenizers.normalizers.NFC()
        tokenizer.add_special_tokens(
            [
                tokenizers.AddedToken(text, special=True, rstrip=swallows_space)
                for text in ("<s>", "</s>", "<|user|>", "<|assistant|>", "<|end|>")
            ]
        )
        tokenizer.save(str(tmp_path / "tokenizer.json"))
        config = {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "eos_token": "</s>",
            "bos_token": begin,
            "chat_template": template,
        }
        (tmp_path / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
        return tmp_path

    return make
