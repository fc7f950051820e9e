"""Profiles say what is asked about an answer, and what each value means."""

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from lorewright.errors import BadSettings
from lorewright.evaluate import dimensions
from lorewright.evaluate.dimensions import HIGHEST, LOWEST, PROFILES, Dimension, Profile, profile
from lorewright.evaluate.proof.rules import PROFILES as KNOWN
from lorewright.evaluate.proof.rules import ProofRules
from lorewright.llms import load_prompt

FOLDER = Path(dimensions.__file__).parent


def test_a_proof_knows_the_profiles_that_raters_are_asked_for() -> None:
    assert {name: profile(name).keys for name in PROFILES} == KNOWN
    assert ProofRules().dimensions == profile(PROFILES[0]).keys


@pytest.mark.parametrize("name", PROFILES)
def test_every_value_of_every_dimension_has_an_anchor_of_its_own(name: str) -> None:
    for one in profile(name).dimensions:
        anchors = [one.anchor(value) for value in range(LOWEST, HIGHEST + 1)]

        assert len(set(anchors)) == HIGHEST
        assert one.question.endswith("?")


def test_every_file_is_a_profile() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(PROFILES)


def test_no_anchor_stands_in_two_profiles() -> None:
    anchors = [
        anchor
        for path in FOLDER.glob("*.toml")
        for one in tomllib.loads(path.read_text(encoding="utf-8"))["dimensions"]
        for anchor in (one["key"], *one["anchors"])
    ]

    assert len(anchors) == len(set(anchors))


def test_advice_and_effect_only_keep_up_with_the_control() -> None:
    found = {one.key for one in profile("advisor").dimensions if one.keeps_up_with_control}

    assert found == {"specific_actionable", "overall_effectiveness"}


def test_other_profiles_look_at_a_thing_or_two() -> None:
    assert profile("criteria").keys == ("expertise", "voice", "helpful", "natural")
    assert profile("deliberation").dimension("blind_spots").anchor(5).startswith("The risk")


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(BadSettings, match="no profile called 'adviser'") as error:
        profile("adviser")

    assert "advisor" in (error.value.hint or "")


def test_a_dimension_without_all_its_anchors_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs an anchor for each value"):
        Dimension(key="voice", question="Whose?", anchors=("mine",))


def test_a_dimension_stands_in_a_profile_once() -> None:
    voice = profile("criteria").dimension("voice")
    with pytest.raises(ValidationError, match="twice"):
        Profile(name="own", about="voices", dimensions=(voice, voice))


@pytest.mark.parametrize("name", ["evaluate/rate", "evaluate/prefer"])
def test_a_prompt_names_no_arm(name: str) -> None:
    text = load_prompt(name).text.casefold()

    assert not [word for word in ("tuned", "control", "adapter", "lora", "base") if word in text]
