"""Which language models are of one family: a judge is kinder to its own."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

_PARTS = re.compile(r"[/:]")
_END_OF_WORD = re.compile(r"[^a-z]|$")


def family_of(name: str) -> str | None:
    """Who made the language model `name`, such as `anthropic`; None when that is not known.

    The name may stand behind a plug-in or an owner: `openai:Qwen/Qwen3-8B` is of the family
    `alibaba`, since the plug-in says how it is asked and not who made it. A model tuned from
    another one is known by the name that it kept.
    """
    parts = _PARTS.split(name.casefold())
    # The last part names the model itself; an owner before it may name the maker.
    return next((found for part in reversed(parts) if (found := _named(part))), None)


def own_family(judge: str, teachers: Iterable[str]) -> bool:
    """Whether the judge's family wrote training data, too.

    A language model rates its own words higher (Panickssery and others 2024,
    arXiv:2404.13076). Unknown families are taken for other ones, unless the very name is the
    same.

    Args:
        judge: the judge, as `plug-in:name`.
        teachers: the language models that wrote training data, as `plug-in:name`.
    """
    written = set(teachers)
    mine = family_of(judge)
    return judge in written or (mine is not None and mine in map(family_of, written))


def _named(part: str) -> str | None:
    for beginning, family in _beginnings():
        rest = part[len(beginning) :]
        if part.startswith(beginning) and _END_OF_WORD.match(rest):
            return family
    return None


@cache
def _beginnings() -> tuple[tuple[str, str], ...]:
    """The beginnings of names with their families, the longest first."""
    text = files(__package__ or "").joinpath("families.toml").read_text(encoding="utf-8")
    told: dict[str, list[str]] = tomllib.loads(text)["families"]
    pairs = ((word, family) for family, words in told.items() for word in words)
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))
