"""How the program speaks: streams, exit codes, one JSON object, one sentence that helps."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.program import SAMPLE, Said, done, lorewright, told
from lorewright.cli import COMMANDS
from lorewright.records import Recipe
from lorewright.settings import Settings
from lorewright.store import Workspace

pytestmark = pytest.mark.usefixtures("workspace")

NEEDS = {
    "adapters": ("adapters", "list"),
    "experiments": ("experiments", "list"),
    "jobs": ("jobs", "list"),
    "scenarios": ("scenarios", "list"),
    "export": ("export",),
    "trace": ("trace", "source:0000"),
    "list": ("list", "source"),
    "show": ("show", "source:0000"),
    "categorise": ("categorise", "document:0000"),
    "diff": ("diff", "a", "b"),
    "review": ("review", "--status"),
    "judge": ("judge", "--show"),
    "ratings": ("ratings", "list"),
    "rank": ("rank", "--progress"),
    "run": ("run", "list"),
    "prompts": ("prompts", "override", "generate/chunk_pure"),
    "licence": ("licence", "source:0000", "MIT", "--why", "x"),
    "withdraw": ("withdraw", "source:0000", "--why", "x"),
    "erase": ("erase", "source:0000", "--why", "x", "--yes"),
}
"""Words that make a command complete."""

ANYWHERE = {"demo", "init", "ingest", "config", "doctor", "completion", "key", "import", "prices"}

WITHIN = sorted(set(COMMANDS) - ANYWHERE)
"""The commands that need a workspace."""


def words_for(command: str) -> tuple[str, ...]:
    return NEEDS.get(command, (command,))


def check_error(said: Said, *, code: int) -> None:
    """One lower-case sentence without a full stop, and no traceback."""
    assert said.code == code, said
    sentence = next(line for line in said.err.splitlines() if line.startswith("error: "))
    assert "Traceback" not in said.err
    assert sentence[len("error: ")].islower() or not sentence[len("error: ")].isalpha()
    assert not sentence.endswith(".")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_goes_to_stdout_and_ends_with_0(command: str) -> None:
    said = done(command, "--help")

    assert said.out.startswith(f"Usage: lorewright {command}")
    assert "lorewright " + command in said.out.partition("Options:")[0].partition("xample")[2]
    assert said.err == ""


def test_no_words_at_all_show_the_help_and_end_with_2() -> None:
    said = lorewright()

    assert said.code == 2
    assert said.err.startswith("Usage: lorewright")
    assert "error:" not in said.err


def test_a_mistyped_command_is_guessed() -> None:
    said = lorewright("statsu")

    check_error(said, code=2)
    assert "did you mean 'status'" in said.err.lower()


def test_options_before_the_command_are_explained() -> None:
    said = lorewright("-q", "status")

    check_error(said, code=2)
    assert "lorewright status -q" in said.err


@pytest.mark.parametrize(
    "words",
    [
        ("statsu",),
        ("status", "--nope"),
        ("list", "nothing"),
        ("export", "--format", "x"),
        ("train", "--epochs", "0"),
        ("ingest",),
        ("trace",),
        ("ingest", "x", "--licence"),
        ("init", str(SAMPLE)),
    ],
)
def test_wrong_words_end_with_2_also_under_json(words: tuple[str, ...]) -> None:
    check_error(lorewright(*words), code=2)
    said = lorewright(*words, "--json")

    if words[-1] != "--licence":  # which takes the next word, whatever it is
        assert said.told["schema"] == "lorewright.error/1"
        assert (said.code, said.told["code"], said.told["error"]) == (2, 2, "UsageError")
        assert said.told["hint"]
        assert said.err == ""


@pytest.mark.parametrize("command", WITHIN)
def test_outside_a_workspace_every_command_says_how_to_make_one(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.delenv("LOREWRIGHT_WORKSPACE")

    said = lorewright(*words_for(command))

    check_error(said, code=2)
    assert "there is no workspace here" in said.err
    assert str(elsewhere) in said.err
    assert "lorewright init" in said.err
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "sentence", "hint"),
    [
        ("analyze", "there are no documents", "lorewright ingest"),
        ("generate", "there are no documents", "lorewright ingest"),
        ("review", "there are no documents", "lorewright ingest"),
        ("curate", "there are no documents", "lorewright ingest"),
        ("train", "there is no dataset", "lorewright curate"),
        ("export", "there is no dataset", "lorewright curate"),
        ("evaluate", "there is no adapter", "lorewright train"),
        ("ratings", "there are no answers that could be rated", "lorewright evaluate"),
        ("rank", "there are no answers that could be rated", "lorewright evaluate"),
        ("report", "there is no verdict", "lorewright evaluate"),
    ],
)
def test_a_step_too_early_names_the_one_before(command: str, sentence: str, hint: str) -> None:
    said = lorewright(*words_for(command))

    check_error(said, code=2)
    assert sentence in said.err
    assert f"`{hint}" in said.err
    assert said.out == ""
    assert lorewright(*words_for(command), "--json").told["error"] == "NotYet"


def test_each_step_asks_for_the_one_before_it() -> None:
    done("ingest", str(SAMPLE))
    for command, before in (("generate", "analyze"), ("curate", "analyze")):
        assert f"`lorewright {before}`" in lorewright(command).err
    done("analyze")
    assert "`lorewright generate`" in lorewright("curate").err


def test_the_next_command_is_always_the_one_that_works() -> None:
    for expected in ("ingest", "analyze", "generate", "curate"):
        following = told("status")["next"].split()
        assert following[:2] == ["lorewright", expected]
        done(expected, *([str(SAMPLE)] if expected == "ingest" else []))
    assert told("status")["next"] == "lorewright train"


def test_new_documents_bring_the_story_back_to_their_step(workspace: Path) -> None:
    for words in (("ingest", str(SAMPLE)), ("analyze",), ("generate",), ("curate",)):
        done(*words)
    (workspace.parent / "more.md").write_text("# More\n\nMulch keeps the soil moist.\n")

    for words in (("ingest", "more.md"), ("analyze",), ("generate",), ("curate",)):
        assert words[0] == "ingest" or told("status")["next"] == f"lorewright {words[0]}"
        done(*words)


@pytest.mark.parametrize(
    "name", ["foo", "foo:12", "example:zz", "example:", ":", "example:12", "EXAMPLE:1234"]
)
def test_what_is_no_name_is_told_with_the_form_of_a_name(name: str) -> None:
    said = lorewright("trace", name)

    check_error(said, code=2)
    assert "write kind:id" in said.err


def test_an_unknown_name_points_to_the_list() -> None:
    said = lorewright("trace", "example:0123")

    check_error(said, code=2)
    assert "nothing in this workspace is called example:0123" in said.err
    assert "`lorewright list example`" in said.err


def test_a_dataset_that_is_not_there_and_a_record_of_another_kind() -> None:
    done("ingest", str(SAMPLE))
    source = told("list", "source")["records"][0]["name"]

    for command in ("export", "train"):
        missing, other = lorewright(command, "coach"), lorewright(command, source)
        check_error(missing, code=2)
        assert "there is no dataset called 'coach'" in missing.err
        check_error(other, code=2)
        assert "is not of the kind dataset" in other.err


def test_a_prefix_that_fits_several_is_refused(workspace: Path) -> None:
    first: dict[str, Recipe] = {}
    for number in range(100_000):
        recipe = Recipe(step="test", settings={"number": str(number)})
        prefix = recipe.ref[: len("recipe:") + 4]
        other = first.setdefault(prefix, recipe)
        if other is not recipe:
            break
    else:
        pytest.fail("no two recipes begin alike")
    with Workspace(workspace).open(Settings()) as store:
        store.put(recipe)
        store.put(other)

    said = lorewright("trace", prefix)

    check_error(said, code=2)
    assert "fits several records" in said.err
    assert told("trace", recipe.ref)["tree"]["ref"] == recipe.ref


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "a b", "a@b", "-x", ".x", "x" * 65])
def test_a_dataset_name_is_one_that_a_folder_can_have(name: str) -> None:
    said = lorewright("curate", f"--name={name}")

    check_error(said, code=2)
    assert "a dataset cannot be called" in said.err


@pytest.mark.parametrize(
    ("settings", "sentence", "where"),
    [
        ({"LOREWRIGHT_TRAINING__EPOCHS": "x"}, "training.epochs", "LOREWRIGHT_TRAINING__EPOCHS"),
        ({"LOREWRIGHT_TRAINING__EPOCHS": "0"}, "training.epochs", "LOREWRIGHT_TRAINING__EPOCHS"),
        ({"LOREWRIGHT_TRAINING__FOO": "1"}, "no setting", "LOREWRIGHT_TRAINING__FOO"),
        ({"LOREWRIGHT_TRAINING": "x"}, "environment", ""),
        ({"LOREWRIGHT_DATABASE": "foo"}, "database", ""),
    ],
)
def test_a_wrong_variable_is_named(settings: dict[str, str], sentence: str, where: str) -> None:
    said = lorewright("status", settings=settings)

    check_error(said, code=2)
    assert sentence in said.err
    assert where in said.err


@pytest.mark.parametrize(
    ("text", "sentence", "where"),
    [
        (b"[training]\nepocs = 3\n", "no setting called training.epocs", ":2"),
        (b"[training\n", "not valid TOML", ""),
        (b"database = 3\n", "the setting database is off", ":1"),
        (b'\n\n[chunks]\ncer_limit = "many"\n', "the setting chunks.cer_limit is off", ":4"),
        (b"\xff\xfe", "not valid TOML", ""),
    ],
)
def test_a_wrong_line_in_the_settings_file_is_named(
    text: bytes, sentence: str, where: str, workspace: Path
) -> None:
    file = workspace / "lorewright.toml"
    file.write_bytes(text)

    said = lorewright("status")

    check_error(said, code=2)
    assert sentence in said.err
    assert f"--> {file}{where}" in said.err
    assert lorewright("status", "--json").told["error"] == "BadSettings"


def test_a_broken_database_is_told_with_its_place(workspace: Path) -> None:
    done("ingest", str(SAMPLE))
    for path in workspace.glob("lorewright.db*"):
        path.unlink()
    (workspace / "lorewright.db").write_text("garbage" * 100)

    said = lorewright("status")

    check_error(said, code=4)
    assert "lorewright.db" in said.err
    assert "hint:" in said.err


def test_a_place_that_cannot_be_written_is_named() -> None:
    for step in (("ingest", str(SAMPLE)), ("analyze",), ("generate",), ("curate",)):
        done(*step)

    said = lorewright("export", "--out", "/proc/nowhere/out")

    check_error(said, code=4)
    assert "--> /proc/nowhere" in said.err
    assert "hint:" in said.err


def test_quiet_leaves_only_results() -> None:
    for words in (("ingest", str(SAMPLE)), ("analyze",), ("generate",), ("curate",), ("verify",)):
        assert done(*words, "-q").err == ""
    assert lorewright("trace", "nothing", "-q").err


@pytest.mark.parametrize("command", ["status", "verify", "init"])
def test_json_is_one_object_and_nothing_else(command: str, workspace: Path) -> None:
    words = (command, str(workspace)) if command == "init" else (command,)

    assert told(*words)["schema"] == f"lorewright.{command}/1"


def test_a_workspace_is_found_from_a_folder_inside(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(workspace / "deep" / "er")
    monkeypatch.delenv("LOREWRIGHT_WORKSPACE")

    assert told("status")["workspace"] == str(workspace)


def test_init_says_where_to_go_and_leaves_a_workspace_as_it_is(workspace: Path) -> None:
    (workspace / "lorewright.toml").write_text('operator = "Ines"\n')

    said = done("init", str(workspace))

    assert said.out == f"there was a workspace already in {workspace}\n"
    assert f"next: cd {workspace} && lorewright ingest" in said.err
    assert (workspace / "lorewright.toml").read_text() == 'operator = "Ines"\n'


def test_an_unexpected_error_leaves_a_log_and_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_words: object) -> None:
        raise ZeroDivisionError("first line\nsecond line")

    monkeypatch.setattr("lorewright.cli.status.next_command", break_down)

    said = lorewright("status")

    check_error(said, code=4)
    assert "ZeroDivisionError: first line\n" in said.err
    log = Path(said.err.partition("--> ")[2].splitlines()[0])
    assert "break_down" in log.read_text(encoding="utf-8")
    log.unlink()
    assert "Traceback" in lorewright("status", "--debug").err


def test_memory_that_runs_out_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def run_out(*_words: object) -> None:
        raise MemoryError

    monkeypatch.setattr("lorewright.cli.status.next_command", run_out)

    check_error(lorewright("status"), code=4)


def test_a_reader_that_leaves_early_is_no_error(workspace: Path) -> None:
    done("ingest", str(SAMPLE))
    done("analyze")
    command = [sys.executable, "-m", "lorewright", "list", "chunk", "--limit", "1000"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=workspace
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_json_holds_letters_of_every_script(tmp_path: Path) -> None:
    file = tmp_path / "教练 שלום.md"
    file.write_text("# 教练\n\n恢复需要时间。\n", encoding="utf-8")
    done("ingest", str(file))

    said = done("list", "source", "--json")

    assert file.name in said.out
    assert json.loads(said.out)["records"][0]["summary"].startswith(file.name)
