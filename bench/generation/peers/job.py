"""What the peers' scripts share: their command line, the messages, and the file that they leave.

Nothing but the standard library, so that it can be imported beside any of the tools.
"""
# pyright: reportMissingImports=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from items import SYSTEM, passage, read

MODEL = "bench"
KEY = "none"


class Job(NamedTuple):
    """What a script is told on its command line."""

    url: str
    total: int
    at_once: int
    out: Path
    resume: bool


def told(description: str | None, *, resumes: bool = False) -> Job:
    """The job on the command line, with its folder made.

    Only --resume allows a folder that holds anything, since a tool may take the answers of an
    earlier run for its own.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--url", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--out", type=Path, required=True)
    parser.set_defaults(resume=False)
    if resumes:
        parser.add_argument("--resume", action="store_true")
    given = parser.parse_args()
    out: Path = given.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()) and not given.resume:
        sys.exit(f"{out} is not empty")
    return Job(given.url, given.count, given.at_once, out, given.resume)


def system() -> str:
    """The system prompt of every request."""
    return SYSTEM


def user(number: int) -> str:
    """The user's message that holds passage `number`."""
    return passage(number)


def messages(number: int) -> list[dict[str, str]]:
    """The conversation about passage `number`, for tools that take one whole."""
    return [{"role": "system", "content": system()}, {"role": "user", "content": user(number)}]


def finish(job: Job, generate: Callable[[Job], Iterable[tuple[int, str]]]) -> None:
    """Let the tool answer, and write its replies as items, in the order of their numbers.

    `generate` imports the tool, so that what is set here holds for it: a home inside the folder,
    where it leaves its caches, and neither a model hub nor a list of prices from the internet.
    What it prints goes to stderr, out of the way. Whatever goes wrong ends the script with a line.
    """
    home = job.out / "home"
    os.environ.update(
        HOME=str(home),
        XDG_CACHE_HOME=str(home / ".cache"),
        DO_NOT_TRACK="true",
        HF_HUB_OFFLINE="1",
        LITELLM_LOCAL_MODEL_COST_MAP="True",
    )
    try:
        with contextlib.redirect_stdout(sys.stderr):
            items = {number: read(reply) for number, reply in generate(job)}
    except Exception as error:  # noqa: BLE001 - a tool may raise anything
        sys.exit(f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")
    if set(items) != set(range(job.total)):
        sys.exit(f"{len(items)} of {job.total} items came back")
    with (job.out / "items.jsonl").open("w", encoding="utf-8") as file:
        for number in range(job.total):
            file.write(json.dumps({"number": number, **items[number]}) + "\n")
