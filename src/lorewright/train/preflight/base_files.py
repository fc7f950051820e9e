"""The files of a base model: whether all weights are there, and whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from lorewright.errors import OutsideError
from lorewright.train.estimate.shape import header_of, weight_files
from lorewright.train.preflight.finding import Finding, Looking, Places, Rule
from lorewright.train.preflight.proposal import Proposal

INCOMPLETE = Rule(
    "base-incomplete",
    "A file with weights of the base is missing, ends before its header says, or is still being "
    "fetched.",
    "fetch the base again; `hf download` goes on where it stopped",
    impossible="the base cannot be loaded",
)


class BaseFiles(Looking):
    """Compares the weights with what the index and their own headers say."""

    rules: ClassVar[tuple[Rule, ...]] = (INCOMPLETE,)

    def __init__(self, proposal: Proposal) -> None:
        self._folder = proposal.folder

    def findings(self) -> list[Finding]:
        """What was found."""
        if self._folder is None:
            return []
        places = Places()
        for place in missing_weights(self._folder):
            places.add(place)
        if not places.count:
            return []
        return [places.finding(INCOMPLETE, "the weights of the base are not all there")]


def missing_weights(folder: Path) -> Iterator[str]:
    """Say what of the weights in `folder` is missing; only headers are read."""
    try:
        files = weight_files(folder)
    except (OSError, ValueError, AttributeError):
        yield "the index of the weights cannot be read"
        return
    for path in files:
        if not path.is_file():
            yield f"{path.name} is missing"
            continue
        try:
            wanted, there = header_of(path).size, path.stat().st_size
        except OutsideError:
            yield f"{path.name} ends within its header, or is no safetensors"
            continue
        if there < wanted:
            yield f"{path.name} has {there:,} of {wanted:,} bytes"
        elif there > wanted:
            yield f"{path.name} has {there - wanted:,} bytes too many"
    for path in sorted(folder.glob("*.incomplete")):
        yield f"{path.name} is still being fetched"
