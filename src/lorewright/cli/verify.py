"""`lorewright verify`: recompute everything and name what is altered."""

from pathlib import Path

import click

from lorewright.cli.face import Face, counted, face_command
from lorewright.errors import UsageError
from lorewright.flows.inspecting import Inspection, inspect
from lorewright.flows.keys import KeyRing
from lorewright.release import ENVELOPE
from lorewright.settings import SETTINGS_FILE
from lorewright.store import verify as verify_store


@click.command()
@click.argument(
    "folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True)
)
@click.option("--key", help="Who must have signed: a key file, its 64 digits, or a known name.")
@face_command
def verify(face: Face, folder: Path | None, key: str | None) -> None:
    """Check the whole workspace, or the release in FOLDER.

    Nothing is trusted that can be derived. Each altered or missing thing is named, and the
    exit code is 1. What was erased on purpose is listed and is no error.

    A release is checked with nothing but its folder: every file, the signature, the root of
    the dataset. Whether you know the signer is said; with --key it must be that one.

    \b
    Examples:
      lorewright verify
      lorewright verify ./coach-1
      lorewright verify ./coach-1 --key ada.pub
    """
    if folder is not None:
        _release(face, folder, key)
        return
    if key is not None:
        raise UsageError("a workspace has no signature", hint="name the folder of a release")
    _workspace(face)


def _workspace(face: Face) -> None:
    with face.store() as store:
        found = verify_store(
            store, face.workspace.folder, progress=lambda stage: face.note(f"checking {stage}")
        )
    face.result(
        "verify",
        intact=found.is_intact,
        checked=found.checked,
        problems=[problem._asdict() for problem in found.problems],
        erased=found.erased,
    )
    checked = ", ".join(f"{count:,} {what}" for what, count in found.checked.items())
    face.say(f"checked {checked}")
    for problem in found.problems:
        face.say(f"{problem.trouble}: {problem.thing}: {problem.sentence}")
    if found.erased:
        face.say(f"{len(found.erased):,} records were erased on purpose")
    if found.is_intact:
        face.say("intact: everything is as it was kept")
    else:
        face.say(f"not intact: {len(found.problems):,} things are altered or missing")
        raise click.exceptions.Exit(1)


def _release(face: Face, folder: Path, key: str | None) -> None:
    if (folder / SETTINGS_FILE).is_file() and not (folder / ENVELOPE).exists():
        raise UsageError(
            "this is a workspace, not a release",
            where=str(folder),
            hint=f"`lorewright verify --workspace {folder}` checks it",
        )
    ring = KeyRing()
    wanted = ring.keyid_of(key) if key else None
    found = inspect(folder)
    is_wanted = wanted is None or wanted == found.keyid
    name = ring.known_as(found.keyid) if found.keyid else None
    told = found.told
    face.result(
        "verify",
        folder=str(folder),
        intact=found.is_intact,
        accepted=found.is_intact and is_wanted,
        release=f"{told.name} {told.version}" if told else None,
        proof=told.sentence if told else None,
        adapter=told.adapter if told else None,
        dataset=told.dataset if told else None,
        root=told.root if told else None,
        files=found.files,
        examples=found.examples,
        problems=[fault._asdict() for fault in found.faults],
        signer={"keyid": found.keyid, "known_as": name, "wanted": wanted},
    )
    _show(face, found, name)
    if not is_wanted:
        face.say(f"refused: the signer should be {wanted}")
    if not (found.is_intact and is_wanted):
        raise click.exceptions.Exit(1)


def _show(face: Face, found: Inspection, name: str | None) -> None:
    told = found.told
    if told:
        face.say(f"{told.name} version {told.version}: {told.sentence}")
        face.say(
            f"checked {counted(found.files, 'file')} and the names of "
            f"{counted(found.examples, 'example')}"
        )
    for fault in found.faults:
        face.say(f"{fault.trouble}: {fault.file}: {fault.sentence}")
    if found.faults:
        face.say(f"not intact: {counted(len(found.faults), 'file')} altered, missing or extra")
    elif name:
        face.say(f"intact; signer {found.keyid} known to you as {name}")
    else:
        face.say(f"intact; signer {found.keyid} not known to you")
