"""A base model's weights, and the one way in which they are asked about answers."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lorewright.errors import OutsideError
from lorewright.inference.chat_tokenizer import Sample
from lorewright.inference.libraries import library

if TYPE_CHECKING:
    import torch


def open_weights(folder: Path) -> Any:
    """Load the base model in `folder`: in 32 bits on a CPU, in bfloat16 on a GPU.

    Nothing is fetched and no code from the folder is run; weights must be safetensors.

    Returns:
        A transformers module for causal language modelling, on its device.

    Raises:
        OutsideError: when the folder cannot be loaded.
        MissingExtra: when torch or transformers is not installed.
    """
    torch, transformers = library("torch"), library("transformers")
    transformers.utils.logging.disable_progress_bar()
    has_gpu = torch.cuda.is_available()
    try:
        network = transformers.AutoModelForCausalLM.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            dtype=torch.bfloat16 if has_gpu else torch.float32,
        )
    except (OSError, ValueError, KeyError) as error:
        raise OutsideError(
            f"the base model cannot be loaded: {error}",
            where=str(folder),
            hint="the folder must hold config.json and safetensors weights of a causal language "
            "model that transformers knows",
        ) from error
    return network.to("cuda" if has_gpu else "cpu")


def answer_logits(
    network: Any, samples: Sequence[Sample]
) -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor]":
    """Ask `network` for every token that carries loss.

    The samples are padded on the right and no mask is built: in causal attention nothing that
    comes later is seen, so the padding cannot reach a real token, and positions count from
    zero as they do when a sample stands alone. The vocabulary is projected only for columns
    in which some sample carries loss.

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
    carried, targets = labels[:, 1:], ids[:, 1:]
    columns = carried.any(dim=0).nonzero().squeeze(1)
    # The last token of the widest row predicts nothing.
    logits = network(input_ids=ids[:, :-1], use_cache=False, logits_to_keep=columns).logits
    picked = carried[:, columns]
    rows = picked.nonzero()[:, 0]
    return logits[picked].float(), targets[:, columns][picked], rows
