"""Training on a machine that may be taken away: `python -m lorewright.train.executors.keeper JSON`.

The job is worked on in a folder of this machine, and what it reaches is copied into one that
outlives it. On the next machine the same command goes on from there. A `stop` there, or a
SIGTERM here, ends the job with a checkpoint.
"""

import shutil
import signal
import sys
import time
from pathlib import Path

from lorewright.errors import BadRecord, Incomplete, LorewrightError
from lorewright.records import HashedFile, Value
from lorewright.train.base_model import hashed, locate
from lorewright.train.executors import kept, parcel
from lorewright.train.executors.landing import CHECKPOINTS, checkpoints_in
from lorewright.train.job import Child, start
from lorewright.train.spec import SPEC_FILE, TRAIN_FILE, VALID_FILE, Spec, read_spec, write_spec

EVERY_S = 30.0
NOTICE_S = 20.0
"""How long a machine that is taken away still gives, at least on the clouds that say so."""


class Errand(Value):
    """What a machine is to do, and where things are on it."""

    job: str
    """The job as it was prepared: its spec and lines."""
    kept: str
    """The folder that outlives the machine, of this job alone."""
    work: str
    """A folder on the machine's own disk."""
    bases: str
    """Where base models are kept by the hash of their files; best on a volume."""
    base: str
    """Where a base model that is not kept yet comes from: a folder, or its name on the hub."""
    every_s: float = EVERY_S


class _Notice:
    """Remembers that the machine is to be given back."""

    def __init__(self) -> None:
        self.is_given = False
        signal.signal(signal.SIGTERM, self._take)

    def _take(self, _signal: int, _frame: object) -> None:
        self.is_given = True


def main(argv: list[str]) -> int:
    """Do the errand in `argv`, and return the exit code."""
    try:
        return _run(Errand.model_validate_json(argv[0]), _Notice())
    except LorewrightError as error:
        sys.stderr.write(f"error: {error.sentence} ({error.where})\n")
        return error.exit_code


def _run(errand: Errand, notice: _Notice) -> int:
    place = Path(errand.kept)
    place.mkdir(parents=True, exist_ok=True)
    if kept.is_whole(place):
        return 0
    child = start(_laid_out(errand, place))
    stop = place / kept.STOP
    next_copy = time.monotonic() + errand.every_s
    while child.is_alive() and not notice.is_given and not stop.exists():
        time.sleep(0.1)
        if time.monotonic() > next_copy:
            _keep_or_say(child.jobdir, place)
            next_copy = time.monotonic() + errand.every_s
    return _ended(child, place, is_stopped=stop.exists(), notice=notice)


def _keep_or_say(jobdir: Path, place: Path) -> None:
    """A mount that fails for a while must not end the training; the last copy must succeed."""
    try:
        kept.keep(jobdir, place)
    except OSError as error:
        sys.stderr.write(f"nothing could be kept this time: {error}\n")


def _ended(child: Child, place: Path, *, is_stopped: bool, notice: _Notice) -> int:
    if child.is_alive():
        child.stop(patience_s=NOTICE_S)
    kept.keep(child.jobdir, place)
    if is_stopped:
        return 0  # as it was asked; whoever watches the machine shall not start another
    if notice.is_given:
        return Incomplete.exit_code
    code = child.process.poll() if child.process else None
    return code if code is not None and code >= 0 else LorewrightError.exit_code


def _laid_out(errand: Errand, place: Path) -> Path:
    """The folder of the job on this machine, with what an earlier one kept."""
    job, jobdir = Path(errand.job), Path(errand.work)
    jobdir.mkdir(parents=True, exist_ok=True)
    spec = read_spec(job)
    for name in (TRAIN_FILE, VALID_FILE):
        shutil.copyfile(job / name, jobdir / name)
    base = _base(errand, spec)
    if not (jobdir / SPEC_FILE).exists():
        kept.restore(place, jobdir)
        for name in checkpoints_in(job):
            shutil.copytree(
                job / CHECKPOINTS / name, jobdir / CHECKPOINTS / name, dirs_exist_ok=True
            )
    write_spec(jobdir, spec.model_copy(update={"base_folder": str(base)}))
    return jobdir


def _base(errand: Errand, spec: Spec) -> Path:
    """The base model by its hash; files that are missing or torn are fetched."""
    folder = Path(errand.bases) / parcel.name_of(spec.base_files)
    folder.mkdir(parents=True, exist_ok=True)
    missing = [file for file in spec.base_files if not _is_there(folder, file)]
    source = locate(errand.base) if missing else folder
    for file in missing:
        shutil.copyfile(source / file.path, folder / file.path)
        if not _is_there(folder, file):
            raise BadRecord(
                "a file of the base model is another one than the job was prepared with",
                where=file.path,
                hint="prepare the job again with this base, or bring the files along",
            )
    return folder


def _is_there(folder: Path, file: HashedFile) -> bool:
    path = folder / file.path
    return path.is_file() and hashed(path, name=file.path) == file


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
