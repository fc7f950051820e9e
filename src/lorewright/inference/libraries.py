"""The heavy libraries, loaded only when something runs on them."""

import warnings
from contextlib import AbstractContextManager
from importlib import import_module
from types import ModuleType

from lorewright.errors import MissingExtra


def library(name: str) -> ModuleType:
    """Load `torch`, `transformers`, `peft` or one of the libraries that come with them.

    They are loaded by name since they take seconds and hundreds of megabytes that no other
    step needs, and since much of what they export has no types.

    Raises:
        MissingExtra: when it is not installed.
    """
    try:
        with quiet_library():
            return import_module(name)
    except ImportError as error:
        raise MissingExtra(
            f"base models need {name}, which cannot be loaded: {error}",
            hint='pip install "lorewright[train]"',
        ) from error


def quiet_library() -> AbstractContextManager[None]:
    """Keep a library's warnings about its own insides to itself; its errors still come."""
    return warnings.catch_warnings(action="ignore")
