"""`generate conversations` on the command line: planned, shown, written, paused, tried again."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cli.program import SAMPLE, Running, done, lorewright, told, until
from lorewright.cli.demo import demo
from lorewright.conversations.catalogues import catalogues
from lorewright.llms.loopback import Loopback, Rehearsal, in_background
from lorewright.records import Conversation, Rejection
from lorewright.settings import Settings
from lorewright.store import Workspace

WRITE = ("generate", "conversations")
EDGE = [key for key, arc in catalogues().arcs.items() if arc.tier == "edge_case"]


@pytest.fixture(scope="module")
def analyzed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the first pages of the handbook in chunks; nobody changes it."""
    place = tmp_path_factory.mktemp("analyzed")
    file, folder = place / "handbook.md", place / "workspace"
    file.write_text(SAMPLE.read_text(encoding="utf-8")[:6_000], encoding="utf-8")
    done("init", str(folder))
    for words in (("ingest", str(file)), ("analyze", "--rules")):
        done(*words, "--workspace", str(folder))
    return folder


@pytest.fixture
def here(analyzed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, without a language model."""
    folder = tmp_path / "workspace"
    shutil.copytree(analyzed, folder)
    monkeypatch.setenv("LOREWRIGHT_WORKSPACE", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def rehearsal() -> Rehearsal:
    return Rehearsal(seed=3)


@pytest.fixture
def server(here: Path, rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """A language model for it that costs something."""
    monkeypatch.setenv("TEACHERS_KEY", "geheim")
    with in_background(rehearsal) as running:
        (here / "lorewright.toml").write_text(
            f'[teacher]\nmodel = "openai:loopback"\nurl = "{running.url}"\ninput_price = 1\n'
            'output_price = 5\nkey_variable = "TEACHERS_KEY"\n',
            encoding="utf-8",
        )
        yield running


def asked(server: Loopback) -> int:
    return sum(server.counts.asked.values())


def kept(here: Path) -> list[Conversation]:
    with Workspace(here).open(Settings()) as store:
        return list(store.get_many(store.names(Conversation.kind), Conversation))


def adds_up(found: dict[str, Any]) -> bool:
    lost = sum(found["failed_for_good"].values())
    return found["planned"] == found["written"] + lost + found["open"]


# Offline


def test_rules_write_a_balanced_plan_that_is_shown_first(here: Path) -> None:
    said = done(*WRITE, "--plan", "balanced", "--count", "20")

    assert said.out.startswith("plan: 20 conversations")
    assert "extractive teacher writes them" in said.err
    assert "next: lorewright enrich" in said.err
    assert len(kept(here)) == 20
    again = told(*WRITE, "--count", "20")
    assert (again["done_before"], again["written"], again["teacher"]) == (20, 20, "extractive")
    assert adds_up(again)


def test_rules_leave_out_arcs_of_danger_and_refuse_one_that_is_named(here: Path) -> None:
    shown = told(*WRITE, "--count", "60", "--show-plan")
    refused = lorewright(*WRITE, "--count", "4", "--arc", EDGE[0])
    per_arc = told(*WRITE, "--per-arc", "1", "--show-plan")

    assert not shown["by_arc"].keys() & {*EDGE}
    assert not per_arc["by_arc"].keys() & {*EDGE}
    assert refused.code == 2
    assert EDGE[0] in refused.err
    assert "--model" in refused.err
    assert kept(here) == []


def test_a_plan_is_shown_and_nothing_written(here: Path) -> None:
    shown = told(*WRITE, "--count", "30", "--show-plan")
    text = done(*WRITE, "--count", "30", "--show-plan").out

    assert len(shown["cells"]) == shown["planned"] == 30
    assert sum(shown["by_topic"].values()) == 30
    assert shown["estimate"] == []
    assert "and 10 more; --json tells all" in text
    assert kept(here) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "nothing says how many"),
        (("--count", "2", "--arc", "no_such"), "no arc 'no_such'"),
        (("--count", "2", "--persona", "anxious_planer"), "did you mean anxious_planner"),
        (("--count", "2", "--topic", "hsa"), "no topic"),
        (("--count", "2", "--consultant", "nobody"), "no consultant"),
        (
            (
                "--count",
                "0",
            ),
            "0 is not in the range",
        ),
        (("--per-arc", "2", "--per-topic", "1"), "one of --per-arc"),
        (("--plan", "stratified", "--count", "4"), "how many of each"),
        (("--plan", "other"), "other"),
        (("--count", "2", "--on-error", "cry"), "cry"),
        (("--count", "2", "--priority", "now"), "now"),
        (("--count", "2", "--at-once", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_planned_is_said(here: Path, words: tuple[str, ...], says: str) -> None:
    said = lorewright(*WRITE, *words)

    assert said.code == 2
    assert says in said.err
    assert kept(here) == []


def test_without_documents_rules_say_what_to_do(workspace: Path) -> None:
    said = lorewright(*WRITE, "--count", "2")

    assert workspace.is_dir()
    assert said.code == 2
    assert "lorewright ingest" in said.err


def test_so_many_of_each_arc_and_gaps_fill_up_to_a_number(here: Path) -> None:
    arcs = ("--arc", "fear_to_confidence", "--arc", "shame_to_acceptance")
    first = told(*WRITE, "--per-arc", "3", *arcs[:2])
    second = told(*WRITE, "--plan", "gaps", "--per-arc", "4", *arcs)

    assert first["by_arc"] == {"fear_to_confidence": 3}
    assert second["by_arc"] == {"fear_to_confidence": 1, "shame_to_acceptance": 4}
    full = lorewright(*WRITE, "--plan", "gaps", "--per-arc", "4", *arcs)
    assert (full.code, "nothing is missing" in full.err) == (2, True)
    assert done("curate", "balance", "--target", "4").code == 0


def test_own_catalogues_are_planned_with(here: Path) -> None:
    (here / "catalogues").mkdir()
    (here / "catalogues" / "topics.toml").write_text(
        '[[topic]]\nkey = "mine"\nname = "Mine"\ncategory = "c"\ncomplexity = "beginner"\n'
        'description = "d"\n',
        encoding="utf-8",
    )
    assert told(*WRITE, "--count", "3", "--topic", "mine")["by_topic"] == {"mine": 3}

    (here / "catalogues" / "topics.toml").write_text("[[topic]]\nkey = 1\n", encoding="utf-8")
    broken = lorewright(*WRITE, "--count", "3")
    assert broken.code == 2
    assert "topics.toml" in broken.err


def test_what_comes_next_is_told(here: Path) -> None:
    done(*WRITE, "--count", "2")
    assert told("status")["next"] == "lorewright enrich"

    assert "next: lorewright curate balance" in done("enrich").err
    assert "lorewright curate balance" in done("status").out
    assert told("status")["next"] == "lorewright generate"
    assert told("list", "conversation")["total"] == 2
    controls = told("generate", "controls")
    assert (controls["controls"], controls["requested"]) == (2, 2)


def test_counterparts_by_rules_need_conversations_by_rules(here: Path) -> None:
    said = lorewright("generate", "controls")

    assert said.code == 2
    assert "lorewright enrich" in said.err


# With a language model


def test_the_plan_is_shown_with_calls_money_and_time_before_it_is_refused(
    here: Path, server: Loopback
) -> None:
    said = lorewright(*WRITE, "--count", "4")

    assert said.code == 2
    assert "nothing says how much it may be" in said.err
    assert said.out.startswith("plan: 4 conversations")
    for word in ("calls", "input tokens", "US dollars", "time: ", "generate/conversation"):
        assert word in said.out
    assert asked(server) == 0


def test_an_estimate_asks_nothing_and_counts_what_is_left(here: Path, server: Loopback) -> None:
    before = told(*WRITE, "--count", "6", "--estimate")
    assert asked(server) == 0
    done(*WRITE, "--count", "4", "--max-cost", "5")
    after = told(*WRITE, "--count", "6", "--estimate")

    calls = [one["estimate"][-1]["calls"][1] for one in (before, after)]
    assert calls[0] > calls[1] >= 2
    assert before["planned"] == after["planned"] == 6
    assert Decimal(before["estimate"][-1]["cost_usd"][1]) > 0


def test_the_states_of_cells_are_shown_with_the_plan(here: Path, server: Loopback) -> None:
    done(*WRITE, "--count", "2", "--max-cost", "5")
    shown = told(*WRITE, "--count", "3", "--show-plan")

    assert [one["state"] for one in shown["cells"]] == ["written", "written", "open"]
    assert shown["teacher"] == "openai:loopback"


def test_a_plan_is_shown_also_where_no_price_is_known(here: Path, server: Loopback) -> None:
    said = done(*WRITE, "--count", "3", "--show-plan", "--model", "openai:another")

    assert "cannot be said" in said.err
    assert lorewright(*WRITE, "--count", "3", "--estimate", "--model", "openai:another").code == 2


def test_each_cell_is_asked_for_once_and_the_account_adds_up(here: Path, server: Loopback) -> None:
    words = (*WRITE, "--count", "5", "--max-cost", "5", "--at-once", "2", "--priority", "high")
    first = told(*words)
    calls = asked(server)
    second = told(*words)

    assert (first["written"], first["made_now"]) == (5, 5)
    assert adds_up(first)
    assert Decimal(first["cost_usd"]) > 0
    assert (second["made_now"], second["cost_usd"], asked(server)) == (0, "0", calls)
    assert {one.teacher for one in kept(here)} == {"openai:loopback"}
    run = told("run", "list")["runs"][0]
    assert (run["state"], run["request"]["priority"]) == ("completed", "HIGH")


def test_a_run_stops_at_its_limit_and_goes_on(here: Path, server: Loopback) -> None:
    said = lorewright(*WRITE, "--count", "6", "--max-cost", "0.06", "--at-once", "1", "--json")

    assert said.code == 3
    assert said.told["ended"]
    assert said.told["open"] > 0
    assert adds_up(said.told)
    assert told("status")["runs"][0]["state"] == "budget"
    calls = asked(server)
    assert told(*WRITE, "--count", "6", "--max-cost", "5")["written"] == 6
    assert server.counts.paid_again == 0
    assert asked(server) > calls


@pytest.mark.parametrize("rehearsal", [Rehearsal(seed=3, script=["truncated"] * 2)])
def test_what_failed_is_kept_and_tried_again_alone(here: Path, server: Loopback) -> None:
    words = (*WRITE, "--count", "4", "--max-cost", "5", "--at-once", "1")
    first = told(*words)

    assert first["failed_for_good"] == {"truncation": 2}
    assert adds_up(first)
    with Workspace(here).open(Settings()) as store:
        lost = list(store.get_many(store.names(Rejection.kind), Rejection))
    for one in lost:
        assert one.answer
        assert "stop reason: length" in one.detail
        assert {"prompt", "language_model", "recipe"} <= {ref.kind for ref in one.made_from}
    assert len(told("calls", "--failed")["failed"]) == 2
    calls = asked(server)
    assert told(*words)["made_now"] == 0
    assert asked(server) == calls

    forecast = told(*words, "--retry-failed", "--estimate")["estimate"][-1]["calls"]
    assert forecast[0] == 2
    again = told(*words, "--retry-failed")
    assert (again["written"], again["failed_for_good"], again["open"]) == (4, {}, 0)
    assert asked(server) == calls + 2
    assert "nothing to try again" in done(*words, "--retry-failed").err


@pytest.mark.parametrize("rehearsal", [Rehearsal(seed=3, script=[None, "truncated"])])
def test_a_failure_pauses_the_run_when_that_is_asked_for(here: Path, server: Loopback) -> None:
    words = (*WRITE, "--count", "60", "--max-cost", "5", "--at-once", "1", "--on-error", "stop")
    said = lorewright(*words)

    assert said.code == 3
    assert "--on-error stop pauses the run" in said.err
    calls = asked(server)
    assert calls < 60
    assert told("status")["runs"][0]["state"] == "paused"
    rest = told(*words)
    assert (rest["written"], rest["failed_for_good"], rest["open"]) == (59, {"truncation": 1}, 0)
    assert asked(server) == 60
    assert [one["state"] for one in told("run", "list")["runs"]] == ["completed"]


def test_a_plan_of_gaps_that_was_cut_off_goes_on_as_it_was_begun(
    here: Path, server: Loopback
) -> None:
    words = (*WRITE, "--plan", "gaps", "--count", "6", "--at-once", "1")
    first = lorewright(*words, "--max-cost", "0.06", "--json")
    assert first.code == 3
    assert 0 < first.told["written"] < 6

    second = told(*words, "--max-cost", "5")

    assert (second["written"], second["open"]) == (6, 0)
    assert len(kept(here)) == 6
    third = told(*words, "--show-plan")
    assert not {one["conversation_id"] for one in third["cells"]} & {
        one.conversation_id for one in kept(here)
    }


def test_passages_are_given_and_looked_up(here: Path, server: Loopback) -> None:
    found = told(*WRITE, "--count", "3", "--grounded", "--max-cost", "5")

    assert adds_up(found)
    assert found["open"] == 0
    assert all(one.evidence for one in kept(here))
    assert "UNKNOWN_KEY" not in told("enrich")["warnings"]


@pytest.mark.slow
def test_ctrl_c_pauses_and_the_same_command_goes_on(here: Path, server: Loopback) -> None:
    words = (*WRITE, "--count", "60", "--max-cost", "20", "--at-once", "2")
    running = Running(*words)
    until(lambda: asked(server) > 5)
    running.interrupt()
    said = running.wait()

    assert said.code == 130, said
    assert told("status")["runs"][0]["state"] == "paused"
    assert told(*words)["written"] == 60
    assert server.counts.paid_again == 0


def test_the_demo_can_tell_of_conversations() -> None:
    assert "--conversations" in {option for one in demo.params for option in one.opts}
