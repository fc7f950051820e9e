"""A fresh clone installs what it needs, and never CUDA unasked."""

import runpy
from collections.abc import Callable
from typing import Any

import pytest

from architecture.house import ROOT, pyproject

INSTALL = runpy.run_path(str(ROOT / "scripts" / "install.py"))
refusal_of: Callable[[dict[str, Any]], str | None] = INSTALL["refusal_of"]


def a_build(*needed: str) -> dict[str, Any]:
    return {"version": "2.13.0", "requires_dist": ["filelock", *needed]}


def test_a_build_for_the_cpu_is_taken() -> None:
    assert refusal_of(a_build("jinja2", 'optree>=0.13; extra == "optree"')) is None


@pytest.mark.parametrize(
    "needed",
    [
        "nvidia-cudnn-cu13==9.20.0.48",
        'cuda-toolkit[cublas,cudart]==13.0.3; platform_system == "Linux"',
        "nvidia_nccl_cu13 (==2.29.7)",
    ],
)
def test_a_build_that_asks_for_cuda_is_refused_with_two_ways_out(needed: str) -> None:
    refusal = refusal_of(a_build(needed))

    assert refusal is not None
    assert "torch 2.13.0" in refusal
    assert "LOREWRIGHT_TORCH_INDEX" in refusal
    assert "LOREWRIGHT_CUDA=1" in refusal


def test_the_refusal_names_the_first_package_without_its_version() -> None:
    assert "cuda-toolkit\n" in (refusal_of(a_build("cuda-toolkit[cublas]==13.0.3")) or "")


def test_every_group_that_the_makefile_asks_for_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    asked = {
        name
        for line in makefile.splitlines()
        if "$(INSTALL)" in line and "--groups" in line
        for name in line.partition("--groups ")[2].split(",")
    }

    assert asked == set(pyproject()["dependency-groups"])
