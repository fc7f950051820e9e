"""What a GPU costs, from the list and from a stand-in for SkyPilot; and places on the screen.

`sky_stand_in` writes a program that is called `sky` and answers from a file: the true one asks
clouds.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from cli.program import done, lorewright, told

OFFERS = {
    "H100": [
        {
            "cloud": "RunPod",
            "region": "CA",
            "instance_type": "1x_H100",
            "accelerator_name": "H100",
            "accelerator_count": 1.0,
            "price": 2.99,
            "spot_price": 1.5,
        },
        {
            "cloud": "Lambda",
            "region": "us-east-1",
            "instance_type": "gpu_1x_h100",
            "accelerator_name": "H100",
            "accelerator_count": 1.0,
            "price": 2.49,
            "spot_price": float("nan"),
        },
    ]
}


@pytest.fixture
def sky_stand_in(tmp_path: Path) -> Path:
    """A program in the place of `sky`, which costs nothing and knows two offers."""
    answer = tmp_path / "offers.json"
    answer.write_text(json.dumps(OFFERS), encoding="utf-8")
    program = tmp_path / "sky"
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = --version ]; then echo "skypilot, version 0.14.1"; '
        f'elif [ "$1 $2" = "gpus list" ]; then cat {answer}; else echo no >&2; exit 1; fi\n'
    )
    program.chmod(0o755)
    return program


def place_in(workspace: Path, sky: Path) -> None:
    kept = workspace.parent / "bucket"
    with (workspace / "lorewright.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[elsewhere.places.cloud]\nkind = "skypilot"\nkept = "file://{kept}"\n'
            f'accelerators = "H100:1"\nsky = "{sky}"\nuse_spot = false\n'
        )


def test_the_list_says_what_a_gpu_costs_and_when_that_was_so(workspace: Path) -> None:
    said = done("prices")
    one = told("prices", "H100")["prices"]

    assert "$4.20" in said.out
    assert said.out.count("2026-01-10") == said.out.count("\n")
    assert [row["kind"] for row in one] == ["H100", "H100_PCIE_spot", "H100_PCIE_on_demand"]
    assert one[0]["usd_per_hour"] == "4.20"
    assert "no list knows" in done("prices", "Z9").err


def test_clouds_are_asked_through_skypilot(workspace: Path, sky_stand_in: Path) -> None:
    place_in(workspace, sky_stand_in)

    rows = told("prices", "--cloud")["prices"]

    offers = [row for row in rows if row["where"] != "list"]
    assert [(row["where"], Decimal(row["usd_per_hour"])) for row in offers] == [
        ("Lambda us-east-1", Decimal("2.49")),
        ("RunPod CA", Decimal("2.99")),
    ]
    assert offers[0]["spot_usd_per_hour"] is None
    assert offers[1]["source"] == "SkyPilot's catalogue"
    assert "may be taken away" in done("prices", "--cloud").err


def test_without_skypilot_the_list_is_shown_and_it_is_said(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    said = done("prices", "--cloud")

    assert "$4.20" in said.out
    assert "there is no `sky` command" in said.err
    assert "sky" in str(told("prices", "--cloud")["trouble"])


@pytest.mark.parametrize("kind", ["-x", "a b", "H100:x", ""])
def test_a_word_that_is_no_gpu_is_refused(workspace: Path, kind: str) -> None:
    said = lorewright("prices", "--", kind)

    assert said.code == 2
    assert "no kind of GPU" in said.err


def test_without_a_place_it_is_said_how_to_make_one(workspace: Path) -> None:
    assert "[elsewhere.places.rented]" in done("jobs", "places").err
    assert told("jobs", "places")["places"] == []


def test_a_place_of_skypilot_says_what_it_costs(workspace: Path, sky_stand_in: Path) -> None:
    place_in(workspace, sky_stand_in)

    (place,) = told("jobs", "places")["places"]

    assert (place["works"], place["trouble"]) == (True, None)
    assert "0.14.1" in place["said"]
    assert Decimal(place["usd_per_hour"]) == Decimal("2.49")
    assert place["price_source"] == "SkyPilot's catalogue, on demand"


def test_a_place_that_cannot_be_reached_is_told_with_what_to_do(workspace: Path) -> None:
    with (workspace / "lorewright.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[elsewhere.places.gone]\nkind = "ssh"\nhost = "gone.invalid"\nusd_per_hour = 2.49\n'
        )

    said = done("jobs", "places").out

    assert "broken   gone: ssh, $2.49 an hour (elsewhere.places.gone)" in said
    assert "does not answer" in said
    assert "-> is it switched on" in said
