"""What the other machine does: `python -m lorewright.train.executors.there COMMAND JSON`.

One request is one process. It answers with one JSON object on standard output, `pack` with
the files themselves; what goes wrong is a JSON object on standard error and an exit code.
Below the root lie `bases/NAME/`, base models by the hash of their files, and `jobs/NAME/`,
jobs by their fingerprint.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Literal

from pydantic import Field, ValidationError

from lorewright.errors import BadRecord, Busy, LorewrightError, StorageError, UsageError
from lorewright.records import HashedFile, Value
from lorewright.train.checkpoints import flush_folder
from lorewright.train.claim import holder
from lorewright.train.events import EVENTS_FILE
from lorewright.train.executors import parcel
from lorewright.train.executors.landing import (
    CHECKPOINTS,
    arriving,
    checkpoints_in,
    flush_below,
    result_files,
)
from lorewright.train.executors.local import start_claimed
from lorewright.train.executors.versions import version_here
from lorewright.train.job import PATIENCE_S, cancel, is_finished, with_memory
from lorewright.train.memory import Memory
from lorewright.train.spec import SPEC_FILE, read_spec, write_spec

MOST_LINES = 2**20
"""Bytes of events in one answer."""
NAME = r"^[0-9a-f]{16,64}$"


class Request(Value):
    """What is asked; each command reads its part."""

    root: str
    base: str | None = Field(default=None, pattern=NAME)
    job: str | None = Field(default=None, pattern=NAME)
    files: tuple[HashedFile, ...] = ()
    checkpoint: str | None = Field(default=None, pattern=r"^step-[0-9]+$")
    since: int = Field(default=0, ge=0)
    patience_s: float = Field(default=PATIENCE_S, ge=0)
    what: Literal["result", "checkpoint"] = "result"
    with_base: bool = False
    device: str | None = Field(default=None, pattern=r"^(?:cpu|cuda:[0-9]{1,3})$")
    memory: Memory | None = None
    """How much the process may hold in memory at once; None as the job has it."""

    @property
    def base_folder(self) -> Path:
        """Where the base model lies."""
        return self._below("bases", self.base)

    @property
    def jobdir(self) -> Path:
        """Where the job lies."""
        return self._below("jobs", self.job)

    @property
    def home(self) -> Path:
        """The folder of everything."""
        return Path(self.root).expanduser()

    def _below(self, shelf: str, name: str | None) -> Path:
        if name is None:
            raise UsageError(f"the request names none of the {shelf}")
        return self.home / shelf / name


def main(argv: list[str]) -> int:
    """Do what `argv` asks, and return the exit code."""
    try:
        command, body = argv
        request = Request.model_validate_json(body)
        if command == "pack":
            parcel.pack(sys.stdout.buffer, _packed(request))
        else:
            sys.stdout.write(json.dumps(_COMMANDS[command](request)) + "\n")
        sys.stdout.flush()
    except LorewrightError as error:
        return _told(error)
    except OSError as error:
        return _told(StorageError.from_system(error))
    except (ValidationError, ValueError, KeyError) as error:
        return _told(UsageError(f"the request cannot be read: {type(error).__name__}"))
    return 0


def devices() -> list[str]:
    """The CUDA devices of this machine, as its driver calls them."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    query = [program, "--query-gpu=name,memory.total", "--format=csv,noheader"]
    done = subprocess.run(query, capture_output=True, text=True, check=False)  # noqa: S603
    return [line.strip() for line in done.stdout.splitlines()] if done.returncode == 0 else []


def _hello(request: Request) -> dict[str, Any]:
    shelf = request.home / "bases"
    bases = sorted(path.name for path in shelf.iterdir()) if shelf.is_dir() else []
    return {
        "version": version_here().model_dump(),
        "devices": devices(),
        "bases": [name for name in bases if not name.startswith(".")],
        **_disk(request),
    }


def _disk(request: Request) -> dict[str, Any]:
    request.home.mkdir(parents=True, exist_ok=True)
    return {"free_bytes": shutil.disk_usage(request.home).free}


def _has_base(request: Request) -> dict[str, Any]:
    return {"is_there": request.base_folder.is_dir(), **_disk(request)}


def _take_base(request: Request) -> dict[str, Any]:
    with arriving(request.base_folder.parent) as folder:
        _unpacked(folder, request)
        if parcel.name_of(request.files) != request.base:
            raise BadRecord("a base model is called by other hashes than its own")
        flush_below(folder)
        if not request.base_folder.exists():  # another sender may have been quicker
            folder.rename(request.base_folder)
            flush_folder(request.base_folder.parent)
    return {"is_there": True}


def _take_job(request: Request) -> dict[str, Any]:
    with arriving(request.jobdir.parent) as folder:
        _unpacked(folder, request)
        spec = read_spec(folder)
        if spec.fingerprint[: len(request.job or "")] != request.job:
            raise BadRecord("a job is called by another fingerprint than its own")
        write_spec(folder, spec.model_copy(update={"base_folder": str(request.base_folder)}))
        flush_below(folder)
        if not request.jobdir.exists():
            folder.rename(request.jobdir)
            flush_folder(request.jobdir.parent)
    return {"is_there": True}


def _take_checkpoint(request: Request) -> dict[str, Any]:
    if holder(request.jobdir) is not None:
        raise Busy("a process works on the job, so it takes no checkpoint", where=request.job)
    if request.checkpoint is None:
        raise UsageError("the request names no checkpoint")
    place = request.jobdir / CHECKPOINTS / request.checkpoint
    with arriving(place.parent) as folder:
        _unpacked(folder, request)
        flush_below(folder)
        shutil.rmtree(place, ignore_errors=True)
        folder.rename(place)
        flush_folder(place.parent)
    return {"is_there": True}


def _start(request: Request) -> dict[str, Any]:
    read_spec(request.jobdir)
    if request.memory is not None and holder(request.jobdir) is None:
        with_memory(request.jobdir, request.memory)
    start_claimed(request.jobdir, device=request.device)
    return {"is_alive": holder(request.jobdir) is not None}


def _look(request: Request) -> dict[str, Any]:
    jobdir = request.jobdir
    # Asked before reading, so that the last words of one that just ended are read.
    is_alive, is_whole = holder(jobdir) is not None, is_finished(jobdir)
    begin, lines = _lines(jobdir / EVENTS_FILE, since=request.since)
    return {
        "has_job": (jobdir / SPEC_FILE).exists(),
        "is_alive": is_alive,
        "is_whole": is_whole,
        "checkpoints": checkpoints_in(jobdir),
        "begin": begin,
        "is_all": len(lines) < MOST_LINES // 2,
        "lines": lines.decode("latin-1"),  # every byte one sign, so that none is lost
    }


def _lines(path: Path, *, since: int) -> tuple[int, bytes]:
    """Whole lines after byte `since`; from the beginning when the file is shorter than that."""
    if not path.exists():
        return 0, b""
    with path.open("rb") as file:
        begin = since if since <= path.stat().st_size else 0
        file.seek(begin)
        body = file.read(MOST_LINES)
    return begin, body[: body.rfind(b"\n") + 1]


def _stop(request: Request) -> dict[str, Any]:
    return {"was_running": cancel(request.jobdir, patience_s=request.patience_s)}


def _remove(request: Request) -> dict[str, Any]:
    """Remove a job, and its base model when asked and no other job there needs it."""
    if holder(request.jobdir) is not None:
        raise Busy("a process works on the job", where=request.job, hint="cancel it first")
    base = Path(read_spec(request.jobdir).base_folder) if request.jobdir.exists() else None
    shutil.rmtree(request.jobdir, ignore_errors=True)
    others = [read_spec(path.parent) for path in request.home.glob(f"jobs/*/{SPEC_FILE}")]
    if request.with_base and base and str(base) not in {spec.base_folder for spec in others}:
        shutil.rmtree(base, ignore_errors=True)
    return {"left": _left(request)}


def _left(request: Request) -> list[str]:
    """What of a job is still there, by its path below the root."""
    found = request.home.glob(f"jobs/*{request.job}*")
    return sorted(path.relative_to(request.home).as_posix() for path in found)


def _packed(request: Request) -> dict[str, Path]:
    if request.what == "result":
        return result_files(request.jobdir)
    if request.checkpoint is None:
        raise UsageError("the request names no checkpoint")
    return parcel.files_below(request.jobdir / CHECKPOINTS / request.checkpoint)


_COMMANDS: dict[str, Callable[[Request], dict[str, Any]]] = {
    "hello": _hello,
    "disk": _disk,
    "has-base": _has_base,
    "take-base": _take_base,
    "take-job": _take_job,
    "take-checkpoint": _take_checkpoint,
    "start": _start,
    "look": _look,
    "stop": _stop,
    "remove": _remove,
    "left": lambda request: {"left": _left(request)},
}


def _unpacked(folder: Path, request: Request) -> None:
    """Unpack what comes in; it must be the files that the request promises, if it does."""
    stream: IO[bytes] = sys.stdin.buffer
    arrived = parcel.unpack(stream, folder)
    promised = sorted(request.files, key=_by_path)
    if promised and sorted(arrived, key=_by_path) != promised:
        raise BadRecord("other files arrived than were promised", hint="send them again")


def _by_path(file: HashedFile) -> str:
    return file.path


def _told(error: LorewrightError) -> int:
    told = {
        "kind": type(error).__name__,
        "sentence": error.sentence,
        "where": error.where,
        "hint": error.hint,
    }
    sys.stderr.write(json.dumps({"error": told}) + "\n")
    return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
