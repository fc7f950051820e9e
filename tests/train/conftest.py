"""Tiny base models of several shapes, and a finished training job."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import torch

from lorewright.inference import library
from lorewright.records import Turn
from lorewright.settings import TrainingSettings
from lorewright.train import Lessons, Line, describe, finish, permuted, prepare

TEXT = (
    "Rebalance once a year. Keep six months of rent aside. Ask before you advise. "
    "Write down what the client said. Rest before the work is done. Größe zählt, 🌿 too. "
)
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
MISTRAL = (
    "<s>{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }}[/INST]"
    "{% else %} {{ m.content }}</s>{% endif %}{% endfor %}"
)
PHI_3 = (
    "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% else %}{{ eos_token }}{% endif %}"
)
SMALL = {
    "vocab_size": 320,
    "hidden_size": 48,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "initializer_range": 0.3,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
FAMILIES = {
    "llama": ("Llama", CHATML),
    "mistral": ("Mistral", MISTRAL),
    "qwen2": ("Qwen2", CHATML),
    "phi": ("Phi", CHATML),
    "phi3": ("Phi3", PHI_3),
}


def write_tokenizer(folder: Path, template: str) -> None:
    tokenizers = library("tokenizers")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=[
            *("<pad>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"),
            *("<|user|>", "<|assistant|>", "<|end|>"),
        ],
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([TEXT], trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "pad_token": "<pad>",
        "chat_template": template,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")


def make_base(folder: Path, family: str, **sizes: int) -> Path:
    """A tiny random base model with the shape and the template style of `family`."""
    name, template = FAMILIES[family]
    transformers = library("transformers")
    transformers.utils.logging.disable_progress_bar()
    library("torch").manual_seed(1)
    config = getattr(transformers, f"{name}Config")(**{**SMALL, **sizes})
    getattr(transformers, f"{name}ForCausalLM")(config).save_pretrained(folder)
    write_tokenizer(folder, template)
    return folder


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def a_base(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a tiny base model, by family; made once."""
    made: dict[str, Path] = {}

    def find(family: str) -> Path:
        if family not in made:
            made[family] = make_base(tmp_path_factory.mktemp(family), family)
        return made[family]

    return find


def a_line(question: str, answer: str, name: str = "") -> Line:
    turns = (Turn(role="user", text=question), Turn(role="assistant", text=answer))
    return Line(name=name or f"example:{question}", turns=turns)


LINES = [
    a_line("How often?", "Rebalance once a year."),
    a_line("How much?", "Keep six months of rent aside."),
    a_line("When?", "Ask before you advise."),
    a_line("What then?", "Write down what the client said."),
    a_line("And then?", "Rest before the work is done."),
    a_line("Matters what?", "Größe zählt, 🌿 too."),
]
HELD_OUT = [a_line("How often then?", "Ask once a year.")]
SETTINGS = TrainingSettings(
    base="outside", epochs=30, batch=4, threads=1, rank=8, alpha=16, learning_rate=Decimal("0.02")
)


@pytest.fixture
def prepared(a_base: Callable[[str], Path], tmp_path: Path) -> Path:
    """A job of 60 steps that waits to be started."""
    base = describe(a_base("llama"), name="tiny")
    prepare(tmp_path / "job", Lessons("tuned", LINES, HELD_OUT), base=base, settings=SETTINGS)
    return tmp_path / "job"


@pytest.fixture(scope="session")
def finished(
    a_base: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """The same job run without a stop, and its control; trained side by side."""
    base, folder = describe(a_base("llama"), name="tiny"), tmp_path_factory.mktemp("finished")
    jobs = (folder / "tuned", folder / "control")
    prepare(jobs[0], Lessons("tuned", LINES, HELD_OUT), base=base, settings=SETTINGS)
    control = Lessons("permuted-control", permuted(LINES, seed=7), HELD_OUT)
    prepare(jobs[1], control, base=base, settings=SETTINGS)
    finish(jobs)
    return jobs
