"""How long a user waits for `lorewright --help`."""

import sys
from pathlib import Path

from measuring import run, spread
from page import Section

RUNS = 10
PROGRAM = Path(sys.executable).with_name("lorewright")


def measure() -> Section:
    """Start the program and, beside it, a Python that does nothing: the floor."""
    rows: list[list[str]] = []
    for label, command in (
        ("`lorewright --help`", [str(PROGRAM), "--help"]),
        ('`python -c ""`, the floor', [sys.executable, "-c", ""]),
    ):
        run(command)  # the first one reads everything from the disk
        taken = spread([run(command).seconds * 1000 for _ in range(RUNS)])
        rows.append([label, taken.shown("ms")])
    return Section(
        title="Start",
        about=f"A new process each time, {RUNS} runs after one that is not counted.",
        columns=["command", "wall time"],
        rows=rows,
    )
