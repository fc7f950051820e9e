"""What an endpoint makes of the files of a base: its prompts, and where it stops."""

import json
from typing import Any

from lorewright.errors import BadMask
from lorewright.train.preflight.reading import Read, Reader


def as_served(read: Read, reader: Reader) -> str | None:
    """Compare the prompt of the last answer with the tokens before it in training.

    Returns:
        The place of the first token that differs and both readings; None when all are equal.
    """
    last = read.samples[-1]
    start = _start_of_last_run(last.labels)
    trained = list(last.ids[:start])
    try:
        served = reader.served(read.line.turns[:-1])
    except BadMask as error:
        return f"the served template refuses it: {error.sentence}"
    # What a template writes between the prompt and the words carries loss and is not prompted.
    if served == trained:
        return None
    pairs = enumerate(zip(trained, served, strict=False))
    place = next((at for at, (one, two) in pairs if one != two), min(len(trained), len(served)))
    ours, theirs = (
        reader.text(ids[max(0, place - 3) : place + 4]) if ids else "" for ids in (trained, served)
    )
    return f"token {place + 1}: trained on {ours!r}, served {theirs!r}"


def served_stops(reader: Reader) -> frozenset[int]:
    """The tokens at which an endpoint stops by the files of the base."""
    found = set[int]() if reader.end_id is None else {reader.end_id}
    for name in ("generation_config.json", "config.json"):
        try:
            config: dict[str, Any] = json.loads((reader.folder / name).read_bytes())
        except (OSError, ValueError):
            continue
        named = config.get("eos_token_id")
        found.update(named if isinstance(named, list) else [named] if named is not None else [])  # pyright: ignore[reportUnknownArgumentType] - any JSON
    return frozenset(found)


def _start_of_last_run(labels: tuple[bool, ...]) -> int:
    place = len(labels)
    while place and not labels[place - 1]:
        place -= 1
    while place and labels[place - 1]:
        place -= 1
    return place
