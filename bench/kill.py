"""The table of kills: every step killed at random points, and what became of it."""

import random
import tempfile
from pathlib import Path

from killing import QUICK, STEPS, kill_and_repeat, kill_training, names_in, run_to_end
from page import Section

KILLS = 10
SEED = 20260301


def measure() -> Section:
    """Kill each step ten times in one workspace, and compare with one that nobody killed."""
    rows: list[list[str]] = []
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory(prefix="lorewright-bench-") as folder:
        whole, killed = Path(folder) / "whole", Path(folder) / "killed"
        for workspace in (whole, killed):
            workspace.mkdir()
            (workspace / "lorewright.toml").touch()
        try:
            for step in STEPS:
                seconds = run_to_end(step, whole, QUICK)
                found = kill_and_repeat(
                    step, killed, QUICK, whole_s=seconds, kills=KILLS, chance=chance
                )
                expected, there = names_in(whole), names_in(killed)
                rows.append(
                    [
                        step[0],
                        f"{found.seconds:.1f} s",
                        str(found.kills),
                        f"{min(found.at, default=0):.1f} to {max(found.at, default=0):.1f} s",
                        f"{len(expected):,}",
                        str(len(set(expected) - set(there))),
                        str(len(there) - len(set(there))),
                        "the same" if there == expected else "different",
                    ]
                )
            run_to_end(("verify",), killed, QUICK)
        finally:
            kill_training(Path(folder))
    return Section(
        title="kill -9",
        about="Each step of the story on the sample handbook, killed up to "
        f"{KILLS} times at moments spread over its run and started again until it ends; every "
        "second kill takes the training processes with it. Records are compared by name with a "
        "workspace that nobody killed; afterwards `lorewright verify` is green. Training is cut "
        f"short by settings: {', '.join(f'{name}={value}' for name, value in QUICK.items())}.",
        columns=[
            "step",
            "whole run",
            "kills",
            "killed after",
            "records",
            "lost",
            "twice",
            "names",
        ],
        rows=rows,
    )
