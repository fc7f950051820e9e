"""What comes back from another machine is put in its place here, whole or not at all."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lorewright.errors import BadRecord, Busy
from lorewright.train.checkpoints import flush_folder
from lorewright.train.claim import holder
from lorewright.train.executors.executor import Fetched
from lorewright.train.executors.parcel import files_below, hashes_of
from lorewright.train.result import RESULT_FILE, RESULT_FOLDER, Result, read_result
from lorewright.train.spec import read_spec

CHECKPOINTS = "checkpoints"
LOCK_FILE = "landing.lock"
KEPT = 2
"""Checkpoints from elsewhere that are kept here."""
OLD_S = 86400.0
"""What was half sent and lies so long is cleared away."""
Receive = Callable[[Path], Any]
"""Fills an empty folder with verified files."""


def checkpoints_in(jobdir: Path) -> list[str]:
    """The checkpoints of a job, oldest first."""
    return sorted(path.name for path in (jobdir / CHECKPOINTS).glob("step-*"))


def fetched(jobdir: Path) -> Fetched:
    """What of a job is here."""
    newest = checkpoints_in(jobdir)[-1:]
    return Fetched(read_result(jobdir) is not None, newest[0] if newest else None)


def result_files(jobdir: Path) -> dict[str, Path]:
    """The files of a finished job that are brought back."""
    result = read_result(jobdir)
    if result is None:
        raise BadRecord("this training job is not finished", where=str(jobdir))
    names = [RESULT_FILE, result.history.path]
    files = files_below(jobdir / RESULT_FOLDER, prefix=f"{RESULT_FOLDER}/")
    return {**{name: jobdir / name for name in names}, **files}


def land_checkpoint(jobdir: Path, name: str, receive: Receive) -> None:
    """Put the checkpoint `name` among those of `jobdir`."""
    _refuse_running(jobdir)
    place = jobdir / CHECKPOINTS / name
    place.parent.mkdir(exist_ok=True)
    with _alone(jobdir), arriving(jobdir) as folder:
        if place.exists():
            return  # another process was quicker
        receive(folder)
        flush_below(folder)
        folder.rename(place)
        flush_folder(place.parent)
    for old in checkpoints_in(jobdir)[:-KEPT]:
        shutil.rmtree(jobdir / CHECKPOINTS / old)


def land_result(jobdir: Path, receive: Receive) -> None:
    """Put a result in its place, after it was found to be this job's and whole.

    Raises:
        BadRecord: when it is another job's, or a file of it is not as it says.
    """
    _refuse_running(jobdir)
    with _alone(jobdir), arriving(jobdir) as folder:
        if read_result(jobdir) is not None:
            return
        receive(folder)
        _check_result(folder, spec=read_spec(jobdir).fingerprint)
        flush_below(folder)
        shutil.rmtree(jobdir / RESULT_FOLDER, ignore_errors=True)
        for path in sorted(folder.iterdir(), key=lambda path: path.name == RESULT_FILE):
            path.rename(jobdir / path.name)  # the mark of a finished job comes last
        flush_folder(jobdir)


@contextmanager
def _alone(jobdir: Path) -> Generator[None]:
    """Let only one process bring things back at a time."""
    with (jobdir / LOCK_FILE).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def arriving(shelf: Path) -> Generator[Path]:
    """An empty folder on `shelf` that is gone afterwards, unless it was renamed."""
    shelf.mkdir(parents=True, exist_ok=True)
    for old in shelf.glob(".arriving-*"):
        if old.stat().st_mtime < time.time() - OLD_S:
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=".arriving-", dir=shelf))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def flush_below(folder: Path) -> None:
    """Make sure that everything below `folder` is on the disk."""
    for place in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        for path in (path for path in place.iterdir() if path.is_file()):
            with path.open("rb") as file:
                os.fsync(file.fileno())
        flush_folder(place)


def _check_result(folder: Path, *, spec: str) -> None:
    try:
        result = Result.model_validate_json((folder / RESULT_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise BadRecord("the result that came back cannot be read") from error
    if result.spec != spec:
        raise BadRecord("the result that came back is another job's", where=result.spec)
    names = [file.path for file in result.files]
    try:
        is_whole = hashes_of(folder / RESULT_FOLDER, names) == list(result.files) and hashes_of(
            folder, [result.history.path]
        ) == [result.history]
    except OSError:
        is_whole = False
    if not is_whole:
        raise BadRecord("a file of the result that came back is missing or altered")


def _refuse_running(jobdir: Path) -> None:
    if holder(jobdir) is not None:
        raise Busy("a process on this machine works on the job", where=str(jobdir))
