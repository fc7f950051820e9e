"""The version of a step's code holds everything that shapes its result, and nothing beside it."""

from pathlib import Path

import grimp
import pytest

import lorewright
from lorewright.flows.current import BESIDE, ROOMS, code_of

PROCESSES = ("lorewright.train.run", "lorewright.train.pocket_process")
EVERYWHERE = {
    "lorewright.errors",
    "lorewright.lineage",
    "lorewright.records",
    "lorewright.settings",
}
"""Below everything: what of them shapes a result is in the recipe or in the records."""


def left_out(step: str) -> set[str]:
    """The modules that are no part of a step's version."""
    return {
        path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        for path in BESIDE.get(step, ())
        if not path.endswith(".toml")
    }


def test_whatever_a_training_process_loads_is_part_of_its_version() -> None:
    graph = grimp.build_graph("lorewright")
    loaded = {one for name in PROCESSES for one in (name, *graph.find_upstream_modules(name))}

    rooms = {".".join(name.split(".")[:2]) for name in loaded}

    assert rooms - EVERYWHERE == {*ROOMS["train"]}
    beside = left_out("train") - {"lorewright.train"}
    assert not [
        name for name in loaded for one in beside if name == one or name.startswith(f"{one}.")
    ]


@pytest.mark.parametrize("step", BESIDE)
def test_what_is_left_out_is_there(step: str) -> None:
    package = Path(lorewright.__file__).parent
    for name in BESIDE[step]:
        assert (package.parent / name.replace("lorewright.", "lorewright/", 1)).exists()


def test_every_step_has_a_version_of_its_own_code() -> None:
    versions = {step: code_of(step) for step in ROOMS}

    assert all(len(one) == 64 for one in versions.values())
    assert versions["train"] != versions["evaluate"] != versions["ingest"]
