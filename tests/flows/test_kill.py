"""kill -9 at random points of every step: the next run goes on, nothing twice, nothing lost."""

import random
from pathlib import Path

import pytest

from killing import QUICK, STEPS, kill_and_repeat, kill_training, names_in, run_to_end

KILLS = 3


@pytest.mark.slow
def test_a_story_killed_in_every_step_ends_like_one_that_nobody_killed(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for workspace in (whole, killed):
        workspace.mkdir()
        (workspace / "lorewright.toml").touch()
    chance = random.Random(20)
    try:
        for step in STEPS:
            whole_s = run_to_end(step, whole, QUICK)
            kill_and_repeat(step, killed, QUICK, whole_s=whole_s, kills=KILLS, chance=chance)
            assert names_in(killed) == names_in(whole), step[0]
    finally:
        kill_training(tmp_path)
    run_to_end(("verify",), killed, QUICK)
    assert not list((killed / "jobs").iterdir())
