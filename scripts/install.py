#!/usr/bin/env python3
"""Install this checkout into the Python that runs the script, with extras and groups.

Two things are settled here that plain pip leaves open:

* Dependency groups are read from pyproject.toml, because `pip install --group` needs a newer
  pip than Debian ships, and a machine without an index may have no newer one.
* PyTorch is looked at before it is fetched. The build that a plain index offers for Linux may
  bring gigabytes of CUDA libraries that a CPU never uses; such a build is refused unless
  LOREWRIGHT_CUDA=1 says that it is wanted.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

LOOKS_WITHOUT_FETCHING = (25, 3)
"""From this version on, pip reads what a wheel asks for without downloading the wheel."""

CUDA = re.compile(r"(nvidia|cuda)[-_.]", re.IGNORECASE)

REFUSAL = """\
error: {build} would bring {count} CUDA packages, such as {first}
hint: for the CPU build, take the address of the CPU wheel index from
      https://pytorch.org/get-started/locally/ and run again with
          LOREWRIGHT_TORCH_INDEX=<that address>
      for the CUDA build, run again with
          LOREWRIGHT_CUDA=1
"""


def main() -> int:
    """Install what the arguments ask for; return the exit code of the process."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--extras", default="", help="names of extras, with commas between them")
    parser.add_argument("--groups", default="", help="names of dependency groups, likewise")
    asked = parser.parse_args()
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    extras = _names(asked.extras)
    if {"train", "all"} & set(extras):
        refusal = _settle_torch(_torch_requirement(pyproject))
        if refusal:
            sys.stderr.write(refusal)
            return 1
    wanted = [
        needed for group in _names(asked.groups) for needed in pyproject["dependency-groups"][group]
    ]
    here = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
    return _pip("install", "--quiet", "--editable", here, *wanted)


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _torch_requirement(pyproject: dict[str, Any]) -> str:
    train = pyproject["project"]["optional-dependencies"]["train"]
    return next(needed for needed in train if re.match(r"torch\b", needed))


def _settle_torch(requirement: str) -> str | None:
    """Install the build of torch that pip would choose, or say why it must not be."""
    index = os.environ.get("LOREWRIGHT_TORCH_INDEX")
    options = ("--index-url", index) if index else ()
    if not _is_installed("torch"):
        _renew_pip()
    chosen = _would_install(requirement, *options)
    if chosen is None:
        return None
    if sys.platform == "linux" and os.environ.get("LOREWRIGHT_CUDA") != "1":
        refusal = refusal_of(chosen)
        if refusal:
            return refusal
    build = f"torch=={chosen['version']}"
    if _pip("install", "--quiet", *options, build):
        return f"error: {build} could not be installed; what pip says stands above\n"
    return None


def refusal_of(chosen: dict[str, Any]) -> str | None:
    """Say why a build with this metadata is refused: it asks for CUDA; None when it does not."""
    needed: list[str] = chosen.get("requires_dist", [])
    cuda = [name for name in needed if CUDA.match(name)]
    if not cuda:
        return None
    first = re.split(r"[\[=<>;~! (]", cuda[0])[0]
    return REFUSAL.format(build=f"torch {chosen['version']}", count=len(cuda), first=first)


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _renew_pip() -> None:
    """Replace a pip that would download the whole of torch only to read what it asks for."""
    if tuple(int(part) for part in version("pip").split(".")[:2]) >= LOOKS_WITHOUT_FETCHING:
        return
    newest = "pip>=" + ".".join(map(str, LOOKS_WITHOUT_FETCHING))
    if _pip("install", "--quiet", "--upgrade", newest):
        sys.stderr.write("note: no newer pip is in reach; going on with the one that is here\n")


def _would_install(requirement: str, *options: str) -> dict[str, Any] | None:
    """The metadata of the build that pip would choose; None when one is installed already."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        dry = ("--dry-run", "--no-deps", "--quiet", "--report", str(report))
        if _pip("install", *dry, *options, requirement):
            raise SystemExit(f"error: pip finds no build of {requirement} for this machine")
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return found[0]["metadata"] if found else None


def _pip(*arguments: str) -> int:
    command = (sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments)
    # The words are ours and the program is this very Python.
    return subprocess.run(command, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
