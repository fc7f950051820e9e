"""Measured contrast, as WCAG 2.2 defines it, of every pair that is used, in both themes."""

import re

import pytest

from lorewright.pictures import stylesheet

TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", stylesheet()
    )
}
TEXT = [
    *((ink, ground) for ink in ("ink", "muted", "accent") for ground in ("page", "surface")),
    ("good", "surface"),
    ("bad", "surface"),
    ("ink", "mark"),
    *((f"on-ramp-{step}", f"ramp-{step}") for step in range(5)),
]
SHAPES = [
    *((colour, "surface") for colour in ("accent", "second", *(f"type-{n}" for n in range(4)))),
    ("second", "page"),
]


def luminance(colour: str) -> float:
    """Relative luminance, from https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(ink: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[ink][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_stand_out_from_their_ground(shape: str, ground: str, theme: int) -> None:
    assert contrast(TOKENS[shape][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_each_step_of_the_ramp_is_darker_or_lighter_than_the_one_before(theme: int) -> None:
    steps = [luminance(TOKENS[f"ramp-{step}"][theme]) for step in range(5)]

    assert steps == sorted(steps, reverse=theme == 0)


def test_no_rule_uses_a_colour_of_its_own() -> None:
    rules = re.sub(r"--[\w-]+:[^;]*;", "", stylesheet())

    assert not re.findall(r"#[0-9a-f]{3,8}\b|rgb|hsl", rules)


def test_every_colour_that_a_rule_uses_exists() -> None:
    used = set(re.findall(r"var\(--([\w-]+)\)", stylesheet()))

    assert used - {"sans", "mono"} == set(TOKENS)
