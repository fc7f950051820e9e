"""What the training benchmark trains: one tiny random base, and examples of three kinds."""

import json
import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.inference import ChatTokenizer, Sample, library
from lorewright.records import Turn
from lorewright.train import Plan, known_recipes
from lorewright.train.batches import Batches
from lorewright.train.lora import with_adapter
from lorewright.train.packing import families
from lorewright.train.pocket import BEGIN, CHAT_TEMPLATE, END, PAD, ROLES
from trainers.task import Example, Task, write_task

EQ12 = Path(__file__).parents[2] / "shared" / "corpus" / "eq12" / "EQ-12-conversations-demo.json"
HIDDEN, LAYERS, HEADS, VOCABULARY = 256, 4, 4, 4096
SEED = 7
THREADS = 2
RATE = Decimal("0.001")
LENGTHS = (40, 136)
"""Tokens of an example, evenly spread: 88 on average."""
SHARED = 266
"""Tokens of the shared prompt."""
HELD_OUT = 16


class Laid(NamedTuple):
    """A task in its file."""

    path: Path
    task: Task

    @property
    def source_tokens(self) -> int:
        """Tokens of the examples, each counted for itself, over all steps."""
        return sum(len(self.task.train[index].ids) for step in self.task.order for index in step)


def lay_base(folder: Path) -> None:
    """Make the base with a tokenizer, and the adapter that every tool begins with."""
    torch, transformers = library("torch"), library("transformers")
    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(SEED)
    config = transformers.LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=HIDDEN,
        intermediate_size=3 * HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        max_position_embeddings=8192,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    network = transformers.LlamaForCausalLM(config)
    network.save_pretrained(folder / "base")
    _write_tokenizer(folder / "base")
    with_adapter(network, _plan(steps=1, batch=1)).save_pretrained(folder / "adapter")


def lay_random(folder: Path, *, examples: int, batch: int, epochs: int, shared: int) -> Laid:
    """Examples of chance tokens, some far more frequent than others, as words are.

    Args:
        folder: holds base and adapter already.
        examples: how many.
        batch: how many of them in a step.
        epochs: how often each is seen.
        shared: tokens of the prompt that all of them begin with.
    """
    rng = random.Random(SEED)
    weights = [1 / (rank + 1) for rank in range(VOCABULARY - len(ROLES) - 3)]
    words = range(len(ROLES) + 3, VOCABULARY)

    def some(count: int) -> list[int]:
        return rng.choices(words, weights, k=count)

    prompt = some(shared)

    def one() -> Example:
        own = rng.randint(*LENGTHS)
        asked = own // 2
        carries = [False] * (shared + asked) + [True] * (own - asked)
        return Example([*prompt, *some(own)], carries)

    train = [one() for _ in range(examples)]
    return _laid(
        folder,
        f"random-{shared}",
        train,
        [one() for _ in range(HELD_OUT)],
        batch=batch,
        epochs=epochs,
    )


def lay_pairs(folder: Path, *, batch: int, most: int | None) -> Laid:
    """The pairs of real conversations, each with the whole conversation before it.

    Args:
        folder: holds base and adapter already.
        batch: examples of a step.
        most: conversations; None takes all.
    """
    tokenizer = ChatTokenizer.open(folder / "base")
    pairs = [
        _example(tokenizer.last_answer("pair", turns))
        for conversation in _conversations(most)
        for turns in _nested(conversation)
    ]
    return _laid(folder, "pairs", pairs, pairs[:HELD_OUT], batch=batch, epochs=1)


def lay_merged(folder: Path, *, batch: int, most: int | None) -> Laid:
    """The same conversations, each as one example that carries the loss of all its pairs."""
    tokenizer = ChatTokenizer.open(folder / "base")
    merged = [
        _example(sample)
        for turns in _conversations(most)
        for sample in tokenizer.samples("conversation", turns)
    ]
    return _laid(folder, "merged", merged, merged[:HELD_OUT], batch=batch, epochs=1)


def _conversations(most: int | None) -> Iterator[tuple[Turn, ...]]:
    """Each whole: system prompt, what the client says, what the consultant answers."""
    for conversation in _eq12()["conversations"][:most]:
        said: list[Turn] = []
        for pair in conversation["training_pairs"]:
            if pair["target_response"]:
                said += [
                    Turn(role="user", text=pair["current_user_input"].strip()),
                    Turn(role="assistant", text=pair["target_response"].strip()),
                ]
        system = conversation["training_pairs"][0]["system_prompt"].strip()
        yield (Turn(role="system", text=system), *said)


def _nested(conversation: Sequence[Turn]) -> Iterator[tuple[Turn, ...]]:
    for end, turn in enumerate(conversation, start=1):
        if turn.role == "assistant":
            yield tuple(conversation[:end])


def _eq12() -> Any:
    return json.loads(EQ12.read_text(encoding="utf-8"))


def _example(sample: Sample) -> Example:
    return Example(list(sample.ids), list(sample.labels))


def _laid(
    folder: Path,
    name: str,
    train: list[Example],
    held_out: list[Example],
    *,
    batch: int,
    epochs: int,
) -> Laid:
    samples = [Sample(name, tuple(one.ids), tuple(one.carries_loss)) for one in train]
    batches = Batches(
        [len(sample.ids) for sample in samples],
        size=batch,
        seed=SEED,
        families=families(samples),
    )
    task = Task(
        base=str(folder / "base"),
        adapter=str(folder / "adapter"),
        train=train,
        held_out=held_out,
        order=[batches.at(step) for step in range(epochs * batches.per_epoch)],
        batch=batch,
        learning_rate=float(RATE),
        threads=THREADS,
        seed=SEED,
    )
    path = folder / f"{name}.json"
    write_task(path, task)
    return Laid(path, task)


def _plan(*, steps: int, batch: int) -> Plan:
    return Plan(
        method=known_recipes().method("lora").method,
        precision="fp32",
        quantisation="none",
        checkpointing=False,
        learning_rate=RATE,
        batch=batch,
        epochs=1,
        steps=steps,
        rank=16,
        alpha=32,
        dropout=Decimal(0),
        max_length=None,
        threads=THREADS,
        seed=SEED,
    )


def _write_tokenizer(folder: Path) -> None:
    """A byte-level BPE of the conversations, where they are at hand."""
    tokenizers = library("tokenizers")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    texts = [turn.text for one in _conversations(None) for turn in one] if EQ12.exists() else []
    tokenizer.train_from_iterator(
        texts,
        tokenizers.trainers.BpeTrainer(
            vocab_size=VOCABULARY,
            special_tokens=[PAD, BEGIN, END, *ROLES],
            initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": BEGIN,
        "eos_token": END,
        "pad_token": PAD,
        "chat_template": CHAT_TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
