"""How near the estimates of memory and time come to what training takes, on small shapes."""

import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from lorewright.records import Split, Turn
from lorewright.settings import PocketSettings, TrainingSettings
from lorewright.train import Lessons, Line, describe, finish, make_pocket_apart, prepare
from lorewright.train.estimate import SIDE_BY_SIDE, Limits, find_device, shape_in
from lorewright.train.estimate.memory import LIBRARIES_CPU
from lorewright.train.events import EVENTS_FILE, read_events
from lorewright.train.preflight import Proposal, Reader, look
from lorewright.train.spec import plan_for
from page import Section

EXAMPLES = 64
SAID = (
    "keep six months of rent aside before you put a coin into anything that may fall and ask "
    "twice what it costs to leave again when the year is over"
)
WORDS = SAID.split()


class Case(NamedTuple):
    """One training."""

    hidden: int
    layers: int
    words: int
    """In each answer."""
    batch: int
    rank: int


CASES = (
    Case(64, 2, 20, 4, 8),
    Case(256, 4, 60, 4, 16),
    Case(256, 4, 250, 8, 16),
    Case(512, 6, 120, 8, 16),
    Case(512, 6, 400, 16, 64),
)


class Outcome(NamedTuple):
    """What a training took, and what was expected of it."""

    case: Case
    parameters: int
    tokens: int
    """In the longest example."""
    memory: tuple[int, int]
    """Estimated and measured bytes beyond those of the libraries."""
    seconds: tuple[float, float]
    """Estimated by formula, and measured."""


def measure() -> Section:
    """Train every case for one epoch in a process of its own."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder:
        outcomes = [_outcome(case, Path(folder) / str(at)) for at, case in enumerate(CASES)]
    # The smallest case holds next to nothing: what it takes is what the libraries take.
    taken = outcomes[0].memory[1] + LIBRARIES_CPU
    rows = [_row(one, taken - LIBRARIES_CPU) for one in outcomes]
    return Section(
        title="Estimates of a training",
        about=(
            f"One epoch over {EXAMPLES} examples with a base made on the spot, one process, two "
            "threads. Memory is the fullest moment of the process without what torch, "
            f"transformers and peft take by themselves, for which the formula has "
            f"{LIBRARIES_CPU / 2**20:.0f} MiB; in the smallest case, which holds next to nothing, "
            f"the process took {taken / 2**20:.0f} MiB, and the other rows are measured beyond "
            "that. Time is by formula alone, from data sheets and no measurement; the "
            "range that is shown to people is a factor of two to either side."
        ),
        columns=[
            "weights",
            "rank",
            "longest",
            "batch",
            "memory estimated",
            "measured",
            "error",
            "time estimated",
            "measured",
            "error",
        ],
        rows=rows,
    )


def _outcome(case: Case, folder: Path) -> Outcome:
    base = _base(case, folder)
    settings = TrainingSettings(
        base=str(base), epochs=1, batch=case.batch, rank=case.rank, threads=2
    )
    lines = [_line(case, number) for number in range(EXAMPLES)]
    shape = shape_in(base)
    assert shape is not None
    described = describe(base, name="bench")
    found = look(
        Proposal(
            lines=lambda split: iter(lines if split is Split.TRAIN else ()),
            examples=len(lines),
            plan=plan_for(
                settings, examples=len(lines), is_pocket=False, max_length=described.max_length
            ),
            settings=settings,
            device=find_device(threads=settings.threads),
            free_disk=10**15,
            folder=base,
            reader=Reader(base),
            shape=shape,
            limits=Limits(),
        )
    )
    expected = found.estimate
    assert expected is not None
    assert expected.whole_memory == SIDE_BY_SIDE * expected.memory.total
    prepare(folder / "job", Lessons("tuned", lines), base=described, settings=settings)
    finish([folder / "job"])
    last = read_events(folder / "job" / EVENTS_FILE)[0][-1]
    assert last.peak_memory is not None
    assert last.seconds is not None
    return Outcome(
        case,
        shape.parameters,
        expected.tokens.train.longest,
        (expected.memory.total - LIBRARIES_CPU, last.peak_memory - LIBRARIES_CPU),
        (expected.seconds.likely, last.seconds),
    )


def _base(case: Case, folder: Path) -> Path:
    """A Llama with random weights that has read next to nothing."""
    settings = PocketSettings(
        hidden=case.hidden, layers=case.layers, heads=4, vocabulary=2048, steps=1, length=16
    )
    texts = [" ".join(WORDS) + f" {number}." for number in range(40)]
    make_pocket_apart(texts, folder / "base", settings=settings)
    return folder / "base"


def _line(case: Case, number: int) -> Line:
    said = [WORDS[(number + at * (1 + number % 3)) % len(WORDS)] for at in range(case.words)]
    return Line(
        name=f"example:{number}",
        turns=(
            Turn(role="user", text=f"What is rule {number}?"),
            Turn(role="assistant", text=" ".join(said)),
        ),
    )


def _row(one: Outcome, libraries: int) -> list[str]:
    estimated, measured = one.memory[0], one.memory[1] - libraries
    is_smallest = one.case == CASES[0]
    return [
        f"{one.parameters / 1e6:.1f} M",
        str(one.case.rank),
        str(one.tokens),
        str(one.case.batch),
        f"{estimated / 2**20:.0f} MiB",
        "-" if is_smallest else f"{measured / 2**20:.0f} MiB",
        "-" if is_smallest else f"{estimated / measured - 1:+.0%}",
        f"{one.seconds[0]:.1f} s",
        f"{one.seconds[1]:.1f} s",
        f"{one.seconds[0] / one.seconds[1] - 1:+.0%}",
    ]
