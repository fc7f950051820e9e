"""Proposals of trainings: each call says only what its test cares about."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from lorewright.records import Split, Turn
from lorewright.settings import TrainingSettings
from lorewright.train import Line, known_recipes, plan_for
from lorewright.train.estimate import Device, Limits, Pace, Shape, max_length_in, shape_in
from lorewright.train.preflight import Finding, Preflight, Proposal, Reader, look

GIB = 2**30
Role = Literal["system", "user", "assistant"]
ROLES: dict[str, Role] = {"s": "system", "u": "user", "a": "assistant"}
DEVICE = Device("cpu", "processor, 2 threads", 8 * GIB, 8 * GIB, 0.04)
ANSWERS = ("Rebalance once a year.", "Ask before you advise.", "Rest before the work is done.")


def a_talk(name: str, *turns: str) -> Line:
    """A conversation of turns such as `u How often?` and `a Once a year.`"""
    said = (one.partition(" ") for one in turns)
    return Line(name=name, turns=tuple(Turn(role=ROLES[role], text=text) for role, _, text in said))


def talks(count: int) -> list[Line]:
    """Short conversations, each with words of its own."""
    return [
        a_talk(f"example:{number}", f"u What is rule {number}?", f"a Rule {number}: {answer}")
        for number, answer in zip(range(count), ANSWERS * count, strict=False)
    ]


def a_proposal(
    *train: Line,
    held_out: Mapping[Split, Sequence[Line]] | None = None,
    folder: Path | None = None,
    shape: Shape | None = None,
    device: Device = DEVICE,
    free_disk: int = 10**12,
    scores: Sequence[tuple[str, Decimal]] = (),
    limits: Limits | None = None,
    pace: Pace | None = None,
    served: str | None = None,
    **settings: Any,
) -> Proposal:
    """A training that nobody has started; by default one with nothing wrong but its length."""
    chosen = TrainingSettings.model_validate(
        {"base": "outside", "epochs": 3, "threads": 1, **settings}
    )
    splits = {Split.TRAIN: train or talks(80), **(held_out or {})}

    def lines(split: Split) -> Iterator[Line]:
        yield from splits.get(split, ())

    count = len(splits[Split.TRAIN])
    most = None if folder is None else max_length_in(folder)
    return Proposal(
        lines=lines,
        examples=count,
        plan=plan_for(chosen, examples=count, is_pocket=False, max_length=most),
        settings=chosen,
        device=device,
        free_disk=free_disk,
        folder=folder,
        reader=None if folder is None else Reader(folder, serving_template=served),
        shape=shape or (None if folder is None else shape_in(folder)),
        scores=lambda: scores,
        limits=limits or Limits(),
        pace=pace,
        recipe=known_recipes().method(chosen.method),
    )


def found(proposal: Proposal, *, force: Sequence[str] = ()) -> Preflight:
    """Look at a proposal."""
    return look(proposal, force=force)


def the(name: str, preflight: Preflight) -> Finding:
    """The finding of a name, which must be there."""
    return next(one for one in preflight.findings if one.name == name)


def names(preflight: Preflight) -> set[str]:
    """What was found."""
    return {one.name for one in preflight.findings}


def copied(base: Path, folder: Path, **config: Any) -> Path:
    """A copy of a base, with other entries in its tokenizer's config."""
    shutil.copytree(base, folder)
    (folder / "chat_template.jinja").unlink(missing_ok=True)
    path = folder / "tokenizer_config.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **config}), encoding="utf-8")
    return folder
