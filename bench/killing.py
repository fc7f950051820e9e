"""Every step killed at random points and started again: nothing twice, nothing lost."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SAMPLE = Path(__file__).parents[1] / "src" / "lorewright" / "samples" / "handbook.md"

STEPS: tuple[tuple[str, ...], ...] = (
    ("ingest", str(SAMPLE)),
    ("analyze",),
    ("generate",),
    ("curate", "--name", "killed"),
    ("train",),
    ("evaluate",),
)

QUICK = {
    "LOREWRIGHT_TRAINING__POCKET__STEPS": "30",
    "LOREWRIGHT_TRAINING__EPOCHS": "2",
    "LOREWRIGHT_EVALUATION__PERMUTATIONS": "200",
}
"""Settings that make training short; what is killed is the same code."""


@dataclass(frozen=True, slots=True)
class Killed:
    """What became of one step."""

    step: str
    seconds: float
    """Of the run that nobody killed."""
    kills: int
    runs: int
    """Starts until it came to its end."""
    at: tuple[float, ...]
    """Seconds after its start at which it was killed."""


def run_to_end(step: Sequence[str], workspace: Path, settings: Mapping[str, str]) -> float:
    """Run a step to its end and return the seconds it took.

    Raises:
        RuntimeError: with what it said, when it ends with another code than 0.
    """
    begun = time.perf_counter()
    done = subprocess.run(
        _command(step, workspace),
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{step[0]} ended with {done.returncode}: {done.stderr}")
    return time.perf_counter() - begun


def kill_and_repeat(
    step: Sequence[str],
    workspace: Path,
    settings: Mapping[str, str],
    *,
    whole_s: float,
    kills: int,
    chance: random.Random,
) -> Killed:
    """Kill a step up to `kills` times at moments spread over its run, then let it end.

    The first half of the kills come early in a run, so that a step which goes on where it was
    is killed again and again; the others anywhere in it.

    Every second kill takes the processes of training with it; otherwise they live on, as
    they do when only the program that started them dies.
    """
    moments: list[float] = []
    runs = 0
    while len(moments) < kills and runs < 4 * kills:
        runs += 1
        share = 0.2 if 2 * len(moments) < kills else 1
        moment = chance.uniform(0.1, max(0.2, share * whole_s))
        process = subprocess.Popen(
            _command(step, workspace),
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            if len(moments) % 2:
                kill_training(workspace)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            moments.append(moment)
    run_to_end(step, workspace, settings)
    return Killed(step[0], whole_s, len(moments), runs + 1, tuple(moments))


def kill_training(workspace: Path) -> None:
    """Kill every training process that works in a workspace."""
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"lorewright.train.run" in words and any(
                word.startswith(os.fsencode(workspace)) for word in words
            ):
                os.kill(int(folder.name), signal.SIGKILL)


def names_in(workspace: Path) -> list[tuple[str, str]]:
    """Every record of a workspace, straight from its database, so that doubles would show."""
    with sqlite3.connect(workspace / "lorewright.db") as database:
        rows = database.execute("SELECT kind, hex(id) FROM records ORDER BY kind, id")
        return [(str(kind), str(id_)) for kind, id_ in rows]


def _command(step: Sequence[str], workspace: Path) -> list[str]:
    return [sys.executable, "-m", "lorewright", *step, "--workspace", str(workspace), "--quiet"]
