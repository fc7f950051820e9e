"""All numbers of a proof as one JSON object, which a report draws and a program reads."""

import dataclasses
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel, JsonValue

from lorewright.evaluate.proof.contrasts import Contrast
from lorewright.evaluate.proof.deciding import Proof

DIGITS = 8
"""More than any of them means; the same on every machine."""


def numbers_of(proof: Proof, **more: object) -> dict[str, JsonValue]:
    """The numbers of `proof`.

    Args:
        proof: the verdict.
        more: what else belongs to it, such as agreement, metrics and power.
    """
    told: dict[str, object] = {
        "verdict": proof.kind,
        "origin": proof.origin,
        "scenarios": proof.scenarios,
        "contrasts": {
            name: None if one is None else _contrast(one)
            for name, one in (
                ("prompted-base", proof.base),
                ("neutral-control", proof.control),
                ("base", proof.plain),
            )
        },
        "gates": proof.gates,
        "preference": proof.preference,
        "preferred": proof.preferred,
        "parity": proof.parity,
        "dimensions": proof.dimensions,
        "watched": proof.looks,
        "excluded": proof.excluded,
        "flaws": [flaw._asdict() for flaw in proof.flaws],
        "warnings": proof.warnings,
        **more,
    }
    return {name: plain(value) for name, value in told.items()}


def plain(value: object) -> JsonValue:
    """Any value of this room as JSON: dataclasses as objects, what is no number as null.

    Raises:
        TypeError: when a value has no form in JSON.
    """
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int() | str():
            return value
        case float():
            return round(value, DIGITS) if math.isfinite(value) else None
        case Decimal():
            return str(value)
        case BaseModel():
            return value.model_dump(mode="json")
        case _:
            return _many(value)


def _many(value: Any) -> JsonValue:
    """What holds other values."""
    if hasattr(value, "_asdict"):
        return _many(value._asdict())
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in _pairs(value)}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in _items(value)]
    if not dataclasses.is_dataclass(value):
        raise TypeError(f"{type(value).__name__} has no form in JSON")
    return {one.name: plain(getattr(value, one.name)) for one in dataclasses.fields(value)}


def _pairs(table: Any) -> Iterable[tuple[Any, Any]]:
    return table.items()


def _items(values: Any) -> Iterable[Any]:
    return values


def _contrast(one: Contrast) -> dict[str, object]:
    return {
        "n": one.n,
        "mean": one.mean,
        "low": one.low,
        "high": one.high,
        "p_value": one.p_value,
        "effect_size": one.result.effect_size if one.result else None,
        "by_family": one.by_family,
        "gain": one.gain,
        "gain_share": one.gain.gain,
        "margin": one.margin,
        "p_margin": one.p_margin,
        "is_by_the_margin": one.is_by_the_margin,
        "same": one.same,
        "is_the_same": one.is_the_same,
        "uneven_raters": one.pairs.uneven_raters,
        "table": [
            {"scenario": scenario, "family": family, "ours": ours, "theirs": theirs}
            for scenario, family, ours, theirs in zip(
                one.pairs.scenarios,
                one.pairs.families,
                one.pairs.ours,
                one.pairs.theirs,
                strict=True,
            )
        ],
    }
