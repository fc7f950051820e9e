"""Training on rented machines through SkyPilot, a command in an environment of its own.

SkyPilot pins libraries that Lorewright needs in other versions, so it is never imported. It
rents the machine, runs the job again when a machine is taken away, and gives it back at the
end; what the job reaches lies in a bucket, from where it is fetched. Tested here are the task
file, the keeper that runs there, and the bucket; **not run here** is any cloud.
"""

import json
import shutil
import subprocess
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from lorewright.errors import (
    BadRecord,
    Busy,
    MissingExtra,
    NotFound,
    OutsideError,
    UsageError,
)
from lorewright.train.claim import holder
from lorewright.train.events import EVENTS_FILE, now, read_events
from lorewright.train.executors.bucket import Bucket
from lorewright.train.executors.executor import Fetched, Look, Place
from lorewright.train.executors.landing import (
    CHECKPOINTS,
    checkpoints_in,
    fetched,
    land_checkpoint,
    land_result,
)
from lorewright.train.executors.mirror import catch_up
from lorewright.train.executors.skypilot_task import Rental, task_file, task_name, task_of
from lorewright.train.job import is_finished
from lorewright.train.spec import TRAIN_FILE, VALID_FILE, read_spec, write_spec

T = TypeVar("T")
COMMAND_S = 900.0
"""Renting may take minutes; asking takes seconds."""
ENDED = {"SUCCEEDED", "CANCELLED"}
"""And everything that begins with FAILED."""
_JOBS = TypeAdapter(list[dict[str, Any]])
_OFFERS = TypeAdapter(dict[str, list[dict[str, Any]]])


class Price(NamedTuple):
    """What a machine costs, as SkyPilot's catalogue says."""

    cloud: str
    region: str
    instance: str
    accelerators: str
    usd_per_hour: Decimal | None
    spot_usd_per_hour: Decimal | None


class Sky:
    """The `sky` command.

    Args:
        program: its path; None looks for it in PATH.
    """

    def __init__(self, program: str | None = None) -> None:
        self._program = program

    def call(self, *words: str, timeout_s: float = COMMAND_S) -> str:
        """Run one command, and return what it prints.

        Raises:
            MissingExtra: when there is no such program.
            OutsideError: when it fails or takes too long.
        """
        program = shutil.which(Path(self._program or "sky").expanduser())
        if program is None:
            raise MissingExtra(
                "training on rented machines needs SkyPilot, and there is no `sky` command",
                where=self._program or "PATH",
                hint="install it into an environment of its own: `python3 -m venv sky` and "
                '`sky/bin/pip install "skypilot[runpod,lambda,aws,gcp]>=0.14,<0.15"`',
            )
        command = [program, *words]
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and our own words
                command, capture_output=True, text=True, timeout=timeout_s, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise OutsideError(
                f"SkyPilot took longer than {timeout_s:.0f} s", where=" ".join(words[:2])
            ) from error
        if done.returncode != 0:
            lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
            raise OutsideError(
                f"SkyPilot says: {lines[-1].strip()[:300] if lines else 'nothing'}",
                where=" ".join(words[:2]),
                hint="`sky check` says which clouds can be used",
            )
        return done.stdout

    def jobs(self) -> list[dict[str, Any]]:
        """Every managed job that SkyPilot knows."""
        return _parsed(_JOBS, self.call("jobs", "queue", "--all", "--output", "json"))

    def prices(self, accelerators: str, *, infra: str | None = None) -> list[Price]:
        """What machines with these accelerators cost, the cheapest first.

        Args:
            accelerators: such as `H100:1`.
            infra: only there.
        """
        where = ("--infra", infra) if infra else ()
        offers = self.call("gpus", "list", accelerators, *where, "--output", "json")
        found = [_price(one) for rows in _parsed(_OFFERS, offers).values() for one in rows]
        return sorted(found, key=lambda one: (one.usd_per_hour is None, one.usd_per_hour or 0))


class SkyPilot:
    """Runs jobs on machines that SkyPilot rents for each of them.

    Args:
        rental: what to rent.
        sky: the command.
    """

    def __init__(self, rental: Rental, sky: Sky | None = None) -> None:
        self._rental = rental
        self._sky = sky or Sky()

    def submit(self, jobdir: Path) -> Place:
        """Have a machine rented and the job run on it, from the newest checkpoint."""
        spec = read_spec(jobdir)
        _refuse_running(jobdir)
        name = task_name(spec)
        place = Place(
            executor="skypilot", jobdir=str(jobdir), host=self._rental.infra or "any",
            folder=self._rental.kept, job=name, read_to=_said(jobdir), heard_at=now(),
        )  # fmt: skip
        if self._newest(name) is None and not self._bucket(place).is_whole():
            self._bucket(place).take_back_stop()
            self._launch(jobdir, name)
        return place

    def poll(self, place: Place) -> Look:
        """See how it goes, in the bucket and in SkyPilot's list."""
        jobdir, bucket = Path(place.jobdir), self._bucket(place)
        trouble, is_alive, is_whole, heard_at = None, None, is_finished(jobdir), place.heard_at
        try:
            # Asked before reading, so that the last words of one that just ended are read.
            is_alive = self._newest(place.job) is not None
            catch_up(jobdir, f"{place.folder}/{place.job}", bucket.said)
            is_whole, heard_at = is_whole or bucket.is_whole(), now()
        except (OutsideError, BadRecord) as error:
            trouble, is_alive = error.sentence, None
        events, read_to = read_events(jobdir / EVENTS_FILE, since=place.read_to)
        seen = place.model_copy(update={"read_to": read_to, "heard_at": heard_at})
        return Look(seen, tuple(events), is_alive, is_whole, trouble)

    def cancel(self, place: Place, *, patience_s: float) -> bool:
        """Leave word in the bucket, so that a checkpoint is kept; then end it in any case."""
        if self._newest(place.job) is None:
            return False
        self._bucket(place).ask_to_stop()
        give_up = now() + patience_s
        while self._newest(place.job) is not None and now() < give_up:
            time.sleep(min(5.0, max(0.0, give_up - now())))
        running = self._newest(place.job)
        if running is not None:
            self._sky.call("jobs", "cancel", "--yes", str(running["job_id"]))
        return True

    def fetch(self, place: Place) -> Fetched:
        """Bring back the result, or while there is none the newest checkpoint."""
        jobdir, bucket = Path(place.jobdir), self._bucket(place)
        if is_finished(jobdir):
            return fetched(jobdir)
        if bucket.is_whole():
            land_result(jobdir, bucket.receive_result)
            return fetched(jobdir)
        newest = bucket.newest_checkpoint()
        if newest is not None and newest not in checkpoints_in(jobdir):
            land_checkpoint(
                jobdir, newest, lambda folder: bucket.receive_checkpoint(newest, folder)
            )
        return fetched(jobdir)

    def remove(self, place: Place, *, with_base: bool = False) -> None:
        """Empty the bucket of the job, and see that no machine of it is left.

        Args:
            place: of a job that has ended.
            with_base: nothing more; what lies on a volume is reached from its machines only.

        Raises:
            Busy: when it runs, or its machine is still being given back.
            StorageError: when something is left in the bucket.
        """
        del with_base
        if self._newest(place.job) is not None:
            raise Busy("the job has not ended", where=place.job, hint="cancel it first")
        clusters = _parsed(_JOBS, self._sky.call("status", "--output", "json"))
        left = [str(one.get("name")) for one in clusters if place.job in str(one.get("name"))]
        if left:
            raise Busy(
                "a machine of the job is still there",
                where=left[0],
                hint=f"`sky down {left[0]}` gives it back",
            )
        self._bucket(place).remove()

    def _newest(self, name: str) -> dict[str, Any] | None:
        """The job of that name that has not ended, if there is one."""
        running = [one for one in self._sky.jobs() if one.get("job_name") == name]
        return next((one for one in running if not _has_ended(one)), None)

    def _launch(self, jobdir: Path, name: str) -> None:
        with tempfile.TemporaryDirectory(prefix="lorewright-") as scratch:
            bundle = Path(scratch) / "job"
            bundle.mkdir()
            for part in (TRAIN_FILE, VALID_FILE):
                shutil.copyfile(jobdir / part, bundle / part)
            write_spec(bundle, read_spec(jobdir))
            for newest in checkpoints_in(jobdir)[-1:]:
                shutil.copytree(jobdir / CHECKPOINTS / newest, bundle / CHECKPOINTS / newest)
            path = Path(scratch) / "task.yaml"
            task = task_of(bundle, read_spec(jobdir), self._rental)
            path.write_text(task_file(task), encoding="utf-8")
            self._sky.call("jobs", "launch", "--yes", "--detach-run", "--name", name, str(path))
        if self._newest(name) is None:
            raise NotFound("SkyPilot took the job and does not know it", where=name)

    def _bucket(self, place: Place) -> Bucket:
        if place.executor != "skypilot":
            raise UsageError(f"the job was brought to {place.host} by {place.executor}")
        return Bucket(place.folder, place.job)


def _has_ended(job: dict[str, Any]) -> bool:
    status = str(job.get("status"))
    return status in ENDED or status.startswith("FAILED")


def _price(offer: dict[str, Any]) -> Price:
    return Price(
        cloud=str(offer.get("cloud")),
        region=str(offer.get("region")),
        instance=str(offer.get("instance_type")),
        accelerators=f"{offer.get('accelerator_name')}:{offer.get('accelerator_count', 1):g}",
        usd_per_hour=_usd(offer.get("price")),
        spot_usd_per_hour=_usd(offer.get("spot_price")),
    )


def _usd(amount: Any) -> Decimal | None:
    """An amount; the catalogue writes NaN where a cloud does not offer it."""
    found = Decimal(str(amount)) if isinstance(amount, int | float) else None
    return found if found is not None and found.is_finite() else None


def _parsed(shape: TypeAdapter[T], said: str) -> T:
    """The JSON in what `sky` printed; it may print a word of its own before."""
    starts = [place for place in (said.find("["), said.find("{")) if place >= 0]
    try:
        return shape.validate_python(json.loads(said[min(starts, default=0) :]))
    except (ValueError, ValidationError) as error:
        raise BadRecord(
            "SkyPilot answers what cannot be read",
            hint="this is made for SkyPilot 0.14; which one does `sky --version` show?",
        ) from error


def _refuse_running(jobdir: Path) -> None:
    if holder(jobdir) is not None:
        raise Busy(
            "a process on this machine works on the job", where=str(jobdir), hint="cancel it first"
        )
    if is_finished(jobdir):
        raise UsageError("this training job is finished", where=str(jobdir))


def _said(jobdir: Path) -> int:
    path = jobdir / EVENTS_FILE
    return path.stat().st_size if path.exists() else 0
