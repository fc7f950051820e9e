"""`lineage.jsonl`: every example of a dataset, its split and the spans it rests on; no words.

The names alone give the Merkle root of the dataset, so whoever has the file can compute it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from lorewright.errors import Unreadable
from lorewright.lineage import Ref, SplitRoot, dataset_root
from lorewright.records import Example, Split
from lorewright.release.strict_json import read_object

_LONGEST_LINE = 1_000_000
_NAME = re.compile(r"example:([0-9a-f]{64})")


class Roots(NamedTuple):
    """What the names in a lineage file come to."""

    root: str
    counts: dict[str, int]


def line_of(name: Ref, split: Split, content: Mapping[str, Any]) -> str:
    """One line, from the decoded content of the stored example `name`."""
    # Names and numbers need no escaping, and a dataset may have a million lines.
    evidence = ",".join(
        f'{{"document":"{one["document"]}","start":{one["start"]},"end":{one["end"]}}}'
        for one in content["evidence"]
    )
    return f'{{"example":"{name}","split":"{split.value}","evidence":[{evidence}]}}'


def recompute(
    lines: Iterable[bytes], *, splits: Sequence[str], lengths: Mapping[str, int]
) -> Roots:
    """The root over the names in `lines`, after checking every line.

    Args:
        lines: the file, in the order of the splits and ascending by name in each.
        splits: the splits of the dataset, in order.
        lengths: how long each document is.

    Raises:
        Unreadable: naming the line, when it has another shape or order, or cites what is not
            a span of a known document.
    """
    found = {split: SplitRoot() for split in splits}
    order = {split: place for place, split in enumerate(splits)}
    last = (-1, "")
    for number, line in enumerate(lines, start=1):
        try:
            name, split = _checked(line, lengths)
            place = (order[split], name)
        except (KeyError, TypeError, ValueError, Unreadable) as error:
            raise Unreadable(f"line {number:,} is not the lineage of an example") from error
        if place <= last:
            raise Unreadable(f"line {number:,} is out of order, or there twice")
        last = place
        found[split].add(bytes.fromhex(name))
    counts = {split: one.count for split, one in found.items()}
    return Roots(dataset_root((split, one.root()) for split, one in found.items()), counts)


def _checked(line: bytes, lengths: Mapping[str, int]) -> tuple[str, str]:
    """The 64 digits of the example and its split."""
    if len(line) > _LONGEST_LINE:
        raise ValueError("too long")
    read = read_object(line, what="a line")
    name = _NAME.fullmatch(read["example"])
    if name is None or len(read) != 3:
        raise ValueError(Example.kind)
    for one in read["evidence"]:
        if not 0 <= one["start"] < one["end"] <= lengths[one["document"]]:
            raise ValueError(one["document"])
    return name[1], read["split"]
