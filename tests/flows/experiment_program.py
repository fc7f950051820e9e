"""Run as a program: run the experiment of the argument in a workspace."""

import json
import sys
from pathlib import Path

from flows.trainable import PACE
from lorewright.flows.experiment_orders import Wish
from lorewright.flows.experiments import plan_experiment, run_experiment
from lorewright.settings import Settings
from lorewright.store import Workspace


def main() -> None:
    told = json.loads(sys.argv[1])
    settings, workspace = Settings(**told["settings"]), Workspace(Path(told["folder"]))
    with workspace.open(settings) as store:
        experiment = plan_experiment(workspace, store, settings, Wish(told["plan"]))
        run_experiment(workspace, store, settings, experiment, pace=PACE)


if __name__ == "__main__":
    main()
