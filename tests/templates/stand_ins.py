"""Tokenizers that stand in for those of the families: their control tokens, small vocabularies."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.inference import library

PUBLISHED = Path(__file__).parent / "published"
READ = (
    "How often? Once a year. And then? Rest. You coach. In steps.\n\nOne:\n\n- rest\n- ask\n\n"
    "You are a helpful assistant. Now? No. assistant user system Today Date. Größe zählt.\n\n"
) * 4
"""What the byte-level vocabularies learn their pieces from."""

LLAMA_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""Where the vocabularies of Llama 3 and Phi-4 may cut first."""
QWEN_WORDS = LLAMA_WORDS.replace("{1,3}", "")


class StandIn(NamedTuple):
    """The control tokens of one family, and how its tokenizer treats what is beside them."""

    begin: str | None
    end: str
    others: tuple[str, ...] = ()
    words: str | None = LLAMA_WORDS
    """None stands for a vocabulary of pieces of sentences, which keep their spaces as ▁."""
    swallows_space: bool = False


_MISTRAL = StandIn("<s>", "</s>", ("[INST]", "[/INST]", "[TOOL_CALLS]"), words=None)
_LLAMA = StandIn(
    "<|begin_of_text|>",
    "<|eot_id|>",
    ("<|start_header_id|>", "<|end_header_id|>", "<|end_of_text|>", "<|eom_id|>"),
)
STAND_INS = {
    "mistral_v0_3": _MISTRAL,
    "mistral_v0_3_first": _MISTRAL,
    "llama_3": _LLAMA,
    "llama_3_1": _LLAMA,
    "llama_3_2": _LLAMA,
    "phi_4": StandIn(
        "<|endoftext|>", "<|im_end|>", ("<|im_start|>", "<|im_sep|>"), swallows_space=True
    ),
    "qwen_2_5": StandIn(None, "<|im_end|>", ("<|im_start|>", "<|endoftext|>"), words=QWEN_WORDS),
}


def template_of(family: str) -> str:
    """The published text."""
    return (PUBLISHED / f"{family}.jinja").read_bytes().decode()


def write_stand_in(folder: Path, family: str) -> Path:
    """Write the tokenizer of `family` as transformers reads it."""
    stand_in = STAND_INS[family]
    tokenizer = _of_sentences() if stand_in.words is None else _of_bytes(stand_in.words)
    tokenizer.add_special_tokens(_control_tokens(stand_in))
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": stand_in.begin,
        "eos_token": stand_in.end,
        "chat_template": template_of(family),
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def _control_tokens(stand_in: StandIn) -> Sequence[Any]:
    tokens = library("tokenizers")
    return [
        tokens.AddedToken(
            text,
            special=True,
            normalized=False,
            lstrip=stand_in.swallows_space,
            rstrip=stand_in.swallows_space,
        )
        for text in (stand_in.begin, stand_in.end, *stand_in.others)
        if text is not None
    ]


def _of_bytes(words: str) -> Any:
    """A byte-level vocabulary that learnt a few pieces."""
    tokens = library("tokenizers")
    tokenizer = tokens.Tokenizer(tokens.models.BPE())
    level = tokens.pre_tokenizers
    tokenizer.pre_tokenizer = level.Sequence(
        [
            level.Split(tokens.Regex(words), "isolated"),
            level.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = tokens.decoders.ByteLevel()
    trainer = tokens.trainers.BpeTrainer(
        vocab_size=340, initial_alphabet=level.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator([READ], trainer)
    return tokenizer


def _of_sentences() -> Any:
    """A vocabulary of characters in which what is unknown is written as bytes."""
    tokens = library("tokenizers")
    letters = sorted({one for one in READ if one.isascii() and one not in " \n"})
    pieces = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), "▁", *letters]
    merges = [("▁", letter) for letter in letters if letter.isalpha()]
    pieces += [left + right for left, right in merges]
    tokenizer = tokens.Tokenizer(
        tokens.models.BPE(
            vocab={piece: number for number, piece in enumerate(pieces)},
            merges=merges,
            unk_token="<unk>",
            byte_fallback=True,
        )
    )
    tokenizer.pre_tokenizer = tokens.pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = tokens.decoders.Sequence(
        [
            tokens.decoders.Replace("▁", " "),
            tokens.decoders.ByteFallback(),
            tokens.decoders.Fuse(),
            tokens.decoders.Strip(" ", 1, 0),
        ]
    )
    return tokenizer
