"""The base model that an adapter is trained on: where it lies and what it is."""

import hashlib
import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lorewright.errors import BadMask, OutsideError
from lorewright.inference import library
from lorewright.records import HashedFile
from lorewright.templates import TEMPLATE_DATE, asks_the_date

_INDEX = "model.safetensors.index.json"
_WEIGHTS = "model*.safetensors"
_BESIDES = ("*.json", "*.jinja", "*.model", "*.txt")
"""Config, tokenizer and template."""
_TEMPLATES = ("chat_template.jinja", "chat_template.json", "tokenizer_config.json")
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt")
_OBJECT = TypeAdapter(dict[str, Any])


@dataclass(frozen=True, slots=True)
class BaseFolder:
    """A base model on this machine."""

    name: str
    folder: Path
    architecture: str
    parameters: int
    max_length: int | None
    """Tokens, as its config says."""
    files: tuple[HashedFile, ...]


def locate(base: str, *, with_weights: bool = True) -> Path:
    """The folder of a base model, fetched from the model hub when `base` is no folder.

    Args:
        base: a folder, or a name such as `organisation/model`.
        with_weights: whether the weights are fetched too; config, tokenizer and template
            always are.

    Raises:
        OutsideError: when there is no such folder and the hub does not give it.
        MissingExtra: when huggingface_hub is not installed.
    """
    folder = Path(base).expanduser()
    if folder.is_dir():
        return folder.resolve()
    if base.startswith((".", "/", "~")) or base.count("/") != 1:
        raise OutsideError(
            "there is no such folder with a base model",
            where=base,
            hint="name a folder, or a model on the hub as organisation/model",
        )
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    hub = library("huggingface_hub")
    try:
        wanted = [_WEIGHTS, *_BESIDES] if with_weights else [*_BESIDES]
        return Path(hub.snapshot_download(base, allow_patterns=wanted))
    except (OSError, ValueError, hub.errors.HfHubHTTPError) as error:
        raise OutsideError(
            f"the base model cannot be fetched from the hub: {_first_line(error)}",
            where=base,
            hint="check the name and the network; some models need `hf auth login` first. "
            "Offline, name a folder with config, tokenizer and safetensors weights",
        ) from error


def at_hand(base: str) -> Path | None:
    """The folder of a base model, when nothing has to be fetched for it; else None."""
    folder = Path(base).expanduser()
    if folder.is_dir():
        return folder.resolve()
    if base.startswith((".", "/", "~")) or base.count("/") != 1:
        return None
    hub = library("huggingface_hub")
    try:
        return Path(hub.snapshot_download(base, local_files_only=True))
    except (OSError, ValueError, hub.errors.HfHubHTTPError):
        return None


def describe(folder: Path, *, name: str) -> BaseFolder:
    """Look at a base model without loading it; its files are hashed.

    Args:
        folder: config, tokenizer with chat template, and safetensors weights.
        name: how records and adapters call it.

    Raises:
        OutsideError: when config or safetensors weights are missing or broken. Pickled
            weights are refused, since opening them runs whatever code they hold.
        BadMask: when there is no chat template.
    """
    config = _json(folder / "config.json")
    weights = _weights(folder)
    _check_template(folder)
    paths = sorted({*weights, *(path for one in _BESIDES for path in folder.glob(one))})
    return BaseFolder(
        name=name,
        folder=folder,
        architecture=_architecture(config, folder),
        parameters=sum(math.prod(shape) for path in weights for shape in _shapes(path)),
        max_length=_max_length(config),
        files=tuple(hashed(path, name=path.name) for path in paths),
    )


def token_limit(folder: Path) -> int | None:
    """How many tokens the base model in `folder` can read at once, as its config says.

    Raises:
        OutsideError: when the config is missing or broken.
    """
    return _max_length(_json(folder / "config.json"))


def told_date(folder: Path) -> str | None:
    """The date that the base's chat template is told; None where it does not ask for today's."""
    places = [path for name in _TEMPLATES if (path := folder / name).is_file()]
    asks = any(asks_the_date(path.read_text("utf-8", "replace")) for path in places)
    return f"{TEMPLATE_DATE:%Y-%m-%d}" if asks else None


def hashed(path: Path, *, name: str) -> HashedFile:
    """A file by its hash and size, called `name`."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return HashedFile(path=name, sha256=digest, size=path.stat().st_size)


def _weights(folder: Path) -> list[Path]:
    """The weights that transformers reads; some folders hold them in other forms as well."""
    names = {"model.safetensors"}
    if not (folder / "model.safetensors").exists() and (folder / _INDEX).exists():
        names = set(_json(folder / _INDEX).get("weight_map", {}).values())
    paths = sorted(folder / name for name in names)
    if not paths or not all(path.is_file() for path in paths):
        raise _without_weights(folder)
    return paths


def _without_weights(folder: Path) -> OutsideError:
    if any(path for pattern in _PICKLED for path in folder.glob(pattern)):
        return OutsideError(
            "the base model's weights are pickled, and opening a pickle runs code",
            where=str(folder),
            hint="take a version with safetensors weights, or convert them once with "
            "`save_pretrained` on a machine where you trust the file",
        )
    return OutsideError(
        "the folder holds no safetensors weights, or not all of them",
        where=str(folder),
        hint="a base model is config.json, a tokenizer and *.safetensors",
    )


def _check_template(folder: Path) -> None:
    if (folder / "chat_template.jinja").exists() or (folder / "chat_template.json").exists():
        return
    if not _json(folder / "tokenizer_config.json").get("chat_template"):
        raise BadMask(
            "the tokenizer has no chat template",
            where=str(folder),
            hint="take the instruct version of the base model, or put a chat_template.jinja "
            "into its folder",
        )


def _shapes(path: Path) -> Iterator[list[int]]:
    """The shapes in a safetensors file, from its header alone.

    The first eight bytes give the length of the header, a JSON object of tensors by name.
    """
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            # What is no safetensors may claim any length; reading stops at the file's own.
            header = json.loads(file.read(min(length, path.stat().st_size)))
        yield from (entry["shape"] for name, entry in header.items() if name != "__metadata__")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutsideError(
            f"a weights file is no safetensors: {error}",
            where=str(path),
            hint="fetch the base model again",
        ) from error


def _architecture(config: dict[str, Any], folder: Path) -> str:
    architectures = config.get("architectures")
    if not architectures:
        raise OutsideError("config.json names no architecture", where=str(folder / "config.json"))
    return str(architectures[0])


def _max_length(config: dict[str, Any]) -> int | None:
    limit = config.get("max_position_embeddings")
    return int(limit) if limit else None


def _json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = _OBJECT.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise OutsideError(
            f"{path.name} of the base model cannot be read: {_first_line(error)}",
            where=str(path.parent),
            hint="a base model is config.json, a tokenizer and *.safetensors",
        ) from error
    return found


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
