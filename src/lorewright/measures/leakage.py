"""What is held out and stands, in whole or in part, in what is trained on."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from lorewright.errors import MissingExtra
from lorewright.similarity import Overlaps

LONG_RUN = 13
"""Two texts that share a run of so many words have not been written apart."""
RUN = 8
MOST_CONTAINED = 0.2
"""So much of a text's runs of eight words may be stock phrases."""
MOST_ALIKE = 0.85
"""The largest cosine of TF-IDF over characters."""
_AT_ONCE = 512


class Held(NamedTuple):
    """A text on one side of the split."""

    name: str
    parts: tuple[str, ...]
    """What is said; no run of words goes from one part to the next."""
    groups: tuple[str, ...] = ()
    """What it belongs to, such as `scenario:7`, `conversation:ab12` or `source:0f3c`: whatever
    belongs to the same must be on the same side."""


class Leak(NamedTuple):
    """One thing that is held out, and where training gives it away."""

    rule: str
    """`same-group`, `long-run`, `contained` or `alike`."""
    held_out: str
    trained: str
    detail: str


def leakage(
    held_out: Sequence[Held], trained: Iterable[Held], *, compare_likeness: bool = True
) -> tuple[Leak, ...]:
    """Find every leak; there must be none.

    A held-out text leaks when it belongs to the same scenario, conversation or source as one
    that is trained on; when they share a run of thirteen words; when more than a fifth of its
    runs of eight words are trained on; or when a part of it has a cosine above 0.85 with a
    part of one. Each is told once for a text, with the first place of training that gives it
    away, for contained runs with the one that has most of them, for likeness with the most alike.

    Args:
        held_out: the smaller side; it is held in memory.
        trained: read once, some at a time.
        compare_likeness: whether texts are compared by their characters as well, which is what
            finds paraphrases that keep most words, and needs scikit-learn.

    Raises:
        MissingExtra: when likeness is asked for and scikit-learn is not installed.
    """
    if not held_out:
        return ()
    search = _Search(held_out)
    alike = _Alike(held_out) if compare_likeness else None
    rest = iter(trained)
    while batch := list(islice(rest, _AT_ONCE)):
        for one in batch:
            search.read(one)
        if alike is not None:
            alike.read(batch)
    found = [*search.leaks(), *(alike.leaks() if alike is not None else ())]
    order = {one.name: at for at, one in enumerate(held_out)}
    return tuple(sorted(found, key=lambda leak: order[leak.held_out]))


class _Search:
    """Watches the held-out texts for groups and runs of words."""

    def __init__(self, held_out: Sequence[Held]) -> None:
        self._held_out = held_out
        parts = [one.parts for one in held_out]
        self._runs = Overlaps(parts, RUN)
        self._long_runs = Overlaps(parts, LONG_RUN, whole=False)
        self._wanted = {group for one in held_out for group in one.groups}
        self._groups: dict[str, str] = {}

    def read(self, one: Held) -> None:
        for group in one.groups:
            if group in self._wanted:
                self._groups.setdefault(group, one.name)
        for part in one.parts:
            self._runs.read(part, label=one.name)
            self._long_runs.read(part, label=one.name)

    def leaks(self) -> Iterator[Leak]:
        for index, one in enumerate(self._held_out):
            for group in one.groups:
                if group in self._groups:
                    detail = f"both belong to {group}"
                    yield Leak("same-group", one.name, self._groups[group], detail)
            if reader := self._long_runs.first_reader(index):
                yield Leak("long-run", one.name, reader, f"they share {LONG_RUN} words in a row")
            share, most = self._runs.containment(index), self._runs.main_reader(index)
            if most is not None and share > MOST_CONTAINED:
                detail = (
                    f"{share:.0%} of its runs of {RUN} words are trained on, most of them there"
                )
                yield Leak("contained", one.name, most, detail)


class _Alike:
    """Watches every part of the held-out texts for parts that are alike."""

    def __init__(self, held_out: Sequence[Held]) -> None:
        try:
            from lorewright.measures.likeness import Nearest
        except ModuleNotFoundError as error:
            raise MissingExtra(
                f"comparing texts needs {error.name}", hint='pip install "lorewright[prove]"'
            ) from error
        self._names = [one.name for one in held_out for _ in one.parts]
        self._nearest = Nearest([part for one in held_out for part in one.parts])

    def read(self, batch: Sequence[Held]) -> None:
        self._nearest.read([(one.name, part) for one in batch for part in one.parts])

    def leaks(self) -> Iterator[Leak]:
        most: dict[str, tuple[float, str]] = {}
        nearest = zip(self._names, self._nearest.best, self._nearest.labels, strict=True)
        for name, cosine, trained in nearest:
            if cosine > most.get(name, (MOST_ALIKE, ""))[0]:
                most[name] = (cosine, trained)
        for name, (cosine, trained) in most.items():
            yield Leak("alike", name, trained, f"the cosine of their characters is {cosine:.2f}")
