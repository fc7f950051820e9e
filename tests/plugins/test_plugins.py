"""Extensions are found by name and complain in words."""

import sys
from pathlib import Path

import pytest

from lorewright import plugins
from lorewright.errors import PluginError

POINTS = """\
[lorewright.zoo]
fine = a_plugin:Fine
gone = no_such_module:Thing
half = a_plugin:Missing
rude = a_rude_plugin:Thing
"""


@pytest.fixture(autouse=True)
def _zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with an extension of each sort."""
    info = tmp_path / "a_zoo-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: a-zoo\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    (tmp_path / "a_plugin.py").write_text("class Fine:\n    pass\n")
    (tmp_path / "a_rude_plugin.py").write_text("raise ValueError('not today')\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])


def test_a_plugin_is_loaded_by_its_name() -> None:
    assert plugins.load("zoo", "fine").__name__ == "Fine"


def test_the_names_are_sorted() -> None:
    assert plugins.names("zoo") == ["fine", "gone", "half", "rude"]
    assert plugins.names("nothing") == []


def test_our_own_are_registered_like_any_other() -> None:
    assert set(plugins.names("readers")) >= {"html", "markdown", "text"}
    assert "extractive" in plugins.names("generators")


def test_an_unknown_name_shows_the_known_ones() -> None:
    with pytest.raises(PluginError, match="no zoo plug-in is called 'tiger'") as caught:
        plugins.load("zoo", "tiger")

    assert caught.value.hint == "installed: fine, gone, half, rude"
    with pytest.raises(PluginError) as caught:
        plugins.load("nothing", "tiger")
    assert caught.value.hint == "installed: none"


@pytest.mark.parametrize("name", ["gone", "half", "rude"])
def test_one_that_cannot_be_loaded_says_why(name: str) -> None:
    with pytest.raises(PluginError, match=f"'{name}' cannot be loaded: ") as caught:
        plugins.load("zoo", name)

    assert caught.value.exit_code == 4
