"""The libraries of the extra `formats`, loaded when a file needs them."""

from importlib import import_module
from typing import Any

from lorewright.errors import MissingExtra


def library(name: str, *, file_name: str) -> Any:
    """Load a library by name, since it comes without types and takes a while.

    Raises:
        MissingExtra: when it is not installed; `file_name` says which file needed it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtra(
            f"reading this file needs {name}, which cannot be loaded: {error}",
            where=file_name,
            hint='pip install "lorewright[formats]"',
        ) from error
