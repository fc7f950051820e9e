"""Training on a machine that ssh reaches.

Files go over as a stream, base models once. The process there needs no connection, so nothing
is lost when one breaks; what was fetched stays when the machine itself is lost, and any other
executor goes on from it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lorewright.errors import Busy, Refused, StorageError, Unreachable, UsageError
from lorewright.records import HashedFile
from lorewright.train.claim import holder
from lorewright.train.events import EVENTS_FILE, now, read_events
from lorewright.train.executors import parcel
from lorewright.train.executors.connection import Connection, Machine
from lorewright.train.executors.executor import Fetched, Look, Place
from lorewright.train.executors.landing import (
    CHECKPOINTS,
    checkpoints_in,
    fetched,
    land_checkpoint,
    land_result,
)
from lorewright.train.executors.mirror import Said, catch_up
from lorewright.train.executors.versions import Version, difference, version_here
from lorewright.train.job import is_finished
from lorewright.train.spec import SPEC_FILE, TRAIN_FILE, VALID_FILE, Spec, read_spec

SPARE_BYTES = 2**28
"""Room beyond what is sent, for the checkpoints and the result."""
START_S = 120.0
STOP_S = 60.0
"""How long a stop may take beyond its patience."""


class Hello(NamedTuple):
    """What a machine says of itself."""

    version: Version
    devices: tuple[str, ...]
    """Its CUDA devices, as its driver calls them."""
    free_bytes: int
    bases: tuple[str, ...]
    """Base models that are kept there, by the hash of their files."""
    difference: str | None
    """Why no job may run there, as a sentence."""


class Ssh:
    """Runs jobs on one machine.

    Args:
        machine: how to reach it.
        device: the only device there that a process sees, such as `cuda:0`; None leaves the
            choice to it.
    """

    def __init__(self, machine: Machine, *, device: str | None = None) -> None:
        self._machine = machine
        self._device = device
        self._line = Connection(machine)

    def submit(self, jobdir: Path) -> Place:
        """Bring the job there and start it.

        Raises:
            Unreachable: when the machine does not answer.
            Refused: when it has another Lorewright, which might train differently.
            StorageError: when its disk has no room.
            Busy: when a process on this machine works on the job.
            UsageError: when the job is finished.
        """
        spec = read_spec(jobdir)
        _refuse_running(jobdir)
        self._check_version()
        place = Place(
            executor="ssh",
            jobdir=str(jobdir),
            host=self._machine.host,
            folder=self._machine.folder,
            job=spec.fingerprint,
            read_to=_said(jobdir),
            heard_at=now(),
        )
        found = self._catch_up(place)
        place = place.model_copy(update={"read_to": _said(jobdir)})
        if not found["is_alive"] and not found["is_whole"]:
            self._bring(jobdir, spec, has_job=bool(found["has_job"]))
            self._bring_checkpoints(jobdir, spec, there=list(found["checkpoints"]))
            memory = spec.memory.model_dump(mode="json")
            self._line.ask(
                "start",
                timeout_s=START_S,
                job=spec.fingerprint,
                device=self._device,
                memory=memory,
            )
        return place.model_copy(update={"heard_at": now()})

    def poll(self, place: Place) -> Look:
        """See how it goes; a machine that does not answer is told in `trouble`."""
        self._check_place(place)
        jobdir = Path(place.jobdir)
        trouble, is_alive, is_whole, heard_at = None, None, is_finished(jobdir), place.heard_at
        try:
            found = self._catch_up(place)
        except Unreachable as error:
            trouble = error.sentence
        else:
            is_alive, is_whole, heard_at = bool(found["is_alive"]), bool(found["is_whole"]), now()
        events, read_to = read_events(jobdir / EVENTS_FILE, since=place.read_to)
        seen = place.model_copy(update={"read_to": read_to, "heard_at": heard_at})
        return Look(seen, tuple(events), is_alive, is_whole, trouble)

    def cancel(self, place: Place, *, patience_s: float) -> bool:
        """Stop the process with a checkpoint, or kill it when it takes too long.

        Raises:
            Unreachable: when the machine does not answer.
        """
        self._check_place(place)
        timeout_s = patience_s + STOP_S
        done = self._line.ask("stop", timeout_s=timeout_s, job=place.job, patience_s=patience_s)
        return bool(done["was_running"])

    def fetch(self, place: Place) -> Fetched:
        """Bring back the result, or while there is none the newest checkpoint.

        Raises:
            Unreachable: when the machine does not answer or vanishes meanwhile.
            BadRecord: when what came back is not whole, or another job's.
        """
        self._check_place(place)
        jobdir = Path(place.jobdir)
        if is_finished(jobdir):
            return fetched(jobdir)
        if not self._catch_up(place)["is_whole"]:
            return self.fetch_checkpoint(place)
        land_result(
            jobdir,
            lambda folder: self._line.receive("pack", folder, job=place.job, what="result"),
        )
        return fetched(jobdir)

    def fetch_checkpoint(self, place: Place) -> Fetched:
        """Bring back the newest checkpoint, unless it is here; to be asked now and then.

        What was brought back is what a lost machine costs nothing of.
        """
        self._check_place(place)
        jobdir = Path(place.jobdir)
        names = [str(name) for name in self._catch_up(place)["checkpoints"]]
        newest = max(names, default=None)
        if newest is not None and newest not in checkpoints_in(jobdir):
            request = {"job": place.job, "what": "checkpoint", "checkpoint": newest}
            land_checkpoint(
                jobdir, newest, lambda folder: self._line.receive("pack", folder, **request)
            )
        return fetched(jobdir)

    def remove(self, place: Place, *, with_base: bool = False) -> None:
        """Remove everything of the job there, and see that nothing is left.

        Args:
            place: of a job that does not run.
            with_base: also its base model, unless another job there needs it.

        Raises:
            StorageError: when something could not be removed.
        """
        self._check_place(place)
        self._line.ask("remove", job=place.job, with_base=with_base)
        left = [str(path) for path in self._line.ask("left", job=place.job)["left"]]
        if left:
            raise StorageError(
                f"something of the job is still on the machine: {', '.join(left)}",
                where=f"{place.host}:{place.folder}",
                hint="remove it by hand",
            )

    def hello(self) -> Hello:
        """Ask the machine what it is.

        Raises:
            Unreachable: when it does not answer.
            OutsideError: when it cannot run Lorewright.
        """
        said = self._line.ask("hello")
        version = Version.model_validate(said["version"])
        return Hello(
            version=version,
            devices=tuple(str(one) for one in said["devices"]),
            free_bytes=int(said["free_bytes"]),
            bases=tuple(str(one) for one in said.get("bases", ())),
            difference=difference(version_here(), version),
        )

    def _check_version(self) -> None:
        why = self.hello().difference
        if why is not None:
            raise Refused(
                why,
                where=self._machine.host,
                hint="install this Lorewright there, with the extra train",
            )

    def _bring(self, jobdir: Path, spec: Spec, *, has_job: bool) -> None:
        name = parcel.name_of(spec.base_files)
        names = {"job": spec.fingerprint, "base": name}
        sent: dict[str, Path] = {}
        if not has_job:
            sent = {part: jobdir / part for part in (SPEC_FILE, TRAIN_FILE, VALID_FILE)}
        base = {file.path: Path(spec.base_folder) / file.path for file in spec.base_files}
        there = self._line.ask("has-base", base=name)
        if there["is_there"]:
            base = {}
        paths = [*sent.values(), *base.values()]
        self._check_room(paths, spec.base_files if base else (), free=int(there["free_bytes"]))
        if base:
            files = [file.model_dump() for file in spec.base_files]
            self._line.send("take-base", base, base=name, files=files)
        if sent:
            self._line.send("take-job", sent, **names)

    def _bring_checkpoints(self, jobdir: Path, spec: Spec, *, there: list[str]) -> None:
        newest = max(there, default="")
        for name in (one for one in checkpoints_in(jobdir) if one > newest):
            files = parcel.files_below(jobdir / CHECKPOINTS / name)
            self._line.send("take-checkpoint", files, job=spec.fingerprint, checkpoint=name)

    def _check_room(
        self, paths: list[Path], promised: tuple[HashedFile, ...], *, free: int
    ) -> None:
        needed = sum(path.stat().st_size for path in paths if path.exists())
        needed = max(needed, sum(file.size for file in promised)) + SPARE_BYTES
        if free < needed:
            raise StorageError(
                f"the disk of the machine has {free / 1e9:.1f} GB free, and the job needs "
                f"{needed / 1e9:.1f} GB",
                where=f"{self._machine.host}:{self._machine.folder}",
                hint="free some space there, or keep base models on another disk of it",
            )

    def _catch_up(self, place: Place) -> Mapping[str, Any]:
        """Take over what was said there; return what else was seen in the same moment."""
        seen: list[Mapping[str, Any]] = []

        def read(since: int) -> Said:
            found = self._line.ask("look", job=place.job, since=since)
            seen.append(found)
            lines = str(found["lines"]).encode("latin-1")
            return Said(lines, int(found["begin"]), is_all=bool(found["is_all"]))

        catch_up(Path(place.jobdir), f"{place.host}:{place.folder}", read)
        return seen[-1]

    def _check_place(self, place: Place) -> None:
        if (place.executor, place.host) != ("ssh", self._machine.host):
            raise UsageError(
                f"the job was brought to {place.host} by {place.executor}",
                where=self._machine.host,
            )


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
