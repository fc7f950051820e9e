"""A base model's weights, and the one way in which they are asked about answers."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lorewright.errors import MissingExtra, OutsideError
from lorewright.inference.chat_tokenizer import Sample
from lorewright.inference.heads import logits_at
from lorewright.inference.libraries import library, quiet_library

if TYPE_CHECKING:
    import torch


def open_weights(
    folder: Path,
    *,
    device: Literal["cpu", "mps", "cuda"] | None = None,
    precision: Literal["fp32", "bf16"] | None = None,
    four_bits: bool = False,
) -> Any:
    """Load the base model in `folder`.

    Nothing is fetched and no code from the folder is run; weights must be safetensors.

    Args:
        folder: config.json and the weights.
        device: where to; None takes a CUDA device when there is one, else the CPU.
        precision: how numbers are held; None takes 32 bits on a CPU, bfloat16 on a GPU.
        four_bits: whether linear layers are held in four bits (NF4), their scales quantised as
            well, and multiplied in `precision`.

    Returns:
        A transformers module for causal language modelling, on its device.

    Raises:
        OutsideError: when the folder cannot be loaded.
        MissingExtra: when torch, transformers or, for four bits, bitsandbytes is not installed.
    """
    torch, transformers = library("torch"), library("transformers")
    transformers.utils.logging.disable_progress_bar()
    place = device or ("cuda" if torch.cuda.is_available() else "cpu")
    held = precision or ("bf16" if place == "cuda" else "fp32")
    dtype = torch.bfloat16 if held == "bf16" else torch.float32
    packed = _four_bits(dtype, place) if four_bits else {}
    try:
        with quiet_library():
            network = transformers.AutoModelForCausalLM.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, dtype=dtype, **packed
            )
    except (OSError, ValueError, KeyError) as error:
        raise OutsideError(
            f"the base model cannot be loaded: {error}",
            where=str(folder),
            hint="the folder must hold config.json and safetensors weights of a causal language "
            "model that transformers knows",
        ) from error
    return network if four_bits else network.to(place)


def answer_logits(
    network: Any, samples: Sequence[Sample]
) -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor]":
    """Ask `network` for every token that carries loss.

    The samples are padded on the right and no mask is built: in causal attention nothing that
    comes later is seen, so the padding cannot reach a real token, and positions count from
    zero as they do when a sample stands alone.

    Returns:
        Logits in 32 bits `[n, vocabulary]`, the tokens they should predict `[n]`, and the
        row in `samples` that each belongs to `[n]`.
    """
    torch = library("torch")
    width = max(len(sample.ids) for sample in samples)
    ids = torch.zeros((len(samples), width), dtype=torch.long)
    labels = torch.zeros((len(samples), width), dtype=torch.bool)
    for row, sample in enumerate(samples):
        ids[row, : len(sample.ids)] = torch.tensor(sample.ids)
        labels[row, : len(sample.ids)] = torch.tensor(sample.labels)
    ids, labels = ids.to(network.device), labels.to(network.device)
    # The last token of the widest row predicts nothing.
    rows, columns = labels[:, 1:].nonzero(as_tuple=True)
    logits = logits_at(network, rows, columns, input_ids=ids[:, :-1])
    return logits.float(), ids[rows, columns + 1], rows


def _four_bits(dtype: Any, place: str) -> dict[str, Any]:
    """QLoRA: Dettmers et al. 2023, arXiv 2305.14314."""
    if importlib.util.find_spec("bitsandbytes") is None:
        raise MissingExtra(
            "a base in four bits needs bitsandbytes, which is not installed",
            hint='pip install "lorewright[qlora]"',
        )
    config = library("transformers").BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )
    return {"quantization_config": config, "device_map": {"": place}}
