"""`scenarios` writes, brings in, shows, checks and exports, and says what it did to programs."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from cli.program import SAMPLE, done, lorewright, told
from evaluate.scenarios.drafts import a_row, apart, lines_of
from lorewright.llms.loopback import Loopback, in_background


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with in_background() as running:
        yield running


@pytest.fixture
def with_dataset(workspace: Path) -> Path:
    done("ingest", str(SAMPLE))
    done("analyze", "--rules")
    done("generate")
    done("curate")
    return workspace


def a_file(folder: Path, *rows: object, name: str = "spring.jsonl") -> str:
    path = folder / name
    path.write_bytes(lines_of(*rows))
    return str(path)


def test_an_empty_workspace_says_what_to_do(workspace: Path) -> None:
    said = done("scenarios", "list")
    assert "scenarios generate" in said.err
    assert told("scenarios", "list")["sets"] == []
    missing = lorewright("scenarios", "show")
    assert missing.code == 2
    assert "lorewright scenarios" in missing.err


def test_a_file_is_brought_in_with_its_bad_rows_told(workspace: Path) -> None:
    file = a_file(workspace, a_row(), "no object", a_row(test_scenario_id="b", client_message=""))
    said = done("scenarios", "import", file)
    found = told("scenarios", "import", file)

    assert "3 scenarios requested = 1 accepted + 2 rejected + 0 failed" in said.out
    assert "row 2: the entry is no object" in said.out
    assert "nothing is proven" in said.err
    assert (found["requested"], found["accepted"]) == (3, 1)
    assert found["rejected"] == {"no_message": 1, "not_an_object": 1}
    assert found["was_here"] is True
    assert found["name"] == "spring"
    assert told("scenarios", "show", "spring")["scenarios"][0]["scenario_id"] == "t-7"


def test_a_file_or_the_shipped_ones_not_both_and_not_neither(workspace: Path) -> None:
    assert lorewright("scenarios", "import").code == 2
    assert lorewright("scenarios", "import", "a.csv", "--shipped").code == 2
    gone = lorewright("scenarios", "import", "gone.csv")
    assert gone.code == 4
    assert "no such file" in gone.err


def test_rules_write_a_set_that_is_shown_and_exported(workspace: Path) -> None:
    found = told("scenarios", "generate", "--count", "60", "--name", "autumn")
    shown = done("scenarios", "show", "autumn", "--limit", "2")
    out = workspace / "autumn.csv"
    written = told("scenarios", "export", "autumn", str(out))

    assert found["requested"] == 60 == found["accepted"] + len(found["lost"])
    assert found["teacher"] == "extractive"
    assert found["dataset"] is None
    assert shown.out.count("advice-") >= 2
    assert written["scenarios"] == found["accepted"]
    assert (
        told("scenarios", "import", str(out), "--name", "again")["accepted"] == written["scenarios"]
    )


def test_held_out_sections_need_a_dataset(workspace: Path) -> None:
    said = lorewright("scenarios", "generate", "--held-out")

    assert said.code == 2
    assert "lorewright curate" in said.err
    both = lorewright("scenarios", "generate", "--topic", "hsa_vs_fsa", "--topics", "x.txt")
    assert both.code in {2, 4}


def test_a_set_without_a_leak_ends_with_0_and_one_with_a_leak_with_1(
    with_dataset: Path,
) -> None:
    clean = told("scenarios", "generate", "--count", "20", "--held-out", "--name", "clean")
    assert clean["leaking"] == 0
    assert told("scenarios", "check", "clean")["leaks"] == []
    file = a_file(
        with_dataset,
        *(a_row(test_scenario_id=f"s{at}", client_message=apart(at)) for at in range(5)),
        *(
            a_row(test_scenario_id=f"leak{at}", client_message=answer)
            for at, answer in enumerate(_answers())
        ),
    )
    done("scenarios", "import", file)
    said = lorewright("scenarios", "check", "spring")
    found = lorewright("scenarios", "check", "spring", "--json")

    assert (said.code, found.code) == (1, 1)
    assert "none may" in said.out
    assert {one["held_out"][:4] for one in found.told["leaks"]} == {"leak"}
    assert found.told["leaking"] > 0


def _answers() -> Iterator[str]:
    """What some examples answer, most of which are trained on."""
    for one in told("list", "example", "--limit", "20")["records"]:
        yield told("show", one["name"])["content"]["turns"][-1]["text"]


def test_a_language_model_is_asked_within_a_limit_and_once(
    workspace: Path, server: Loopback
) -> None:
    (workspace / "lorewright.toml").write_text(
        f'[teacher]\nmodel = "openai:loopback"\nurl = "{server.url}"\ninput_price = 1\n'
        "output_price = 5\n",
        encoding="utf-8",
    )
    before = sum(server.counts.asked.values())
    quote = told("scenarios", "generate", "--count", "4", "--estimate")
    without = lorewright("scenarios", "generate", "--count", "4")
    assert quote["estimate"][-1]["calls"][0] == 4
    assert without.code == 2
    assert "--max-cost" in without.err
    assert sum(server.counts.asked.values()) == before

    first = told("scenarios", "generate", "--count", "4", "--max-cost", "1")
    again = told("scenarios", "generate", "--count", "4", "--max-cost", "1")

    assert first["requested"] == 4 == first["accepted"] + len(first["lost"])
    assert first["open"] == 0
    assert Decimal(first["account"]["cost_usd"]) > 0
    assert Decimal(again["account"]["cost_usd"]) == 0
    assert again["lost"] == first["lost"]


def test_a_run_that_was_cut_short_makes_no_set(workspace: Path, server: Loopback) -> None:
    (workspace / "lorewright.toml").write_text(
        f'[teacher]\nmodel = "openai:loopback"\nurl = "{server.url}"\ninput_price = 1\n'
        "output_price = 5\n",
        encoding="utf-8",
    )
    said = lorewright("scenarios", "generate", "--count", "5", "--max-cost", "0.000001", "--json")

    assert said.code == 3
    assert said.told["open"] == 5
    assert said.told["set"] is None
    assert told("scenarios", "list")["sets"] == []


def test_a_scenario_and_its_set_are_shown_and_traced(workspace: Path) -> None:
    found = told("scenarios", "import", "--shipped")
    scenario = told("scenarios", "show", "safety")["scenarios"][0]["ref"]
    said = done("show", scenario).out

    assert "situation:" in said
    assert "expected:" in said
    assert "safety.toml" in done("trace", found["set"]).out
    assert "scenarios" in done("show", found["set"]).out
