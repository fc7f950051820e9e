"""What a user installs: a small wheel with everything in it, on a small core."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from architecture.house import PACKAGE, ROOT
from lorewright.flows.releasing import Wish, release_adapter
from lorewright.release import SigningKey
from lorewright.settings import Settings
from lorewright.store import Workspace
from made_up import make_up

pytestmark = pytest.mark.slow

MEGABYTE = 1_000_000
LARGEST_WHEEL = 2.25 * MEGABYTE
"""A fifth of it is what no code can do without: the catalogues of conversations, seven panels with
their worked conversations, prompts, and the handbook of the demo. Another tenth is the list of the
files themselves."""
OF_EXTRAS = (
    "accelerate",
    "fastapi",
    "jsonschema",
    "numpy",
    "peft",
    "psycopg",
    "scipy",
    "sklearn",
    "torch",
    "transformers",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def core_distributions() -> Iterator[Distribution]:
    """What `pip install lorewright` brings when no extra is asked for, however deep."""
    seen: set[tuple[str, str]] = set()
    waiting = [("lorewright", "")]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found = distribution(name)
        if name != "lorewright":
            yield found
        for needed in map(Requirement, found.requires or []):
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(needed.name, wanted) for wanted in ("", *needed.extras)]


def copy_files(found: Distribution, site_packages: Path) -> None:
    for file in found.files or []:
        if ".." not in file.parts:
            target = site_packages / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(file.locate()), target)


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a new environment: the wheel and copies of what its core needs, no more.

    The copies come from the environment of the tests, so that no index is asked.
    """
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=True)
    site_packages = next((folder / "lib").glob("python*/site-packages"))
    for found in core_distributions():
        copy_files(found, site_packages)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, wheel], check=True)
    return folder


def run_in(bare: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the bare environment; what it prints comes back as text."""
    return subprocess.run(
        [bare / "bin" / command[0], *command[1:]],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    )


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    on_disk = {
        f"lorewright/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert packed == on_disk


def test_the_wheel_is_at_most_two_and_a_quarter_megabytes(wheel: Path) -> None:
    assert wheel.stat().st_size <= LARGEST_WHEEL


def test_the_core_takes_at_most_170_megabytes_of_site_packages(bare: Path) -> None:
    site_packages = next((bare / "lib").glob("python*/site-packages"))

    size = sum(path.stat().st_size for path in site_packages.rglob("*") if path.is_file())

    assert 30 * MEGABYTE < size <= 170 * MEGABYTE


def test_the_core_brings_nothing_that_belongs_to_an_extra(bare: Path) -> None:
    find = "import sys, importlib.util as u; print([n for n in sys.argv[1:] if u.find_spec(n)])"

    assert run_in(bare, "python", "-c", find, *OF_EXTRAS).stdout == "[]\n"


def test_the_program_runs_on_the_core_alone(bare: Path) -> None:
    result = run_in(bare, "lorewright", "--help")

    assert result.returncode == 0, result.stderr
    assert "ingest" in result.stdout


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release that was made elsewhere, with every extra at hand."""
    workspace = Workspace(tmp_path_factory.mktemp("elsewhere") / "workspace")
    workspace.make()
    with workspace.open(Settings()) as store:
        make_up(store)
        return release_adapter(workspace, store, Wish(), signer=SigningKey.new).folder


def test_the_core_alone_verifies_a_release_and_refuses_it_after_one_byte(
    bare: Path, released: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "coach"
    shutil.copytree(released, folder)

    intact = run_in(bare, "lorewright", "verify", str(folder))
    card = bytearray((folder / "README.md").read_bytes())
    card[100] ^= 1
    (folder / "README.md").write_bytes(card)
    changed = run_in(bare, "lorewright", "verify", str(folder))

    assert intact.returncode == 0, intact.stderr
    assert intact.stdout.startswith("coach version 1: learned content")
    assert intact.stdout.endswith("not known to you\n")
    assert changed.returncode == 1
    assert "altered: README.md: its bytes have another hash" in changed.stdout


def test_the_core_alone_goes_from_a_file_to_a_dataset_and_says_what_training_needs(
    bare: Path, tmp_path: Path
) -> None:
    handbook = str(PACKAGE / "samples" / "handbook.md")
    place = ("--workspace", str(tmp_path), "--quiet")

    for words in (("ingest", handbook), ("analyze",), ("generate",), ("curate",), ("verify",)):
        done = run_in(bare, "lorewright", *words, *place)
        assert done.returncode == 0, f"{words}: {done.stderr}"
    train = run_in(bare, "lorewright", "train", *place)

    assert train.returncode == 4
    assert "lorewright[train]" in train.stderr
