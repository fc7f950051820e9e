"""`lorewright worker`: work on runs that others have started."""

import click

from lorewright.cli.face import Face, counted, face_command
from lorewright.flows.prompting import prompt_folder
from lorewright.flows.runs import work_for_others
from lorewright.flows.teacher_works import teacher_handlers
from lorewright.flows.training_handler import TrainingHandler
from lorewright.flows.training_orders import WORK
from lorewright.flows.webhooks import delivering


@click.command()
@click.option("--for", "run", metavar="RUN", help="Work on this run only, and end with it.")
@click.option("--until-idle", is_flag=True, help="End when no run is left to work on.")
@face_command
def worker(face: Face, run: str | None, *, until_idle: bool) -> None:
    """Work on runs that are queued, beside any other worker, until Ctrl-C.

    Several workers, on one machine or on many with one PostgreSQL, share what there is to do.
    When one dies, the others take over what it had begun. Training goes on by itself meanwhile, and
    when this worker leaves.

    \b
    Examples:
      lorewright worker
      lorewright worker --until-idle
      lorewright worker --for pairs-7f3a91c2
    """
    face.note("working on " + (run or "any run") + "; Ctrl-C lets calls under way finish")
    told = {"under_way": 0}

    def watch(under_way: int) -> None:
        if under_way != told["under_way"]:
            told["under_way"] = under_way
            face.note(f"{counted(under_way, 'shard')} under way")

    with face.store() as store, delivering(store, face.settings):
        handlers = {
            **teacher_handlers(store, face.settings, prompt_folder(face.workspace)),
            WORK: TrainingHandler(face.workspace, store, face.settings),
        }
        work_for_others(store, handlers, run=run, until_idle=until_idle, watch=watch)
    face.say("nothing is left to do")
    face.result("worker", run=run, idle=True)
