"""What training leaves of a network: an adapter as peft reads it, or whole weights."""

import json
from pathlib import Path
from typing import Any

from lorewright.inference import library, quiet_library
from lorewright.train.methods.extras import Extras, State
from lorewright.train.methods.method import Method

ADAPTER_CONFIG, ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
SHARD = "1GB"
"""Whole weights are cut into files of this size, so that none has to be in memory at once."""


def write_trained(
    folder: Path,
    network: Any,
    *,
    base_name: str,
    method: Method,
    extras: Extras,
    gathered: dict[str, Any] | None = None,
) -> None:
    """Write into `folder` what was trained.

    An adapter fits the base as it was before training, whatever the method did to it. The files
    name the base as records do, hold no path of this machine, and are the same bytes for the
    same weights.

    Args:
        folder: where to.
        network: what was trained.
        base_name: how the base is called.
        method: how it was trained.
        extras: of the method.
        gathered: the trained weights by name, for a network that holds only a part of each.
    """
    if method.kind == "full":
        _write_whole(folder, network, gathered)
        return
    peft = library("peft")
    with quiet_library():
        tensors = {
            name: weights.detach().cpu()
            for name, weights in peft.get_peft_model_state_dict(
                network, state_dict=gathered, save_embedding_layers=False
            ).items()
        }
    config = network.peft_config["default"].to_dict()
    write_adapter_files(folder, extras.plain(tensors, config), base_name=base_name)


def write_adapter_files(folder: Path, adapter: State, *, base_name: str) -> None:
    """Write an adapter's tensors and the facts of its `adapter_config.json`."""
    tensors = {name: weights.contiguous() for name, weights in adapter.tensors.items()}
    save = library("safetensors.torch").save_file
    save(tensors, folder / ADAPTER_WEIGHTS, metadata={"format": "pt"})
    config = adapter.facts | {"base_model_name_or_path": base_name, "inference_mode": True}
    (folder / ADAPTER_CONFIG).write_text(
        json.dumps(config, indent=2, sort_keys=True, default=_listed) + "\n", encoding="utf-8"
    )


def _write_whole(folder: Path, network: Any, gathered: dict[str, Any] | None) -> None:
    with quiet_library():
        network.save_pretrained(folder, max_shard_size=SHARD, state_dict=gathered)


def _listed(value: Any) -> list[str]:
    """Sets have no order of their own; sorted, the file is the same in every process."""
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))  # pyright: ignore[reportUnknownArgumentType] - any items
    raise TypeError(f"adapter_config.json cannot hold a {type(value).__name__}")
