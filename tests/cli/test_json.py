"""Every command speaks to programs: one object, whose keys stand in the documentation."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from architecture.house import ROOT
from builders import WORDS, a_source
from cli.program import SAMPLE, done, lorewright, told
from cli.story import PLANTED, Story, names_of, source_called
from conversations.brightrun.made import a_file, a_member, written
from evaluate.rated_arms import ARMS, lines_of, some_scenarios
from evaluate.scenarios.drafts import a_row
from evaluate.scenarios.drafts import lines_of as as_lines
from every_kind import a_collection_of, a_scenario, a_scenario_set
from flows.answered_workspace import keep_answers, keep_set
from lorewright.cli import COMMANDS, cli
from lorewright.flows.blind_ranking import ranking_of
from lorewright.llms.loopback import Rehearsal, in_background
from lorewright.settings import Settings
from lorewright.store import Workspace
from lorewright.store.work_runs import order_run

PAGE = ROOT / "docs" / "json.md"
CONVERTER = ROOT / "tests" / "train" / "converter_stand_in.py"
"""In the place of llama.cpp's."""
ROW = re.compile(r"^\| `([^`]+)` \| (.*) \|$", re.MULTILINE)

SLOW = {"demo", "demo --conversations"}
"""They take a minute, and have a test of their own."""
ENDLESS = {"api"}
"""It ends with Ctrl-C; tests/api hears what it tells first."""


def leaves(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from leaves(command, *above, name)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield (*above, name), command


LEAVES = dict(leaves(cli))


def documented() -> dict[str, set[str]]:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return {name: set(re.findall(r"`([^`]+)`", keys)) for name, keys in rows}


def first_run() -> str:
    return str(told("table", "--runs")["runs"][0]["number"])


def a_sheet() -> str:
    done("review", "--write-sheet", "filled.csv", "--limit", "1")
    return "filled.csv"


def first_call() -> str:
    return str(told("calls", "--failed")["failed"][0]["key"])


def an_adapter() -> str:
    """The newest that is no control."""
    return str(told("adapters", "list")["adapters"][0]["adapter"])


def a_training_file(story: Story) -> Path:
    return written(story.workspace.parent, a_file(a_member()))


def a_scenario_file(story: Story) -> Path:
    file = story.workspace.parent / "spring.jsonl"
    file.write_bytes(as_lines(a_row()))
    return file


PAIRS = ("--level", "1", "--target", "6", "--document")


def a_run() -> str:
    """The one that nobody does."""
    found = told("run", "list")["runs"]
    left = {"queued", "paused"}
    return str(next(one["run"] for one in found if one["work"] == "pairs" and one["state"] in left))


def a_job() -> str:
    """One that was ordered and that nobody does."""
    return str(told("jobs", "list")["jobs"][0]["id"])


def a_plain_set(story: Story) -> str:
    """A set of two, made up."""
    found = a_scenario("s-1"), a_scenario("s-2")
    asked = a_scenario_set(*found)
    with Workspace(story.workspace).open(Settings()) as store:
        store.put_blob(WORDS.encode())
        store.put(a_source(), *found, a_collection_of(found), asked)
    return str(asked.ref)


def an_answered_set(story: Story) -> str:
    """The name of a set of scenarios that arms have answered."""
    with Workspace(story.workspace).open(Settings()) as store:
        questions = some_scenarios(3)
        asked = keep_set(store, questions, "rated")
        for arm in ARMS:
            keep_answers(store, asked, arm, lines_of(arm, questions))
    return str(asked.ref)


def a_ranked_set(story: Story) -> str:
    """The same with one client ranked."""
    name = an_answered_set(story)
    with Workspace(story.workspace).open(Settings()) as store:
        board = ranking_of(Workspace(story.workspace), store, Settings(), name)
        shown = board.next_item("Ada")
        assert shown is not None
        board.submit("Ada", shown.code, {one.key: "tie" for one in shown.questions})
    return name


REHEARSAL = ("--model", "rehearsal:ann", "--profile", "criteria")

RUNS: dict[str, Callable[[Story], tuple[str, ...]]] = {
    "init": lambda story: (str(story.workspace),),
    "ingest": lambda _story: (str(SAMPLE),),
    "analyze": lambda _story: ("--rules",),
    "analyze --estimate": lambda _story: (),
    "analyze --max-cost": lambda _story: (
        "1",
        "--template",
        "risk_assessment",
        "--chunk",
        names_of("chunk")[0],
    ),
    "categorise": lambda _story: (names_of("document")[0],),
    "context": lambda _story: (),
    "show": lambda _story: (names_of("chunk")[0],),
    "table": lambda _story: (),
    "table --runs": lambda _story: (),
    "table --against": lambda _story: (first_run(),),
    "generate": lambda _story: (),
    "generate pairs": lambda _story: ("--max-cost", "1", *PAIRS, names_of("document")[0]),
    "generate pairs --estimate": lambda _story: (),
    "generate conversations": lambda _story: ("--count", "2", "--max-cost", "1"),
    "generate conversations --estimate": lambda _story: ("--count", "2"),
    "generate conversations --show-plan": lambda _story: ("--count", "2"),
    "generate deliberations": lambda _story: (
        "--panel",
        "healthcare",
        "--turns",
        "1",
        "--max-cost",
        "1",
    ),
    "generate deliberations --estimate": lambda _story: ("--panel", "healthcare"),
    "generate panel": lambda _story: ("--goal", "Open a bakery", "--max-cost", "1"),
    "generate panel --estimate": lambda _story: ("--goal", "Open a bakery"),
    "import": lambda story: (str(a_training_file(story)),),
    "enrich": lambda _story: (),
    "generate controls": lambda _story: ("--max-cost", "1"),
    "generate controls --estimate": lambda _story: (),
    "curate balance": lambda _story: (),
    "prompts list": lambda _story: (),
    "prompts show": lambda _story: ("generate/key_facts",),
    "prompts override": lambda _story: ("generate/key_facts",),
    "prompts diff": lambda _story: ("generate/key_facts",),
    "calls": lambda _story: (),
    "calls --failed": lambda _story: (),
    "calls --raw": lambda _story: (first_call(),),
    "calls --prices": lambda _story: (),
    "review --accept": lambda _story: (names_of("example")[0],),
    "review --write-sheet": lambda _story: ("sheet.csv",),
    "review --read-sheet": lambda _story: (a_sheet(),),
    "review --status": lambda _story: (),
    "review --summary": lambda _story: (),
    "judge --show": lambda _story: (),
    "judge --known": lambda _story: ("--max-cost", "1"),
    "judge --known --estimate": lambda _story: (),
    "measure": lambda _story: (),
    "curate": lambda _story: (),
    "export": lambda _story: (),
    "export --conversations": lambda _story: (),
    "train": lambda _story: (),
    "train --check": lambda _story: (),
    "train --estimate": lambda _story: ("--no-calibrate",),
    "train --detach": lambda _story: ("--epochs", "2"),
    "jobs list": lambda _story: (),
    "jobs show": lambda _story: (a_job(),),
    "jobs pause": lambda _story: (a_job(),),
    "jobs watch": lambda _story: (a_job(),),
    "jobs resume": lambda _story: (a_job(), "--detach"),
    "jobs cancel": lambda _story: (a_job(),),
    "jobs places": lambda _story: (),
    "prices": lambda _story: (),
    "train --methods": lambda _story: (),
    "experiments list": lambda _story: (),
    "experiments plan": lambda _story: ("learning-rate",),
    "experiments run": lambda _story: ("learning-rate", "--set", "learning_rate_times=1"),
    "experiments run --detach": lambda _story: (
        "learning-rate",
        "--set",
        "learning_rate_times=1",
    ),
    "experiments show": lambda _story: ("learning-rate",),
    "train --show-masks": lambda _story: ("--count", "1"),
    "evaluate": lambda _story: (),
    "scenarios generate": lambda _story: ("--count", "2", "--max-cost", "1"),
    "scenarios generate --estimate": lambda _story: ("--count", "2"),
    "scenarios import": lambda story: (str(a_scenario_file(story)), "--name", "spring"),
    "scenarios list": lambda _story: (),
    "scenarios show": lambda _story: ("spring",),
    "scenarios check": lambda _story: ("spring",),
    "scenarios export": lambda _story: ("spring", "spring.csv"),
    "evaluate --plan": lambda _story: (),
    "evaluate --estimate": lambda story: ("--scenarios", a_plain_set(story)),
    "evaluate --lock": lambda story: ("--scenarios", a_plain_set(story)),
    "ratings judge": lambda story: ("--set", an_answered_set(story), *REHEARSAL),
    "ratings judge --estimate": lambda story: ("--set", an_answered_set(story), *REHEARSAL),
    "ratings export": lambda story: ("ada.csv", "--rater", "Ada", "--set", an_answered_set(story)),
    "ratings import": lambda story: ("ada.csv", "--set", an_answered_set(story)),
    "ratings list": lambda story: ("--set", an_answered_set(story)),
    "ratings agreement": lambda story: ("--set", an_answered_set(story)),
    "rank --progress": lambda story: ("--set", a_ranked_set(story)),
    "rank --lock": lambda story: ("--set", an_answered_set(story)),
    "rank --show": lambda story: ("--set", an_answered_set(story)),
    "adapters list": lambda _story: (),
    "adapters show": lambda _story: (),
    "adapters name": lambda _story: (an_adapter(), "coach"),
    "adapters approve": lambda _story: ("coach@1", "--why", "x"),
    "adapters deployed": lambda _story: ("coach@approved", "gateway-1", "--why", "x"),
    "adapters undo": lambda _story: ("coach@1", "--why", "x"),
    "adapters retire": lambda _story: ("coach@1", "--why", "x"),
    "adapters diff": lambda _story: ("coach@1", "coach@1"),
    "adapters merge": lambda _story: (),
    "adapters gguf": lambda _story: ("--converter", str(CONVERTER)),
    "regression": lambda _story: (),
    "regression --estimate": lambda _story: (),
    "report": lambda _story: (),
    "card": lambda _story: ("--allow-unknown-licence",),
    "release": lambda _story: ("--out", "FOLDER"),
    "verify FOLDER": lambda _story: (),
    "convert": lambda _story: ("--rank", "8"),
    "key": lambda _story: (),
    "run list": lambda _story: (),
    "run show": lambda _story: (a_run(),),
    "run pause": lambda _story: (a_run(),),
    "run resume": lambda _story: (a_run(),),
    "run cancel": lambda _story: (a_run(),),
    "worker": lambda _story: ("--until-idle",),
    "status": lambda _story: (),
    "list": lambda _story: ("source",),
    "diff": lambda _story: ("dataset@latest", "dataset@latest"),
    "trace": lambda _story: (source_called(SAMPLE.name),),
    "verify": lambda _story: (),
    "licence": lambda _story: (source_called(SAMPLE.name), "CC0", "--why", "x"),
    "withdraw": lambda _story: (source_called(PLANTED.file_name), "--why", "x"),
    "erase": lambda _story: (source_called(PLANTED.file_name), "--why", "x", "--estimate"),
    "config show": lambda _story: (),
    "config schema": lambda _story: (),
    "config path": lambda _story: (),
    "doctor": lambda _story: (),
    "completion": lambda _story: ("bash",),
}


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_can_speak_to_programs(words: tuple[str, ...]) -> None:
    options = {option for param in LEAVES[words].params for option in param.opts}

    assert {"--json", "--quiet", "--debug"} <= options


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_tells_a_wrong_word_as_one_object(words: tuple[str, ...]) -> None:
    said = lorewright(*words, "--no-such-option", "--json")

    assert said.code == 2
    assert said.told["schema"] == "lorewright.error/1"
    assert said.err == ""


def test_every_command_is_on_the_page() -> None:
    commands = {" ".join(words) for words in LEAVES}
    rows = {re.split(r" --| [A-Z]", name)[0] for name in documented()}

    assert rows == commands
    assert set(documented()) - SLOW - ENDLESS == set(RUNS)
    assert {words[0] for words in LEAVES} == set(COMMANDS)


@pytest.fixture(scope="module")
def spoken(
    story_once: Story, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, dict[str, object]]]:
    """What every command tells, one after the other in one workspace."""
    place = tmp_path_factory.mktemp("spoken")
    story = story_once._replace(workspace=place / "workspace")
    shutil.copytree(story_once.workspace, story.workspace)
    # The first call is refused, so that there is one to look at.
    rehearsal = Rehearsal(script=["refusal"])
    with pytest.MonkeyPatch.context() as here, in_background(rehearsal) as server:
        here.setenv("LOREWRIGHT_TEACHER__MODEL", "openai:loopback")
        here.setenv("LOREWRIGHT_TEACHER__URL", server.url)
        here.setenv("LOREWRIGHT_TEACHER__INPUT_PRICE", "1")
        here.setenv("LOREWRIGHT_TEACHER__OUTPUT_PRICE", "5")
        here.setenv("LOREWRIGHT_BASE__MODEL", "openai:loopback")
        here.setenv("LOREWRIGHT_BASE__URL", server.url)
        here.setenv("LOREWRIGHT_BASE__INPUT_PRICE", "0")
        here.setenv("LOREWRIGHT_BASE__OUTPUT_PRICE", "0")
        here.setenv("LOREWRIGHT_CURATION__KNOWN_DRAWS", "1")
        here.setenv("LOREWRIGHT_WORKSPACE", str(story.workspace))
        here.setenv("XDG_CONFIG_HOME", str(place / "config"))
        here.chdir(place)
        with Workspace(story.workspace).open(Settings()) as store:
            order_run(store, "pairs", {})
        yield {row: told(*row.split(), *words(story)) for row, words in RUNS.items()}


@pytest.mark.parametrize("row", RUNS)
def test_what_a_command_tells_is_what_the_page_says(
    row: str, spoken: dict[str, dict[str, object]]
) -> None:
    command = row.partition(" ")[0]
    keys = [key for key in spoken[row] if key != "schema"]

    assert spoken[row]["schema"] == f"lorewright.{command}/1"
    assert set(keys) == documented().get(row), f"the page should say: {row_of(row, keys)}"


@pytest.mark.slow
def test_what_the_demo_tells_is_what_the_page_says(tmp_path: Path) -> None:
    for row in sorted(SLOW):
        name, *more = row.split()
        keys = [key for key in told(name, str(tmp_path / str(len(more))), *more) if key != "schema"]

        assert set(keys) == documented()[row], f"the page should say: {row_of(row, keys)}"


def row_of(row: str, keys: list[str]) -> str:
    return f"| `{row}` | {', '.join(f'`{key}`' for key in keys)} |"


def test_an_object_is_told_in_one_line_that_any_program_reads() -> None:
    said = done("doctor", "--json")

    assert said.out.count("\n") == 1
    assert json.loads(said.out)["schema"] == "lorewright.doctor/1"
