"""The code of a step is known by its bytes."""

import shutil
import sys
from pathlib import Path

import pytest

from lorewright.jobs import code_version


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "a_room"
    (folder / "inside" / "__pycache__").mkdir(parents=True)
    (folder / "__init__.py").write_text("x = 1\n", encoding="utf-8")
    (folder / "inside" / "words.toml").write_text("a = 1\n", encoding="utf-8")
    (folder / "inside" / "__pycache__" / "x.pyc").write_bytes(b"compiled")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return folder


def version() -> str:
    code_version.cache_clear()
    sys.modules.pop("a_room", None)
    return code_version("a_room")


@pytest.mark.usefixtures("room")
def test_the_same_code_has_the_same_version() -> None:
    assert version() == version() != code_version("lorewright.jobs")
    assert len(version()) == 64


def test_any_changed_byte_of_source_or_data_makes_another_version(room: Path) -> None:
    versions = {version()}
    (room / "__init__.py").write_text("x = 2\n", encoding="utf-8")
    versions.add(version())
    (room / "inside" / "words.toml").write_text("a = 2\n", encoding="utf-8")
    versions.add(version())
    (room / "inside" / "words.toml").rename(room / "inside" / "more.toml")
    versions.add(version())

    assert len(versions) == 4


def test_what_python_compiles_does_not_count(room: Path) -> None:
    before = version()
    (room / "inside" / "__pycache__" / "x.pyc").write_bytes(b"compiled anew")
    assert version() == before

    shutil.rmtree(room / "inside" / "__pycache__")
    assert version() == before


def test_what_is_left_out_does_not_count(room: Path) -> None:
    def without() -> str:
        version()
        return code_version("a_room", without=("a_room/inside",))

    before, whole = without(), version()
    (room / "inside" / "words.toml").write_text("a = 3\n", encoding="utf-8")

    assert before == without() != whole
    assert version() != whole


def test_the_order_of_rooms_is_a_part_of_it() -> None:
    code_version.cache_clear()

    assert code_version("lorewright.jobs", "lorewright.store") == code_version(
        "lorewright.jobs", "lorewright.store"
    )
    assert code_version("lorewright.jobs") != code_version("lorewright.store")
