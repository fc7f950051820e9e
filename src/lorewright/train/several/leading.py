"""The process that holds the job while others work on it, and says why they ended.

It starts them through torchrun, in its own interpreter, and does no step itself. torchrun ends
all as soon as one has died; which one that was, and its last words, become the job's error.
"""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from lorewright.inference import library
from lorewright.records import Value
from lorewright.train.events import Event, now
from lorewright.train.several.ranks import loopback

STOPPING_S = 25
"""How long the processes may take for their last step and checkpoint: a little less than whoever
asked them to stop is ready to wait."""
LOOK_S = 0.2
LAST_WORDS = 5
"""Lines."""
_STOPPED = -signal.SIGTERM
_LOST = ("gloo", "nccl", "connection closed by peer", "connection reset by peer", "tcpstore")


class LastWords(Value):
    """What a process wrote down before it ended with an error."""

    event: Event
    is_lost: bool = False
    """Whether it only missed another one."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the processes of a job came to their end."""

    failures: Mapping[int, int]
    """{rank: exit code} of those that did not end well, the first first."""
    is_told: bool = False
    """Whether somebody asked them to stop."""


def torchrun_arguments(jobdir: Path, processes: int) -> list[str]:
    """What torchrun is told: so many processes here, that meet on the loopback at a free port."""
    return [
        "--standalone",
        *("--local-addr", "127.0.0.1"),
        *("--nproc-per-node", str(processes)),
        *("--max-restarts", "0"),
        *("--monitor-interval", str(LOOK_S)),
        *("--shutdown-timeout", str(STOPPING_S)),
        *("--module", "lorewright.train.rank", str(jobdir)),
    ]


def led(jobdir: Path, processes: int) -> Ended:
    """Let `processes` work on the job, and come back when all of them have ended."""
    for old in jobdir.glob("rank-*.json"):
        old.unlink()
    os.environ |= loopback() | {"PYTHONSAFEPATH": "1"}
    run = library("torch.distributed.run")
    errors = library("torch.distributed.elastic.multiprocessing.errors")
    signals = library("torch.distributed.elastic.multiprocessing.api")
    before = signal.getsignal(signal.SIGTERM)  # torchrun leaves its own behind
    try:
        run.run(run.parse_args(torchrun_arguments(jobdir, processes)))
    except errors.ChildFailedError as error:
        return Ended({rank: one.exitcode for rank, one in error.failures.items()})
    except signals.SignalException:
        return Ended({}, is_told=True)
    finally:
        signal.signal(signal.SIGTERM, before)
    return Ended({})


def write_last_words(jobdir: Path, rank: int, words: LastWords) -> None:
    """Leave an error to whoever leads."""
    unfinished = jobdir / f"rank-{rank}.unfinished"
    unfinished.write_text(words.model_dump_json(exclude_none=True), encoding="utf-8")
    unfinished.rename(jobdir / f"rank-{rank}.json")


def is_lost(error: Exception) -> bool:
    """Whether an error says no more than that another process does not answer."""
    kinds = library("torch.distributed").DistError
    return isinstance(error, kinds) or any(word in str(error).lower() for word in _LOST)


def log_of(jobdir: Path, rank: int) -> Path:
    """Where a process other than the first writes what goes wrong."""
    return jobdir / f"log-{rank}.txt"


def ended_by(jobdir: Path, ended: Ended, *, processes: int) -> Event:
    """The error of a job whose processes ended before it was done.

    The first that met an error of its own is named; else those that were killed; else those that
    could reach the others no more.
    """
    told = {rank: words for rank in range(processes) if (words := _last_words(jobdir, rank))}
    own = [rank for rank, words in told.items() if not words.is_lost]
    if own:
        event = told[own[0]].event
        named = f"rank {own[0]} of {processes}"
        where = named if event.where is None else f"{named}: {event.where}"
        return event.model_copy(update={"where": where})
    killed = [
        rank
        for rank, code in ended.failures.items()
        if rank not in told and code not in {0, _STOPPED}
    ]
    if killed:
        return _died(jobdir, killed[0], ended.failures[killed[0]], processes)
    named = ", ".join(map(str, told)) or "none of them"
    return _failed(
        f"the {processes} processes of the job lost each other (said by rank {named})",
        where=" | ".join(str(words.event.sentence) for words in told.values()) or str(jobdir),
    )


def _died(jobdir: Path, rank: int, code: int, processes: int) -> Event:
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    log = log_of(jobdir, rank) if rank else jobdir / "log.txt"
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_WORDS:]
    except FileNotFoundError:
        lines = []
    return _failed(f"rank {rank} of {processes} {how}", where=" | ".join([str(log), *lines]))


def _failed(sentence: str, *, where: str) -> Event:
    return Event(
        phase="error",
        time=now(),
        kind="TrainingFailed",
        sentence=sentence,
        where=where,
        hint="often the system stops a process that takes too much memory; run the same command "
        "again to go on from the last checkpoint",
    )


def _last_words(jobdir: Path, rank: int) -> LastWords | None:
    try:
        return LastWords.model_validate_json((jobdir / f"rank-{rank}.json").read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
