"""The pocket base model: a small Llama made on the spot.

With it an adapter has something to adapt without network, key or GPU. It has read nothing but the
texts it is given, so it is no advisor. It shows that an adapter learns, and what.
"""

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lorewright.errors import NotYet
from lorewright.inference import library
from lorewright.settings import PocketSettings
from lorewright.train.checkpoints import flush, flush_folder
from lorewright.train.estimate.shape import Shape, shape_of
from lorewright.train.events import Event, Listener, now

PAD, BEGIN, END = "<|pad|>", "<|begin|>", "<|end|>"
ROLES = ("<|system|>", "<|user|>", "<|assistant|>")
CHAT_TEMPLATE = (
    "<|begin|>{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
MAX_LENGTH = 8192
"""Tokens. Positions are rotary, so more than pre-training showed cost nothing."""
WARM_UP_STEPS = 10
REPORTED_EVERY = 10
_WIDER = 3
"""How much wider a block is inside than outside."""


def make_pocket(
    texts: Sequence[str],
    folder: Path,
    *,
    settings: PocketSettings,
    threads: int = 2,
    on_event: Listener = lambda _event: None,
) -> None:
    """Make a tokenizer and a Llama from `texts` and keep them in `folder`, whole or not at all.

    The same texts, settings and threads give the same bytes on one machine. A folder that is
    already there is left as it is.

    Args:
        texts: what it may read: the training sections, and nothing that is held out.
        folder: becomes config.json, model.safetensors, tokenizer.json and
            tokenizer_config.json with the chat template.
        settings: its size and how long it learns.
        threads: how many CPU threads torch uses.
        on_event: is told every few steps.

    Raises:
        NotYet: when the texts are too short to learn from.
        MissingExtra: when a training library is not installed.
    """
    if folder.exists():
        return
    torch = library("torch")
    on_event(Event(phase="load", time=now()))
    tokenizer = _tokenizer(texts, vocabulary=settings.vocabulary)
    ids = _stream(tokenizer, texts)
    length = min(settings.length, len(ids) - 2)
    if length < 16:
        raise NotYet(
            f"{len(ids)} tokens of text are too few to make a pocket model from",
            hint="ingest more text",
        )
    torch.set_num_threads(threads)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        network = _network(settings, vocabulary=tokenizer.get_vocab_size())
        for event in _learnt(network, torch.tensor(ids), length, settings):
            on_event(event)
    on_event(Event(phase="save", time=now(), step=settings.steps, steps=settings.steps))
    _write(folder, network, tokenizer)
    on_event(Event(phase="done", time=now(), step=settings.steps, steps=settings.steps))


def make_pocket_tokenizer(texts: Sequence[str], folder: Path, *, settings: PocketSettings) -> None:
    """Make only what a pocket model reads with, which takes seconds; it has no weights.

    Args:
        texts: as `make_pocket` takes them; the same ones give the same tokenizer.
        folder: becomes tokenizer.json, tokenizer_config.json and a config.json that says how much
            it reads at once.
        settings: how many tokens there are.

    Raises:
        MissingExtra: when a training library is not installed.
    """
    folder.mkdir(parents=True)
    limit = {"max_position_embeddings": MAX_LENGTH}
    (folder / "config.json").write_text(json.dumps(limit), encoding="utf-8")
    _write_tokenizer(folder, _tokenizer(texts, vocabulary=settings.vocabulary))


def _tokenizer(texts: Sequence[str], *, vocabulary: int) -> Any:
    """A byte-level BPE made from `texts`; every text can be written, whatever its script."""
    tokenizers = library("tokenizers")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[PAD, BEGIN, END, *ROLES],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _stream(tokenizer: Any, texts: Sequence[str]) -> list[int]:
    """All texts as one stream of tokens, each between a begin and an end."""
    begin, end = tokenizer.token_to_id(BEGIN), tokenizer.token_to_id(END)
    return [
        number
        for text in texts
        for number in (begin, *tokenizer.encode(text, add_special_tokens=False).ids, end)
    ]


def pocket_shape(settings: PocketSettings) -> Shape:
    """The shape of the pocket model that `settings` make; its tokenizer may learn less."""
    shape = shape_of(
        {
            "model_type": "llama",
            "num_hidden_layers": settings.layers,
            "hidden_size": settings.hidden,
            "intermediate_size": _WIDER * settings.hidden,
            "num_attention_heads": settings.heads,
            "vocab_size": settings.vocabulary,
        }
    )
    assert shape is not None
    return shape


def _network(settings: PocketSettings, *, vocabulary: int) -> Any:
    transformers = library("transformers")
    config = transformers.LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=settings.hidden,
        intermediate_size=_WIDER * settings.hidden,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        num_key_value_heads=settings.heads,
        max_position_embeddings=MAX_LENGTH,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    return transformers.LlamaForCausalLM(config)


def _learnt(network: Any, ids: Any, length: int, settings: PocketSettings) -> Iterator[Event]:
    """Pre-train `network` on chance windows of the stream `ids`; tell every few steps.

    Steps are counted, not seconds, so that a busy machine makes the same weights. The rate
    rises over ten steps and then falls in a straight line.
    """
    torch = library("torch")
    rate = float(settings.learning_rate)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=rate, betas=(0.9, 0.99), weight_decay=0.0, fused=True
    )
    windows = torch.arange(length + 1)
    began = time.monotonic()
    for step in range(settings.steps):
        slope = min((step + 1) / WARM_UP_STEPS, 1.0) * (1 - step / settings.steps)
        for group in optimizer.param_groups:
            group["lr"] = rate * slope
        starts = torch.randint(0, len(ids) - length, (settings.batch, 1))
        read = ids[starts + windows]
        logits = network(input_ids=read[:, :-1], use_cache=False).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), read[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        done = step + 1
        if done % REPORTED_EVERY == 0 or done == settings.steps:
            pace = (time.monotonic() - began) / done
            yield Event(
                phase="train",
                time=now(),
                step=done,
                steps=settings.steps,
                loss=float(f"{loss.item():.6g}"),
                lr=float(f"{rate * slope:.6g}"),
                loss_tokens=done * settings.batch * length,
                tokens_per_s=round(settings.batch * length / pace, 1),
                eta_s=round(pace * (settings.steps - done), 1),
            )


def _write(folder: Path, network: Any, tokenizer: Any) -> None:
    """Write the folder as transformers reads it."""
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    network.config.architectures = [type(network).__name__]
    network.config.save_pretrained(unfinished)
    library("safetensors.torch").save_file(
        network.state_dict(), unfinished / "model.safetensors", metadata={"format": "pt"}
    )
    _write_tokenizer(unfinished, tokenizer)
    flush(unfinished)
    unfinished.rename(folder)
    flush_folder(folder.parent)


def _write_tokenizer(folder: Path, tokenizer: Any) -> None:
    """Write the tokenizer and its chat template as transformers reads them."""
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": BEGIN,
        "eos_token": END,
        "pad_token": PAD,
        "model_max_length": MAX_LENGTH,
        "clean_up_tokenization_spaces": False,
        "chat_template": CHAT_TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(
        json.dumps(config, indent=2) + "\n", encoding="utf-8"
    )
