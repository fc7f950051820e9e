"""An adapter and its base become one set of weights.

The sum is taken in 32 bits on the processor, and stored in the base's own type. What was
written is read back and asked the same questions as base and adapter were: a merge that
answers otherwise is an error, however well the files look.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.errors import BadRecord, OutsideError, Refused
from lorewright.inference import Sample, answer_logits, library, quiet_library

BOUNDS = {"float32": 1e-3, "float16": 0.03, "bfloat16": 0.25}
"""How far a logit may move, as a share of the spread of all, by the type that is stored. In 32
bits only the order of sums changes. A stored weight keeps 11 bits of its number in float16 and
8 in bfloat16, and what is rounded off adds up over the layers."""
LEAST_TOKENS = 256
"""Tokens that are asked about, when there are so many."""
_WRITTEN = ("config.json", "generation_config.json", "model*.safetensors", "*.index.json")
"""What saving writes itself."""
_COPIED = ("*.json", "*.jinja", "*.model", "*.txt", "LICENSE*", "NOTICE*")
"""What comes over from the base as it is: tokenizer, template, licence."""


class Merged(NamedTuple):
    """How the merged weights answer, beside base and adapter."""

    stored_as: str
    """The type of the weights, such as `bfloat16`."""
    tokens: int
    """Of answers that both were asked about."""
    spread: float
    """The root mean square of the logits about their mean."""
    moved: float
    """The most that the adapter changes a logit of the base."""
    largest: float
    """The most that merging changes a logit."""
    bound: float
    """What `largest` may not exceed."""
    agreement: float
    """The share of tokens for which both find the same likeliest one."""


def merge_adapter(base: Path, adapter: Path, out: Path, *, probes: Sequence[Sample]) -> Merged:
    """Write base and adapter as one model folder into `out`, and compare.

    It takes the memory of the base in 32 bits: four bytes for each parameter.

    Args:
        base: config, tokenizer, template and safetensors weights, not quantised.
        adapter: as peft reads it.
        out: a folder, made when missing.
        probes: what both are asked; `LEAST_TOKENS` of their answers are enough.

    Raises:
        Refused: when the weights of the base are quantised.
        OutsideError: when something cannot be loaded.
        BadRecord: when the merged weights answer otherwise than base and adapter.
    """
    stored_as = stored_type(base)
    asked = _enough(probes)
    network = _opened(base)
    plain = _logits(network, asked)
    tuned = _with_adapter(network, adapter)
    wanted = _logits(tuned, asked)
    _write(tuned, base, out, stored_as)
    del tuned, network
    merged = _compared(plain, wanted, _logits(_opened(out), asked), stored_as)
    if not merged.largest <= merged.bound:
        raise BadRecord(
            f"the merged weights answer otherwise than base and adapter: a logit moved by "
            f"{merged.largest:.2g}, and {merged.bound:.2g} are allowed",
            where=str(out),
            hint="serve base and adapter apart; a base stored in float32 merges more exactly",
        )
    return merged


def stored_type(base: Path) -> str:
    """The type in which the weights of a base are stored, as its config says.

    Raises:
        Refused: when they are quantised.
        OutsideError: when there is no config.
    """
    try:
        config: dict[str, Any] = json.loads((base / "config.json").read_bytes())
    except (OSError, ValueError) as error:
        raise OutsideError("the base has no config.json", where=str(base)) from error
    if config.get("quantization_config"):
        raise Refused(
            "the weights of this base are quantised, and an adapter cannot be added to them",
            where=str(base),
            hint="name a folder with the same base unquantised with --base",
        )
    named = str(config.get("dtype") or config.get("torch_dtype") or "float32")
    return named if named in BOUNDS else "float32"


def _enough(probes: Sequence[Sample]) -> list[Sample]:
    taken: list[Sample] = []
    tokens = 0
    for sample in probes:
        if tokens >= LEAST_TOKENS:
            break
        taken.append(sample)
        tokens += sum(sample.labels)
    return taken


def _opened(folder: Path) -> Any:
    """In 32 bits on the processor, wherever a GPU may be: rounding twice would hide a fault."""
    torch, transformers = library("torch"), library("transformers")
    transformers.utils.logging.disable_progress_bar()
    try:
        network = transformers.AutoModelForCausalLM.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
        )
    except (OSError, ValueError, KeyError) as error:
        raise OutsideError(
            f"the base model cannot be loaded: {error}",
            where=str(folder),
            hint="the folder must hold config.json and safetensors weights of a causal language "
            "model that transformers knows",
        ) from error
    return network.eval()


def _with_adapter(network: Any, adapter: Path) -> Any:
    try:
        with quiet_library():
            peft = library("peft")
            tuned = peft.PeftModel.from_pretrained(network, str(adapter), local_files_only=True)
            # By itself peft asks the hub whether the base has other embeddings.
            weights = peft.get_peft_model_state_dict(tuned, save_embedding_layers=False)
            _refuse_other(weights, adapter)
    except (OSError, ValueError, RuntimeError) as error:
        raise OutsideError(
            f"the adapter cannot be loaded: {error}",
            where=str(adapter),
            hint="an adapter fits only the base model that it was trained on",
        ) from error
    return tuned.eval()


def _refuse_other(taken: Mapping[str, Any], adapter: Path) -> None:
    """Stop when a part of the adapter found no place, or a place no part; peft only warns."""
    path = adapter / "adapter_model.safetensors"
    with library("safetensors").safe_open(path, framework="pt") as file:
        held = set(file.keys())
    if held != set(taken):
        some = min(held ^ set(taken))
        raise ValueError(f"{some} is in only one of adapter and base")


def _write(tuned: Any, base: Path, out: Path, stored_as: str) -> None:
    torch = library("torch")
    try:
        with torch.no_grad(), quiet_library():
            merged = tuned.merge_and_unload(safe_merge=True)
            merged.to(getattr(torch, stored_as)).save_pretrained(out)
    except ValueError as error:
        raise BadRecord(
            f"the adapter cannot be merged: {error}",
            where=str(out),
            hint="an adapter that holds something that is no number cannot be used at all",
        ) from error
    own = {path.name for pattern in _WRITTEN for path in base.glob(pattern)}
    for path in sorted({path for pattern in _COPIED for path in base.glob(pattern)}):
        if path.is_file() and path.name not in own:
            shutil.copyfile(path, out / path.name)


def _logits(network: Any, samples: Sequence[Sample]) -> Any:
    """One row for each token of an answer, each about its own mean: a shift means nothing."""
    torch = library("torch")
    with torch.inference_mode():
        rows = [answer_logits(network, [sample])[0] for sample in samples]
        found = torch.cat(rows)
        return found - found.mean(dim=-1, keepdim=True)


def _compared(plain: Any, wanted: Any, found: Any, stored_as: str) -> Merged:
    spread = wanted.square().mean().sqrt().item()
    return Merged(
        stored_as=stored_as,
        tokens=len(wanted),
        spread=spread,
        moved=(wanted - plain).abs().max().item(),
        largest=(found - wanted).abs().max().item(),
        bound=BOUNDS[stored_as] * spread,
        agreement=(found.argmax(-1) == wanted.argmax(-1)).float().mean().item(),
    )
