"""What works on this machine and in this workspace, and how to mend what does not."""

import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from importlib.metadata import Distribution, PackageNotFoundError, distribution, entry_points
from pathlib import Path
from typing import NamedTuple

from lorewright import plugins
from lorewright.errors import BadSettings, LorewrightError, PluginError
from lorewright.flows.keys import KeyRing
from lorewright.inference import library
from lorewright.settings import Settings, load_settings
from lorewright.store import HEAD, BlobStore, Workspace, revision_of

OLDEST_PYTHON = (3, 11)
ROOM_NEEDED = 200 * 2**20
"""Bytes that must be free: a database, its journal and some blobs."""
A_BLOB = "0" * 64
"""The name of a blob that nobody has; asking for it shows whether the store answers."""

_REQUIREMENT = re.compile(r"^(?P<name>[\w.-]+)(?:\[[^]]*\])?(?P<versions>[^;]*)")
_EXTRA = re.compile(r"extra == '(\w+)'")
_BOUND = re.compile(r"(>=|<)\s*([\d.]+)")


class State(StrEnum):
    """How it stands with one capability."""

    OK = "ok"
    MISSING = "missing"
    """Not there, and nothing that was asked for needs it."""
    BROKEN = "broken"


class Finding(NamedTuple):
    """One capability."""

    name: str
    state: State
    said: str
    mend: str | None = None
    """A command or a sentence that puts it right."""


def examine(workspace: Workspace, *, deep: bool = False) -> Iterator[Finding]:
    """Every capability with its state; looks only, and changes nothing.

    Args:
        workspace: the folder to look at, whether or not it is a workspace.
        deep: also load torch and what belongs to it, which takes seconds.
    """
    yield _python()
    yield _core()
    for extra in _extras():
        yield _extra(extra)
    yield _torch(deep=deep)
    yield from _plugins()
    yield _signing()
    yield from _place(workspace)


def _python() -> Finding:
    found = platform.python_version()
    if sys.version_info >= OLDEST_PYTHON:
        return Finding("python", State.OK, f"{found} on {platform.system()} {platform.machine()}")
    oldest = ".".join(map(str, OLDEST_PYTHON))
    return Finding("python", State.BROKEN, found, f"install Python {oldest} or newer")


def _signing() -> Finding:
    ring = KeyRing()
    try:
        own = ring.own()
        known = len(ring.signers())
    except LorewrightError as error:
        return Finding("signing", State.BROKEN, f"{error.sentence}: {error.where}", error.hint)
    if own is None:
        return Finding("signing", State.MISSING, "no key yet", "lorewright release makes one")
    return Finding("signing", State.OK, f"key {own.public.keyid[:12]}, {known:,} signers known")


def _core() -> Finding:
    known = _distribution("lorewright")
    if known is None:
        return Finding(
            "core", State.BROKEN, "lorewright is not installed", "pip install lorewright"
        )
    wrong = [said for said in _faults(None) if said]
    if wrong:
        return Finding("core", State.BROKEN, ", ".join(wrong), "pip install --upgrade lorewright")
    count = sum(1 for _ in _faults(None))
    return Finding("core", State.OK, f"lorewright {known.version} with {count} libraries")


def _extras() -> list[str]:
    known = _distribution("lorewright")
    named = known.metadata.get_all("Provides-Extra") if known else None
    return sorted(set(named or ()) - {"all"})


def _extra(extra: str) -> Finding:
    wrong = [said for said in _faults(extra) if said]
    mend = f'pip install "lorewright[{extra}]"'
    if not wrong:
        names = ", ".join(name for name, _ in _requirements(extra))
        return Finding(extra, State.OK, names)
    is_absent = all(said.endswith("is not installed") for said in wrong)
    return Finding(extra, State.MISSING if is_absent else State.BROKEN, ", ".join(wrong), mend)


def _faults(extra: str | None) -> Iterator[str]:
    """For each library of an extra, or of the core, what is wrong; empty when nothing is."""
    for name, versions in _requirements(extra):
        found = _distribution(name)
        if found is None:
            yield f"{name} is not installed"
        elif not all(holds(found.version, *bound) for bound in _BOUND.findall(versions)):
            yield f"{name} {found.version} is not {versions.strip()}"
        else:
            yield ""


def _requirements(extra: str | None) -> Iterator[tuple[str, str]]:
    known = _distribution("lorewright")
    for line in (known.requires or ()) if known else ():
        named = _EXTRA.search(line)
        found = _REQUIREMENT.match(line)
        if found and (named[1] if named else None) == extra:
            yield found["name"], found["versions"]


def holds(version: str, comparison: str, bound: str) -> bool:
    """Whether a version keeps to one bound, `>=` or `<`, by the numbers of its release."""
    found, limit = _numbers(version), _numbers(bound)
    return found >= limit if comparison == ">=" else found < limit


def _numbers(version: str) -> tuple[int, ...]:
    """The release of a version; zeros at its end say nothing."""
    release = re.match(r"[\d.]*", version)
    numbers = [int(part) for part in (release[0] if release else "").split(".") if part]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _distribution(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _torch(*, deep: bool) -> Finding:
    found = _distribution("torch")
    cores = len(os.sched_getaffinity(0))
    if found is None:
        return Finding("torch", State.MISSING, "not installed", 'pip install "lorewright[train]"')
    build = found.version.partition("+")[2] or "default"
    said = f"{found.version} ({build} build), {cores} CPU cores"
    if not deep:
        return Finding("torch", State.OK, f"{said}; --deep loads it")
    try:
        torch = library("torch")
        has_gpu = torch.cuda.is_available()
        device = torch.cuda.get_device_name(0) if has_gpu else "no GPU"
        return Finding("torch", State.OK, f"{said}, {torch.get_num_threads()} threads, {device}")
    except (LorewrightError, RuntimeError, OSError) as error:
        mend = 'pip install --force-reinstall "lorewright[train]"'
        return Finding("torch", State.BROKEN, f"it cannot be loaded: {error}", mend)


def _plugins() -> Iterator[Finding]:
    groups = sorted(one for one in entry_points().groups if one.startswith("lorewright."))
    for group in (one.removeprefix("lorewright.") for one in groups):
        names, broken = plugins.names(group), list[str]()
        for name in names:
            try:
                plugins.load(group, name)
            except PluginError as error:
                broken.append(error.sentence)
        if broken:
            mend = "install what it needs, or uninstall the package that brings it"
            yield Finding(group, State.BROKEN, "; ".join(broken), mend)
        else:
            yield Finding(group, State.OK, ", ".join(names))


def _place(workspace: Workspace) -> Iterator[Finding]:
    if not workspace.exists():
        mend = "make one with `lorewright init`, or name one with --workspace"
        yield Finding("workspace", State.MISSING, f"there is none in {workspace.folder}", mend)
        yield _disk(workspace.folder)
        return
    yield Finding("workspace", State.OK, str(workspace.folder))
    yield _disk(workspace.folder)
    try:
        settings = load_settings(workspace.settings_file)
    except BadSettings as error:
        where = f" ({error.where})" if error.where else ""
        yield Finding("settings", State.BROKEN, f"{error.sentence}{where}", error.hint)
        return
    yield Finding("settings", State.OK, str(workspace.settings_file))
    yield _checked("database", lambda: _database(workspace, settings))
    yield _checked("blobs", lambda: _blobs(workspace, settings))


def _disk(folder: Path) -> Finding:
    place = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(place).free
    said = f"{free / 2**30:.1f} GiB free"
    if not os.access(place, os.W_OK | os.X_OK):
        return Finding("disk", State.BROKEN, f"{place} cannot be written", f"chmod u+wx {place}")
    if free < ROOM_NEEDED:
        return Finding("disk", State.BROKEN, said, "free some space, or use another disk")
    return Finding("disk", State.OK, said)


def _checked(name: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except LorewrightError as error:
        return Finding(name, State.BROKEN, error.sentence, error.hint)


def _database(workspace: Workspace, settings: Settings) -> Finding:
    url = workspace.database_url(settings)
    file = workspace.folder / "lorewright.db"
    if settings.database is None and not file.exists():
        return Finding("database", State.OK, "none yet; the first command makes it")
    revision = revision_of(url)
    if revision is None or revision <= HEAD:
        later = "" if revision == HEAD else f"; the next command brings it to {HEAD}"
        return Finding("database", State.OK, f"schema {revision or 'none yet'}{later}")
    mend = "install the version of Lorewright that made it, or a newer one"
    return Finding("database", State.BROKEN, f"schema {revision}, this version knows {HEAD}", mend)


def _blobs(workspace: Workspace, settings: Settings) -> Finding:
    url = workspace.blobs_url(settings)
    if "://" in url:
        BlobStore(url).size(A_BLOB)
        return Finding("blobs", State.OK, "the blob store answers")
    folder = Path(url)
    if not folder.exists():
        return Finding("blobs", State.OK, "none yet; the first command makes the folder")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        mend = f"chmod u+rwx {folder}"
        return Finding("blobs", State.BROKEN, f"{folder} cannot be read and written", mend)
    return Finding("blobs", State.OK, str(folder))
