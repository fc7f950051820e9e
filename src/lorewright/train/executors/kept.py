"""A folder that outlives its machine, such as a mounted bucket, and what a job keeps in it.

Nothing in it is changed after it was written and nothing is renamed, since mounted buckets do
that badly. A checkpoint counts when the list of its files is there, which is written last; a
result when `result.json` is.

    events/BYTE.jsonl         what was said from that byte on
    checkpoints/STEP/...      the files of a checkpoint
    checkpoints/STEP.json     their hashes
    result.json, result/...   as in the folder of a job
    stop                      somebody wants the job to stop
"""

import shutil
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from lorewright.records import HashedFile
from lorewright.train.events import EVENTS_FILE
from lorewright.train.executors.landing import CHECKPOINTS, checkpoints_in, result_files
from lorewright.train.executors.parcel import files_below, hashes_of
from lorewright.train.result import RESULT_FILE, read_result

EVENTS, STOP = "events", "stop"
KEPT = 2
FILES = TypeAdapter(tuple[HashedFile, ...])


def keep(jobdir: Path, kept: Path) -> None:
    """Copy what is new in `jobdir`: first what was reached, then the words about it."""
    for name in checkpoints_in(jobdir)[-1:]:
        _keep_checkpoint(jobdir / CHECKPOINTS / name, kept / CHECKPOINTS)
    if read_result(jobdir) is not None:
        _keep_result(jobdir, kept)
    _keep_events(jobdir / EVENTS_FILE, kept / EVENTS)


def restore(kept: Path, jobdir: Path) -> None:
    """Put what an earlier machine kept into the folder of a job, as far as it is whole."""
    for name in reversed(_listed(kept)):
        place = jobdir / CHECKPOINTS / name
        if not place.exists() and _copied_whole(kept / CHECKPOINTS / name, place):
            break
    lines = b"".join(path.read_bytes() for path in _parts(kept))
    if lines:
        (jobdir / EVENTS_FILE).write_bytes(lines)


def is_whole(kept: Path) -> bool:
    """Whether the result is there."""
    return (kept / RESULT_FILE).exists()


def part_begin(name: str) -> int | None:
    """The byte that a part of the events begins at; None for anything else."""
    stem = name.rpartition("/")[2].removesuffix(".jsonl")
    return int(stem) if name.endswith(".jsonl") and stem.isdigit() else None


def _keep_checkpoint(place: Path, shelf: Path) -> None:
    listed = shelf / f"{place.name}.json"
    if listed.exists():
        return
    try:
        _copy(place, shelf / place.name)
    except FileNotFoundError:
        return  # a newer one came meanwhile, and it will be kept
    files = tuple(hashes_of(shelf / place.name, files_below(shelf / place.name)))
    listed.write_bytes(FILES.dump_json(files))
    for old in sorted(shelf.glob("step-*.json"))[:-KEPT]:
        old.unlink()
        shutil.rmtree(old.with_suffix(""), ignore_errors=True)


def _keep_result(jobdir: Path, kept: Path) -> None:
    if is_whole(kept):
        return
    files = result_files(jobdir)
    for name in sorted(files, key=lambda name: name == RESULT_FILE):
        (kept / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(files[name], kept / name)


def _keep_events(events: Path, shelf: Path) -> None:
    parts = _parts(shelf.parent)
    begin = (part_begin(parts[-1].name) or 0) + parts[-1].stat().st_size if parts else 0
    if not events.exists():
        return
    with events.open("rb") as file:
        file.seek(begin)
        body = file.read()
    lines = body[: body.rfind(b"\n") + 1]
    if lines:
        shelf.mkdir(parents=True, exist_ok=True)
        (shelf / f"{begin:015d}.jsonl").write_bytes(lines)


def _parts(kept: Path) -> list[Path]:
    return sorted(kept.glob(f"{EVENTS}/*.jsonl"))


def _listed(kept: Path) -> list[str]:
    return sorted(path.stem for path in kept.glob(f"{CHECKPOINTS}/step-*.json"))


def _copied_whole(source: Path, place: Path) -> bool:
    try:
        promised = FILES.validate_json(source.with_name(f"{source.name}.json").read_bytes())
        _copy(source, place)
        is_whole = tuple(hashes_of(place, [file.path for file in promised])) == promised
    except (OSError, ValidationError):
        is_whole = False
    if not is_whole:
        shutil.rmtree(place, ignore_errors=True)
    return is_whole


def _copy(source: Path, place: Path) -> None:
    for name, path in files_below(source).items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place / name)
