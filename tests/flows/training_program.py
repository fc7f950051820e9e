"""Run as a program: work on training runs in the workspace of the argument."""

import json
import sys
from pathlib import Path

from flows.trainable import PACE
from lorewright.flows.runs import work_for_others
from lorewright.flows.training import train_adapters
from lorewright.flows.training_handler import TrainingHandler
from lorewright.flows.training_orders import WORK
from lorewright.settings import Settings
from lorewright.store import Workspace


def main() -> None:
    told = json.loads(sys.argv[1])
    settings, workspace = Settings(**told["settings"]), Workspace(Path(told["folder"]))
    with workspace.open(settings) as store:
        if told["role"] == "command":
            print(train_adapters(workspace, store, settings, pace=PACE).tuned.ref)  # noqa: T201
            return
        handlers = {WORK: TrainingHandler(workspace, store, settings)}
        work_for_others(store, handlers, until_idle=True, pace=PACE)


if __name__ == "__main__":
    main()
