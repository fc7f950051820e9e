"""Run as a program: do a run, or work on the runs of others, in the workspace of the argument."""

import faulthandler
import json
import signal
import sys
from dataclasses import replace
from pathlib import Path

from jobs.durable.calls import QUICK, calls
from lorewright.flows.runs import run_work, work_for_others
from lorewright.settings import Settings
from lorewright.store import Workspace


def main() -> None:
    told = json.loads(sys.argv[1])
    settings = Settings(database=told["database"])
    pace = replace(QUICK, takeover_s=told["takeover_s"])
    with Workspace(Path(told["folder"])).open(settings) as store:
        if told["role"] == "command":
            view = run_work(
                store, "calls", told["request"], handlers=calls(store, settings), pace=pace
            )
            print(view.run, view.state)  # noqa: T201 - the parent reads it
        else:
            work_for_others(store, calls(store, settings), until_idle=True, pace=pace)


if __name__ == "__main__":
    faulthandler.register(signal.SIGUSR1)  # says where it hangs
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
