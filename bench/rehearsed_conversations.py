"""kill -9 in the middle of a batch of 200 conversations: what is lost, and what is paid twice."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from books import HANDBOOK
from lorewright.records import Conversation
from lorewright.settings import Settings
from lorewright.store import Workspace
from page import Section
from rehearsing import counts_of, free_port, said, served, workspace_with

COUNT = 200
AT_ONCE = 16
"""Calls under way at the same time: as the settings have it."""
STEP = ("generate", "conversations", "--plan", "balanced", "--count", str(COUNT))
KILLED_AT = (30, 70, 110, 150, 190)
"""Answers after which the program is killed."""
LIMIT = ("--max-cost", "5")
PATIENCE_S = 300.0


def measure() -> Section:
    """The batch in a workspace that nobody kills, and in one that is killed again and again."""
    # The same address both times: it is part of the language model's name, and so of all names.
    port = ("--port", str(free_port()))
    with served(*port) as (url, settings), workspace_with(HANDBOOK, settings) as workspace:
        said((*STEP, *LIMIT), workspace, settings)
        whole, expected = counts_of(url)["answers"], _written(workspace)
    rows: list[list[str]] = []
    with served(*port) as (url, settings), workspace_with(HANDBOOK, settings) as workspace:
        again = 0
        for at in KILLED_AT:
            _kill(workspace, settings, url, at)
            counts = counts_of(url)
            state = said(("status",), workspace, settings)["runs"][0]
            rows.append(
                [
                    f"after {at} answers",
                    str(counts["answers"]),
                    str(len(_written(workspace))),
                    str(counts["paid_again"] - again),
                    f"{state['state']}, {state['done']} of {state['pieces']}",
                ]
            )
            again = counts["paid_again"]
        ended = said((*STEP, *LIMIT), workspace, settings)
        counts, found = counts_of(url), _written(workspace)
        intact = said(("verify",), workspace, settings)["intact"]
        runs = said(("run", "list"), workspace, settings)["runs"]
    rows.append(
        [
            "to its end",
            str(counts["answers"]),
            str(len(found)),
            str(counts["paid_again"] - again),
            ", ".join(f"{run['state']}, {run['done']} of {run['pieces']}" for run in runs),
        ]
    )
    if not intact or ended["open"]:
        raise RuntimeError(f"the store is intact: {intact}; open: {ended['open']}")
    lost, twice = expected - found, [name for name, number in found.items() if number > 1]
    return Section(
        title="kill -9 in the middle of a batch of conversations",
        about=f"`lorewright {' '.join(STEP)}`, {AT_ONCE} calls at once, killed five times and run "
        f"again until it ends. Nobody disturbed, it takes {whole} calls. Calls are counted by the "
        f"server; asked twice are answers to a request that had been answered before: all "
        f"together {counts['paid_again']}, and at each kill up to {AT_ONCE} are under way. "
        f"{ended['planned']} planned = {ended['written']} written + "
        f"{sum(ended['failed_for_good'].values())} failed + {ended['open']} open. Conversations of "
        f"the undisturbed workspace that this one lacks: {lost.total()}; written twice: "
        f"{len(twice)}. Afterwards `lorewright verify` finds it intact.",
        columns=["killed", "calls", "conversations kept", "asked twice", "its run"],
        rows=rows,
    )


def _kill(workspace: Path, settings: Mapping[str, str], url: str, at: int) -> None:
    """Start the batch, and kill it and all its processes when the server has answered so often."""
    process = subprocess.Popen(
        [sys.executable, "-m", "lorewright", *STEP, *LIMIT, "--workspace", workspace, "--quiet"],
        env=dict(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    ends = time.monotonic() + PATIENCE_S
    while counts_of(url)["answers"] < at:
        if process.poll() is not None or time.monotonic() > ends:
            raise RuntimeError(f"the batch never came to {at} answers")
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _written(workspace: Path) -> Counter[str]:
    """Every conversation by its id."""
    with Workspace(workspace).open(Settings()) as store:
        kept = store.get_many(store.names(Conversation.kind), Conversation)
        return Counter(one.conversation_id for one in kept)
