"""The closed word classes of English that the rules rest on, read once from `words.toml`."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

BE = frozenset({"am", "is", "are", "was", "were"})
HAVE = frozenset({"have", "has", "had"})
DO = frozenset({"do", "does", "did"})
MODALS = frozenset(
    {"can", "cannot", "could", "may", "might", "must", "shall", "should", "will", "would", "ought"}
)
AUXILIARIES = BE | HAVE | DO | MODALS
NEGATIONS = frozenset({"not", "n't", "never"})


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads((files(__package__ or "") / "words.toml").read_text(encoding="utf-8"))


@cache
def word_set(group: str, name: str) -> frozenset[str]:
    """The words of one list, for example `word_set("pronouns", "plural")`."""
    return frozenset(_lists()[group][name])


@cache
def word_map(group: str) -> dict[str, str]:
    """A table of words, for example the irregular verbs."""
    return dict(_lists()[group])
