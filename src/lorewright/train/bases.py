"""Base models that are known by name, with what training on each takes at least."""

import tomllib
from functools import cache
from importlib.resources import files

from lorewright.records import Value
from lorewright.train.estimate.shape import Shape, shape_of
from lorewright.train.footprint import need_of
from lorewright.train.methods import Method

RANK = 16
TOKENS = 2048
"""At once, with activations computed twice: the least that is worth while."""


class KnownBase(Value):
    """One base model of the catalogue."""

    name: str
    """On the hub."""
    title: str
    licence: str
    max_length: int
    """Tokens."""
    known_by: tuple[str, ...]
    """Parts of names that it and its kin go by, in small letters."""
    config: dict[str, str | int]
    """What its config.json says of its sizes."""

    @property
    def shape(self) -> Shape:
        """How large each part is."""
        shape = shape_of(self.config)
        assert shape is not None, f"the catalogue does not say how large {self.name} is"
        return shape

    def least_memory(self, method: Method) -> int:
        """Bytes that a device needs at least, in 16 bits or in what the method asks for."""
        return need_of(
            self.shape,
            method,
            rank=RANK,
            bits=16,
            nf4=method.quantisation == "nf4",
            checkpointing=True,
            tokens=TOKENS,
        ).total


def known_shape(base: str) -> Shape | None:
    """The shape of a base that is often named and need not be fetched for that; else None."""
    name = base.rstrip("/").rpartition("/")[2].casefold()
    for known in known_bases():
        if any(part in name for part in known.known_by):
            return known.shape
    return None


@cache
def known_bases() -> tuple[KnownBase, ...]:
    """The catalogue, in its order."""
    text = files("lorewright.train").joinpath("bases.toml").read_text(encoding="utf-8")
    return tuple(KnownBase.model_validate(one) for one in tomllib.loads(text)["base"])
